"""Texts that a wrong encoding destroyed (mojibake): recognised so that they are no evidence.

Four kinds: the replacement character and what becomes of it (锟斤拷), question marks in place of characters,
UTF-8 read as GBK (鐢叉潙), and either read as a Western code page (ÇàºÌ).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.text_cleaning import COLUMNWISE_FROM

REPLACED = "\ufffd|锟斤|斤拷|拷锟|烫烫烫|屯屯屯"
"""The replacement character; its UTF-8 bytes read as GBK; memory that was never filled, read as GBK."""
QUESTION_MARKS = "[?？]{2,}"
WESTERN = "[\u00a1-\u00ff]{3,}"
LEAST_SHARE = 0.6
"""Of the bytes of a text, those that must make Chinese in UTF-8; in true Chinese fewer than one in twenty do."""
LEAST_CHARACTERS = 2
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


def _gbk(leads: range, trails: range) -> str:
    """Return the characters whose GBK bytes lie in two ranges, for a regular expression's class."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in trails)
    return "".join(sorted({one for pair in pairs if len(one := pair.decode("gbk", "ignore")) == 1}))


# Three bytes of UTF-8 are one and a half characters of GBK: the first two make one, the third and the next another.
MISREAD = (
    f"[{_gbk(range(0xE4, 0xEA), range(0x80, 0xC0))}]"
    f"[{_gbk(range(0x81, 0xC0), range(0xE4, 0xEA))}{_gbk(range(0x81, 0xC0), range(0x81, 0xC0))}]"
)
SUSPECT = f"{REPLACED}|{QUESTION_MARKS}|{WESTERN}|{MISREAD}"
_SURE = re.compile(f"{REPLACED}|{QUESTION_MARKS}")
_WESTERN = re.compile(WESTERN)


def is_damaged(text: str) -> bool:
    """Return whether an encoding destroyed a text, or a part of it.

    >>> [is_damaged(text) for text in ("锟斤拷食品厂", "青禾县???有限公司", "鐢叉潙绮补鍘?", "ÇàºÌÏØ")]
    [True, True, True, True]
    >>> [is_damaged(text) for text in ("青禾县甲村粮油厂", "麻辣烫烫粉店", "Café Müller", "联通")]
    [False, False, False, False]
    """
    if _SURE.search(text):
        return True
    if (western := _WESTERN.search(text)) is not None:
        return _is_misread_western(western.group())
    return _is_misread_chinese(text)


def _is_misread_chinese(text: str) -> bool:
    """Return whether a text's GBK bytes are Chinese in UTF-8."""
    data = "".join(one for one in text if not one.isascii()).encode("gbk", "ignore")
    found = len(IDEOGRAPH.findall(data.decode("utf-8", "ignore")))
    return found >= LEAST_CHARACTERS and 3 * found >= LEAST_SHARE * len(data)


def _is_misread_western(run: str) -> bool:
    """Return whether a run of accented letters and signs is Chinese in GBK or in UTF-8."""
    data = run.encode("latin-1")
    for encoding in ("gbk", "utf-8"):
        found = len(IDEOGRAPH.findall(data.decode(encoding, "ignore")))
        if found >= 1 and 2 * found >= LEAST_SHARE * len(data):
            return True
    return False


def damaged_rows(texts: pa.Array) -> pa.Array:
    """Return for each text of a column without nulls whether it is damaged; of a large column few reach Python."""
    if len(texts) < COLUMNWISE_FROM:
        distinct = texts.dictionary_encode()
        return pa.array([is_damaged(text) for text in distinct.dictionary.to_pylist()], pa.bool_()).take(
            distinct.indices
        )
    suspect = pc.match_substring_regex(texts, SUSPECT)
    verdicts = pa.array([is_damaged(text) for text in texts.filter(suspect).to_pylist()], pa.bool_())
    return pc.replace_with_mask(suspect, suspect, verdicts)
