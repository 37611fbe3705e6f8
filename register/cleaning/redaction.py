"""Redaction of personal data: identity numbers, telephones, bank cards, mail addresses.

Some offices write 和平路5号（电话139...）, or an identity number behind a name.  The number is taken out of what is
stored; all else of the cell stays.  Recognition is generous in spelling (spaces, dashes, +86, a leading 0, full width)
and strict in shape: a house number, a code or a coordinate is none.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.text_cleaning import COLUMNWISE_FROM, replace_where

HIDDEN = "***"
CANDIDATE = r"(?:[0-9０-９][ \t.()（）+\-－—–‐‑−　·]{0,3}){7}|[@＠]|[Qq][Qq]|微信|[Ww]e[Cc]hat"
"""Seven digits with hardly anything between them, or a sign of an account: only such texts are looked at one by one."""
PLAIN_NUMBER = r"^(?:[0-9]{1,3}\.[0-9]+|[0-9A-Z]{1,10}|[1-9][0-9]{11})$"
"""Coordinates, short codes and codes of 12 digits are no person's number."""
NOTHING_ELSE = re.compile(
    r"[\W_]*(?:(?:手机|电话|联系电话|身份证|身份证号|身份证号码|号码|TEL|ID)[\W_]*)*", re.IGNORECASE
)
"""A cell that held nothing but such numbers says nothing."""

# Signs of one character each, so that a place in the folded text is the same place in the text.
_FOLDED = str.maketrans("０１２３４５６７８９Ｘｘ＋（）＠．　－—–‐‑−·", "0123456789XX+()@. -------")
_GAP = r"[\s\-.]{0,2}"
_ABROAD = r"(?:(?:\+|00)?86[\s\-)]{0,3})?"


def _spaced(*parts: str) -> str:
    return _GAP.join(parts)


def _digits(count: int) -> str:
    return _spaced(*([r"\d"] * count))


_BORN = _spaced(
    r"(?:0" + _GAP + r"[1-9]|1" + _GAP + "[0-2])", r"(?:0" + _GAP + r"[1-9]|[12]" + _GAP + r"\d|3" + _GAP + "[01])"
)
_CENTURY = r"(?:1" + _GAP + r"[89]|2" + _GAP + "0)"
_LAST = r"[\dXx](?:\d\d)?(?!\d)"
_PERSONAL = (
    # 18 digits, alone or with the two that a tax number adds
    rf"(?<!\d)[1-9]{_GAP}{_digits(5)}{_GAP}{_CENTURY}{_GAP}{_digits(2)}{_GAP}{_BORN}{_GAP}{_digits(3)}{_GAP}{_LAST}",
    rf"(?<!\d)[1-9]{_GAP}{_digits(7)}{_GAP}{_BORN}{_GAP}{_digits(3)}(?!\d)",  # the older form of 15
    r"(?<!\d)62(?:[\s\-]?\d){14,17}(?!\d)",  # a bank card
    rf"(?<![\d.]){_ABROAD}0?{_GAP}1{_GAP}[3-9]{_GAP}{_digits(9)}(?!\d)",  # a mobile number
    rf"(?<![\d.]){_ABROAD}\(?0\d{{2,3}}\)?[\s\-]{{0,3}}[1-9]{_GAP}{_digits(6)}(?:{_GAP}\d)?(?!\d)",  # a landline
    rf"\+86[\s\-]{{0,3}}\(?\d{{2,3}}\)?[\s\-]{{1,3}}[1-9]{_GAP}{_digits(6)}(?:{_GAP}\d)?(?!\d)",
    rf"(?:(?<=电话)|(?<=手机)|(?<=座机)|(?<=(?i:tel)))[:：.\s]{{0,3}}[1-9]{_GAP}{_digits(6)}(?:{_GAP}\d)?(?!\d)",
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,64}(?:\.[A-Za-z0-9\-]{1,64}){1,5}",
    r"(?:(?<=QQ)|(?<=qq)|(?<=微信)|(?<=微信号)|(?<=(?i:wechat)))[:：号\s]{0,3}[A-Za-z0-9_\-]{5,20}",
)
_ANY = re.compile("|".join(_PERSONAL))
_CANDIDATE, _PLAIN = re.compile(CANDIDATE), re.compile(PLAIN_NUMBER)


def without_personal(text: str) -> str:
    """Hide what reaches a natural person in one text; a text that held nothing else becomes empty.

    >>> without_personal("和平路5号(电话139 0000 0000)"), without_personal("某厂９９９９９９199001010018")
    ('和平路5号(电话***)', '某厂***')
    >>> without_personal("手机：+86-139-0000-0000"), without_personal("沪西99113333333333333号")
    ('', '沪西99113333333333333号')
    """
    spans = [found.span() for found in _ANY.finditer(text.translate(_FOLDED))]
    if not spans:
        return text
    kept, end = [], 0
    for start, stop in spans:
        kept.append(text[end:start])
        end = stop
    kept.append(text[end:])
    return "" if NOTHING_ELSE.fullmatch("".join(kept)) else HIDDEN.join(kept)


def holds_personal(text: str) -> bool:
    """Return whether a text holds a number that reaches a natural person.

    >>> holds_personal("电话13900000000"), holds_personal("91350100M000100Y43")
    (True, False)
    """
    return _ANY.search(text.translate(_FOLDED)) is not None


def hide_personal(texts: pa.Array) -> pa.Array:
    """Hide what reaches a natural person in a column of texts (nulls stay null).

    >>> hide_personal(pa.array(["和平路5号(电话19900000000)", "120.13900000000", None])).to_pylist()
    ['和平路5号(电话***)', '120.13900000000', None]
    """
    if len(texts) < COLUMNWISE_FROM:  # compiling Arrow's pattern costs as much as some thousand texts one by one
        distinct = texts.dictionary_encode()
        hidden = [
            text if _PLAIN.match(text) or not _CANDIDATE.search(text) else without_personal(text)
            for text in distinct.dictionary.to_pylist()
        ]
        return pa.array(hidden, pa.string()).take(distinct.indices)
    found = pc.fill_null(pc.match_substring_regex(texts, CANDIDATE), fill_value=False)
    if not pc.any(found).as_py():
        return texts
    plain = pc.fill_null(pc.match_substring_regex(texts, PLAIN_NUMBER), fill_value=False)
    return replace_where(texts, pc.and_not(found, plain), without_personal)
