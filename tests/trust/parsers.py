"""Every parser of foreign text behind one door: text in, what kind of thing it was out; a broken promise raises.

What comes out is a *kind*: the codes and fields that were found, without values.  Texts of one kind are alike to a
parser, so the shortest text of each kind that was ever met makes a small corpus (see `renew_corpus`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from minglu.errors import MingluError, SourceError
from minglu.geo.coordinates.angles import fold
from minglu.geo.coordinates.pairs import parse_pair
from minglu.matching.parsing.address_text import parse_address
from minglu.matching.parsing.name_text import parse_name
from minglu.matching.parsing.vocabulary import learn
from minglu.register.cleaning.identifier_cell import read_cell
from minglu.register.cleaning.text_faults import LONGEST_TEXT
from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.form_workbook import HEADER_ROWS, check_form
from minglu.register.clerical.returned_workbook import parse_hidden
from minglu.register.clerical.review import review_answers, review_keys
from minglu.register.config.census_file import read_census
from minglu.register.identifiers import org_code, permit_no, reg_no, region_code, tax_no, uscc
from minglu.register.rules import load_pack
from minglu.register.sources.header import find_layout
from minglu.register.sources.headings import Aliases
from tests.trust import county

Kind = tuple[object, ...]
WRITTEN = [
    review_keys.Key(number, *(Anchor(entry, "tax", "甲厂", "", "", "") for entry in sides))
    for number, sides in ((1, "ab"), (2, "cd"))
]
"""The pairs of a workbook that went out."""
ANSWERED = ("no", "judgement", "left.entry_id", "right.entry_id", "reason")
DIGITS = str.maketrans("", "", "0123456789")


class Parser(NamedTuple):
    """One parser: its promise as a function, and the words that its texts are made of."""

    read: Callable[[str], Kind]
    words: str
    """Separated by blanks; single letters are words too."""


def _said(error: MingluError) -> str:
    """Return the message of a refusal; it is one of usage or input, and speaks both languages."""
    assert error.exit_code in {2, 3}
    assert error.zh
    return error.en


def identifiers(text: str) -> Kind:
    """Each identifier says valid or why not, in both languages; its compact form stays as it is."""
    found = []
    for module in (uscc, org_code, reg_no, tax_no, permit_no, region_code):
        compact, fault = module.compact(text), module.validate(text)
        assert module.is_valid(text) is (fault is None)
        assert module.compact(compact) == compact
        assert isinstance(module.format(text), str)
        if fault is not None:
            assert fault.en
            assert fault.zh
        found.append(None if fault is None else fault.code)
    return tuple(found)


def numbers(text: str) -> Kind:
    """A cell of a code column is a code of some kind, or a fault; never a number that Excel rounded."""
    found = []
    for column in ("uscc", "tax_no", "org_code", "reg_no", "permit_no"):
        reading = read_cell(column, text)
        assert reading.fault is None or (reading.fault.en and reading.fault.zh)
        found += [reading.kind, reading.fault and reading.fault.code]
    return tuple(found)


@cache
def _vocabulary():
    rows = county.lists().rows["business"]
    heading = county.lists().headings["business"]
    name, address = heading.index("企业名称"), heading.index("住所")
    return learn([row[name] for row in rows], [row[address] for row in rows], ["青禾县", "梅溪镇"])


def _filled(parts: tuple[object, ...]) -> Kind:
    """Return which fields hold something; every value is whole text."""
    found = []
    for value in parts:
        if isinstance(value, str):
            value.encode("utf-8")
        found.append(bool(value))
    return tuple(found)


def names(text: str) -> Kind:
    """A name has parts, or none; the same ones each time.  Longer texts are set aside before they come here."""
    text = text[:LONGEST_TEXT]
    parts = parse_name(text, _vocabulary())
    assert parts == parse_name(text, _vocabulary())
    return _filled(parts)


def addresses(text: str) -> Kind:
    """An address has parts, or none; the same ones each time."""
    text = text[:LONGEST_TEXT]
    parts = parse_address(text, _vocabulary())
    assert parts == parse_address(text, _vocabulary())
    return _filled(parts)


def coordinates(text: str) -> Kind:
    """Two cells, parted by a bar, are a point on earth with its precision, or a code."""
    left, _, right = text.partition("|")
    assert fold(fold(left)) == fold(left)
    pair = parse_pair(left, right)
    if math.isnan(pair.lon) or math.isnan(pair.lat):
        assert math.isnan(pair.lon + pair.lat)
        assert pair.code
        return (pair.code,)
    assert all(math.isfinite(value) for value in (pair.lon, pair.lat, pair.precision_m))
    assert abs(pair.lon) <= 180
    assert abs(pair.lat) <= 90
    assert pair.precision_m > 0
    return (pair.code, pair.precision_m)


@cache
def _aliases() -> Aliases:
    return Aliases(load_pack("pollution-2", county.ROOT).headers)


def headers(text: str) -> Kind:
    """Lines and bars make a grid: a layout in which no column serves twice, or a refusal in both languages."""
    head = [(at, tuple(line.split("|"))) for at, line in enumerate(text.split("\n"), 1)]
    try:
        layout = find_layout("x.csv", head, _aliases(), {}, None)
    except SourceError as error:
        return ("refused", bool(_said(error)))
    angles = [column for parts in layout.angles.values() for column in parts]
    every = [*layout.fields.values(), *angles, *layout.unknown, *layout.withheld]
    assert sorted(every) == list(range(len(layout.headings)))
    return (*sorted(layout.fields), len(layout.unknown))


def census(text: str) -> Kind:
    """A census file is read, or refused in both languages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "census.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            found = read_census(path)
        except MingluError as error:
            return (error.exit_code, _said(error).partition(": ")[2].translate(DIGITS)[:60])
    return (len(found.lists), found.parent is None)


