"""The street part of an address, from the first number on: group, number, building, floor, room, stall.

No pattern depends on *which* digit or capital letter stands somewhere.  So a street part is read by its shape, every
digit a 0 and every capital an A (23号3幢201室 -> 00号0幢000室): millions of street parts have some thousand shapes.
A shape is read once for the places of its parts; they are cut out of all street parts of that shape together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.text_columns import slices, translated

_LANE = re.compile(r"(?P<lane>[0-9]+)(?:弄|支弄|巷)")
_GROUP = re.compile(r"(?P<group>[0-9]+)(?:组|队|社|屯)(?!区)")
_NUMBER = re.compile(
    r"(?P<number>(?:(?<![0-9A-Z])[A-Z])?[0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)*)(?:[、/][0-9]+(?:-[0-9]+)*)*(?:号(?!楼|幢|栋|座|厂|车间|库|仓|门|店|铺|商铺|房|摊))"
)
_BARE = re.compile(
    r"\|*(?P<number>[A-Z]?[0-9]+(?:-[0-9]{1,3})?)(?:-(?P<room>[0-9]{3,4}))?(?=$|[一-鿿])(?!幢|栋|座|楼|层|室|号|单元|组|队|弄|米|公里|期|房|店|铺|门|车间|厂)"
)
_BUILDING = re.compile(
    r"(?P<building>[0-9]{1,3}[A-Z]?|[A-Z][0-9]{0,2}|[东西南北主副])(?:号楼|号厂房|号车间|号?[幢栋座]|号库)"
)
_HALL = re.compile(r"(?<=号)-?(?P<building>[0-9A-Z]{1,3})号(?=$|[0-9A-Z楼])")  # 761号1号: behind a number, a hall
_FLOOR = re.compile(r"(?P<floor>负?[0-9]{1,2}|底)[楼层]")
_ROOM = re.compile(r"(?P<room>[0-9A-Z]+(?:-[0-9A-Z]+)*)(?:室|号?房|号?商?铺|号?门面|号?店面|号?摊)")
_STALL = re.compile(r"(?P<stall>[A-Z]?[0-9]+(?:-[0-9]+)*)号?(?:摊位?|商?铺位?|[门店]面)(?![0-9])")
_LAST_ROOM = re.compile(r"(?:[幢栋座楼层]|单元|号)-?(?P<room>[0-9A-Z]{2,5}(?:-[0-9]+)?)$")
_FURTHER = (("room", _ROOM), ("room", _LAST_ROOM), ("building", _BUILDING), ("building", _HALL), ("floor", _FLOOR))
_TAKEN = "|"  # stands where a part was taken out: no plain address holds one

Span = tuple[int, int]
_MISSING: Span = (0, 0)
_DIGITS, _CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPES = str.maketrans(_DIGITS + _CAPITALS, "0" * len(_DIGITS) + "A" * len(_CAPITALS))


class StreetPart(NamedTuple):
    """What stands from the first number on; "" where the street part is missing."""

    number: str = ""
    """House number in digits, a sub-number behind a hyphen (12-3), a lane before it (123弄5)."""
    building: str = ""
    floor: str = ""
    room: str = ""
    group: str = ""
    """Villagers' group 村民小组 in digits and 组: stands in for the number where there is none."""
    stall: str = ""
    """A stall or shop in digits, where the street part starts with it: the house number of a market 市场."""


class StreetSpans(NamedTuple):
    """Where the parts begin and end in every street part of one shape."""

    lane: Span = _MISSING
    number: Span = _MISSING
    building: Span = _MISSING
    floor: Span = _MISSING
    room: Span = _MISSING
    group: Span = _MISSING
    stall: Span = _MISSING


def read_street_part(street: str) -> StreetPart:
    """Read lane, group, number, building, floor, room and stall.

    >>> read_street_part("23-1号3幢201室")
    StreetPart(number='23-1', building='3', floor='', room='201', group='', stall='')
    """
    found = {name: street[begin:end] for name, (begin, end) in read_shape(shape_of(street))._asdict().items()}
    lane = found.pop("lane")
    found["number"] = (f"{lane}弄" if lane else "") + found["number"]
    found["group"] += "组" if found["group"] else ""
    return StreetPart(**found)


def read_street_parts(street_parts: pa.Array) -> dict[str, pa.Array]:
    """Read a column of street parts (no nulls); one array per part of StreetPart, rows in order."""
    shapes = translated(street_parts, _SHAPES).dictionary_encode()
    spans = np.array([_in_bytes(shape) for shape in shapes.dictionary.to_pylist()], dtype=np.int32)
    of_row = spans.reshape(-1, len(StreetSpans._fields), 2)[shapes.indices.to_numpy()]
    found = {
        name: slices(street_parts, of_row[:, place, 0], of_row[:, place, 1])
        for place, name in enumerate(StreetSpans._fields)
    }
    found["number"] = pc.binary_join_element_wise(_with_sign(found.pop("lane"), "弄"), found["number"], "")
    found["group"] = _with_sign(found["group"], "组")
    return found


def shape_of(street: str) -> str:
    """Return the shape of a street part.

    >>> shape_of("23号A幢201室")
    '00号A幢000室'
    """
    return street.translate(_SHAPES)


def _with_sign(parts: pa.Array, sign: str) -> pa.Array:
    """Put a sign behind each part that is not missing."""
    return pc.if_else(pc.equal(parts, ""), "", pc.binary_join_element_wise(parts, sign, ""))


def _in_bytes(shape: str) -> list[list[int]]:
    """Return the spans of a shape in bytes of UTF-8, which are those of each of its street parts."""
    return [[len(shape[:place].encode()) for place in span] for span in read_shape(shape)]


@lru_cache(maxsize=1 << 16)
def read_shape(shape: str) -> StreetSpans:
    """Return where the parts of one shape stand; what was taken is out of sight for what comes later."""
    spans: dict[str, Span] = {}
    start = 0
    if match := _STALL.match(shape):
        spans["stall"] = match.span("stall")
    if match := _LANE.match(shape):
        spans["lane"], start = match.span("lane"), match.end()
    if match := _GROUP.search(shape, start):
        spans["group"] = match.span("group")
        shape = _without(shape, match)
    if match := _NUMBER.search(shape, start):
        spans["number"] = match.span("number")
        shape = _without(shape, match, leaving="号")
    elif match := _BARE.match(shape, start):
        spans["number"], start = match.span("number"), match.end()
        if match["room"]:
            spans["room"] = match.span("room")
    for name, pattern in _FURTHER:
        if name not in spans and (match := pattern.search(shape, start)):
            spans[name] = match.span(name)
    return StreetSpans(**spans)


def _without(shape: str, match: re.Match[str], *, leaving: str = "") -> str:
    """Take a match out of a shape; all that is behind it keeps its place."""
    gap = _TAKEN * (match.end() - match.start() - len(leaving)) + leaving
    return shape[: match.start()] + gap + shape[match.end() :]
