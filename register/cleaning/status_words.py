"""The status of a unit from its cell: active, stopped, closed or unknown, by whole words.

A word inside another text decides nothing: 未拆除 is not 拆除, "inactive" is not "active".  A cell is read where
all of it consists of status words, dates and words that say nothing (rows of status "filler"); otherwise it is
unclear, counts as unknown and is reported, so that a person is asked before a unit is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from minglu.register.identifiers.identifier_faults import Code, Fault
from minglu.register.rules.rule_pack import StatusRow

UNKNOWN = "unknown"
FILLER = "filler"
"""Words that change nothing: 企业, 已."""
SMALLEST_WORD = 2
"""Characters; single ones are codes of lists (1, 2, 3) and stand alone."""
LONGEST_CELL = 60
"""Characters; what is longer is a remark, no status."""
SEPARATORS = re.compile(r"[,，、;；/|()（）\[\]:：。.>→\-]+")
DATE = re.compile(
    r"(?:19|20)\d{2}\s*(?:年(?:\d{1,2}月(?:\d{1,2}日)?)?|[-/.]\d{1,2}(?:[-/.]\d{1,2})?)|\d{1,2}月\d{1,2}日"
)


@lru_cache(maxsize=8)
def _meanings(statuses: tuple[StatusRow, ...]) -> dict[str, str]:
    return {unicodedata.normalize("NFKC", word).lower(): row.status for row in reversed(statuses) for word in row.words}


@lru_cache(maxsize=8)
def _patterns(statuses: tuple[StatusRow, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns for one word and for a part of a cell that is made of words alone."""
    fillers = {word for word, status in _meanings(statuses).items() if status == FILLER}
    known = {word for word in _meanings(statuses) if len(word) >= SMALLEST_WORD}
    one = "|".join(re.escape(word) for word in sorted(known | fillers, key=lambda word: (-len(word), word))) or "(?!)"
    return re.compile(one), re.compile(rf"(?:\s*(?:{one}))*\s*")


def read_status(text: str, statuses: tuple[StatusRow, ...]) -> tuple[str, Fault | None]:
    """Return the status of a cleaned cell, and a fault where the cell speaks of a status without deciding it.

    >>> rows = tuple(
    ...     StatusRow(id=status, status=status, words=words, source="", since="")
    ...     for status, words in (("closed", ("注销", "拆除")), ("filler", ("企业", "已")))
    ... )
    >>> read_status("企业已注销(2021年)", rows)
    ('closed', None)
    >>> read_status("未拆除", rows)[0], read_status("未拆除", rows)[1].code.name
    ('unknown', 'STATUS_UNCLEAR')
    """
    meanings, cell = _meanings(statuses), text.lower().strip()
    if not cell or cell.isdigit():
        return meanings.get(cell, UNKNOWN), None
    if meanings.get(cell, FILLER) != FILLER:
        return meanings[cell], None
    one, whole = _patterns(statuses)
    found: set[str] = set()
    for part in _parts(cell):
        if part in meanings:
            found.add(meanings[part])
            continue
        meant = [meanings[word] for word in one.findall(part) if meanings[word] != FILLER]
        if len(meant) > 1 or not whole.fullmatch(part):  # 不存在 and 异常 side by side are neither
            return UNKNOWN, _unclear()
        found.update(meant)
    decided = found - {UNKNOWN, FILLER}
    if len(decided) == 1:
        return decided.pop(), None
    return UNKNOWN, None if found == {UNKNOWN} else _unclear()


def _parts(cell: str) -> list[str]:
    """Split a cell at its signs, dates taken out; a remark stays in one piece, which no word is."""
    if len(cell) > LONGEST_CELL:
        return [cell]
    return [part.strip() for part in SEPARATORS.split(DATE.sub("", cell)) if part.strip()]


def _unclear() -> Fault:
    return Fault(
        Code.STATUS_UNCLEAR,
        "状态用语含否定、限定或多种说法，未据此判断；请核实该单位是否在运行",
        "a status that is negated, qualified or stated in several ways; not used: ask whether the unit is at work",
    )
