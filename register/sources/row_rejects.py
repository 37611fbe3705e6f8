"""Which records of a list are no units: footers, notes, sub-headings, repeated headers, ragged and blank rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.rules import HeaderRules
from minglu.register.sources.header import Layout, trimmed

BLANK = "BLANK"
"""Mark of a record without content: counted, never a reject."""
SPACE_LETTERS = " \t\n\r\u00a0\u3000\u200b\ufeff"
SPACES = r"[\s\p{Z}\x{200B}\x{FEFF}]*"


NOTE = re.compile(
    r"以下(?:空白|无正文|无内容)[。.]?|第\d+页(?:[,，]?共\d+页)?|共\d+页|[(（]?(?:续|接)(?:上|下)?(?:表|页)[)）]?"
    r"|(?:本(?:表|页|次|名单|册)?|合计|总计|小计|以上)?共(?:计|有)?\d+(?:家|户|个|条)(?:单位|企业)?(?:[,，;；其].*)?[。.]?"
    r"|(?:单位|统计|部门)?(?:审核|复核|审批|填表|填报|制表|负责|经办|核对|日期|时间|盖章|签字|签名|公章)"
    r"(?:人|单位|日期|时间|领导)?(?:[(（](?:签字|签章|盖章|公章)[)）])?[:：].{0,20}"
)
"""What a cell says that belongs to the sheet and not to a unit; spaces are taken out first."""
SUBHEADING = re.compile(
    r"(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?)?[^\d]{1,20}[(（](?:共)?\d+(?:家|户|个)[)）]"
    r"|[(（]?[一二三四五六七八九十]{1,3}[)）、.．][^\d]{1,20}"
)
"""A group's title alone in its row: 梅溪镇（3家）, 二、月塘镇."""
ORDINAL = re.compile(r"[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．]?")
NOTE_HINT = r"以下|\d\s*页|[上下]\s*[表页]|\d\s*(?:家|户|个|条)|[:：]|^[\s(（]*[一二三四五六七八九十]{1,3}[)）、.．]"
"""What every note or sub-heading has somewhere: the few records that are looked at one by one."""
MOST_NOTE_CELLS = 6


class SetAside(Enum):
    """Codes of rows set aside while reading, each with its meaning in Chinese and English."""

    FOOTER = ("表尾行（合计、填报人等），不是单位", "a footer (totals, signatures), not a unit")
    NOTE_ROW = ("分组标题、页码、签字或说明行，不是单位", "a sub-heading, page line, signature or note, not a unit")
    HEADER_ROW = ("表头重复出现，不是数据", "the heading repeated, no data")
    ROW_RAGGED = ("单元格数与表头不符", "more or fewer cells than headings")

    @property
    def zh(self) -> str:
        """The meaning in Chinese."""
        return self.value[0]

    @property
    def en(self) -> str:
        """The meaning in English."""
        return self.value[1]


def set_aside(
    cells: pa.ListArray, columns: Sequence[pa.StringArray], layout: Layout, rules: HeaderRules, *, ragged: bool
) -> pa.StringArray:
    """Return one code per record: empty for a row to keep, BLANK, or the name of a SetAside.

    `cells` are the records as they came, `columns` the same under the headings of `layout`.
    """
    first = _first_text(columns, len(cells))
    code = pc.if_else(pc.is_null(first), BLANK, "")
    if ragged:
        short, long = _ragged(cells, layout.named, len(layout.headings))
        wrong = pc.or_(long, pc.and_(short, pc.equal(code, "")))
        code = pc.if_else(wrong, SetAside.ROW_RAGGED.name, code)
    names = np.array(code.to_numpy(zero_copy_only=False), dtype=object)
    suspects = sorted({*_suspects(first, layout, rules), *_hinted(first, columns, layout)})
    for index in suspects:
        record = tuple(column[index].as_py() for column in columns)
        if is_footer([text for text in record if text.strip(SPACE_LETTERS)], rules.footers):
            names[index] = SetAside.FOOTER.name
        elif trimmed(record) in layout.repeated:
            names[index] = SetAside.HEADER_ROW.name
        elif names[index] == "" and is_note(record):
            names[index] = SetAside.NOTE_ROW.name
    return pa.array(names, pa.string()) if suspects else code