def sheets(text: str) -> Kind:
    """The hidden texts and the answers of a returned workbook, lines and bars, are what was written or refused."""
    try:
        review_keys.parse(*parse_hidden(review_keys.SCHEMA, text.split("\n")))
        hidden = True
    except (ValueError, KeyError, TypeError, AttributeError):  # what `read_hidden` refuses as foreign
        hidden = False
    form = review_answers.form_of(WRITTEN)
    written = {row["no"]: row for row in form.rows}
    cells = {1: [column.zh for column in form.columns]}
    for row, line in enumerate(text.split("\n"), HEADER_ROWS + 1):
        told = dict(zip(ANSWERED, line.split("|"), strict=False))
        shown = {**written.get(told["no"], {}), **told}
        cells[row] = [shown.get(column.field, "") for column in form.columns]
    try:
        lines = check_form(Path("x.xlsx"), form, cells)
    except SourceError as error:
        return (hidden, *[word for word in _said(error).split() if word.isalpha()][:12])
    return (hidden, *(review_answers.BY_WORD.get(line.texts["judgement"]) for line in lines))


PARSERS: Mapping[str, Parser] = {
    "identifiers": Parser(
        identifiers,
        "91350100M000100Y43 MA 9.133E+17 350100 9 1 0 X A I O Z １ - ( ） 企 00000000 12345678901 \u200b \x00 \ud800 001Q 001P 91 92",
    ),
    "numbers": Parser(
        numbers, "91350100M000100Y43 9.133E+17 110101199003074514 001P 123456789012345 20 无 / - 0 9 X 。 １ \u3000 \x00 \ud800 E+"
    ),
    "names": Parser(
        names, "青禾县 县 市 食品 加工厂 有限公司 （ ） ( 分公司 第一 店 原 曾用名 个体 · ， / 甲 A １ \u3000 \u200b \x00 \ud800 合作社 责任"
    ),
    "addresses": Parser(
        addresses, "青禾县 梅溪镇 省 市 村 组 路 号 街 12 3-1 幢 室 楼 层 对面 （ ） 与 交叉口 东 米 旁 A １ \u3000 \x00 \ud800 园区 之 #"
    ),
    "coordinates": Parser(
        coordinates, "112.43 30.57 112 30 ° ′ ″ 度 分 秒 ' \" E N 东经 北纬 | | | - + . , 1e400 nan inf 0 9999999 39500000 \u3000 \x00 １ ， \ud800"
    ),
    "headers": Parser(
        headers, "单位名称 企业名称 统一社会信用代码 地址 经度 纬度 度 分 秒 合计 联系电话 身份证号 | | | \n \n \u3000 \x00 9 甲 \ufeff"
    ),
    "census": Parser(
        census,
        '[census] [[lists]] [districts] [parent] \n \n \n = = = " " name path kind code rows crs columns { } [ ] , "tax" "x.csv" '
        '2027-12-31 reference_date true -1 1e999 nan "../../x" "http://x" \\u0000 \x00 # """ a.b \ud800',
    ),
    "sheets": Parser(
        sheets,
        '1|同一单位|a|b\n2|不同单位|c|d 1||a|b\n2||c|d 1|待定|a|b| \n \n | | 同一单位 不同单位 待定 同一法人不同场所 是 1 2 3 a b c d '
        '{ } [ ] " : , {"schema":"minglu/review/1","keys":"x"} null 1e999 １ \u3000 \x00 \ud800',
    ),
}  # fmt: skip