def _first_text(columns: Sequence[pa.StringArray], length: int) -> pa.StringArray:
    """Return the first cell with content of each record, null for a blank record."""
    none = pa.scalar(None, pa.string())
    first = pa.nulls(length, pa.string())
    for column in columns:
        blank = pc.equal(pc.utf8_trim(column, characters=SPACE_LETTERS), "")
        first = pc.coalesce(first, pc.if_else(blank, none, column))
        if first.null_count == 0:
            break
    return first


def _ragged(cells: pa.ListArray, named: int, width: int) -> tuple[pa.BooleanArray, pa.BooleanArray]:
    """Return which records end before the last named heading, and which have content beyond the last column."""
    offsets = cells.offsets.to_numpy()
    lengths = np.diff(offsets)
    long = np.zeros(len(lengths), dtype=bool)
    if len(lengths) and lengths.max() > width:
        record = np.repeat(np.arange(len(lengths)), lengths)
        beyond = np.flatnonzero(np.arange(len(record)) - (offsets[:-1] - offsets[0])[record] >= width)
        texts = cells.values.take(pa.array(beyond + offsets[0]))
        filled = pc.not_equal(pc.utf8_trim(texts, characters=SPACE_LETTERS), "").to_numpy(zero_copy_only=False)
        long[record[beyond[filled]]] = True
    return pa.array(lengths < named), pa.array(long)


def _suspects(first: pa.StringArray, layout: Layout, rules: HeaderRules) -> list[int]:
    """Return the few records that may be a footer or a header: the others need no look in Python."""
    starts = [SPACES.join(re.escape(letter) for letter in word) for word in rules.footers if word]
    heads = {next((cell for cell in line if cell.strip()), "") for line in layout.repeated} - {""}
    choices = "|".join([*starts, *(re.escape(head) + "$" for head in sorted(heads))])
    hits = pc.fill_null(pc.match_substring_regex(first, f"^{SPACES}(?:{choices})"), fill_value=False)
    return [int(index) for index in np.flatnonzero(hits.to_numpy(zero_copy_only=False))]


def _hinted(first: pa.StringArray, columns: Sequence[pa.StringArray], layout: Layout) -> Iterator[int]:
    """Yield the records whose first filled cell or name may be a note or a sub-heading."""
    looked_at = [first, *(columns[layout.fields[field]] for field in ("name",) if field in layout.fields)]
    for column in looked_at:
        hits = pc.fill_null(pc.match_substring_regex(column, NOTE_HINT), fill_value=False)
        yield from np.flatnonzero(hits.to_numpy(zero_copy_only=False)).tolist()


def is_note(record: Sequence[str]) -> bool:
    """Return whether every filled cell of a record is a note, an ordinal, or the only sub-heading.

    >>> is_note(["", "以下空白"]), is_note(["一", "梅溪镇（3家）"]), is_note(["审核：", "", "日期："])
    (True, True, True)
    >>> is_note(["1", "梅溪镇（3家）", "91..."]), is_note(["3", "二、月塘镇砖厂", "兴业路"]), is_note(["1", "2"])
    (False, False, False)
    """
    cells = [re.sub(r"[\s\u200b\ufeff]", "", cell) for cell in record]
    cells = [cell for cell in cells if cell and not ORDINAL.fullmatch(cell)]
    if not 0 < len(cells) <= MOST_NOTE_CELLS:
        return False
    if len(cells) == 1 and SUBHEADING.fullmatch(cells[0]):
        return True
    return all(NOTE.fullmatch(cell) for cell in cells)


def is_footer(record: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether a record's filled cells are a footer.

    The first cell is a footer word, or starts with one and a colon, bracket or digit; or it
    starts with one and stands alone.  合计算机有限公司 with a code beside it is a unit.

    >>> is_footer(["合 计", "1203"], ["合计"]), is_footer(["合计算机有限公司", "91..."], ["合计"])
    (True, False)
    """
    text = re.sub(r"[\s\u200b\ufeff]", "", record[0]) if record else ""
    for word in words:
        if word and text.startswith(word):
            rest = text[len(word) :]
            if not rest or rest[0] in ":：(（" or rest[0].isdigit() or len(record) == 1:
                return True
    return False
