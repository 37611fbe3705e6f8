"""What is wrong with the codes of a district layer, before any geometry is compared.

A code without a polygon, a polygon without a code, a code twice, a code of another
length or from another parent: each is a finding of its own, because each has another
cause.  Virtual districts (numbers from `virtual_from`) may have no polygon.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from minglu.common.bilingual import Bilingual
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Parent
from minglu.geo.numerics.sorting import Ints, order_rows

VILLAGE_LENGTH = 12
"""Characters of a village code; what follows is the number of the district within the village."""

MOST_ODD_CODES = 20
"""So many codes of one wrong length are slips, each a finding; more are one finding about the layer."""

CODES: Mapping[str, tuple[str, str]] = {
    "DISTRICT_NO_CODE": ("图形没有代码", "polygons without a code"),
    "DISTRICT_CODE_TWICE": ("同一代码出现多次", "one code stands several times"),
    "DISTRICT_CODE_LENGTH": ("代码位数不符", "a code of another length"),
    "DISTRICT_CODE_CHARACTERS": ("代码含有其他字符", "a code with other characters than letters and digits"),
    "DISTRICT_OTHER_LEVEL": ("同一图层中混有上级区域", "an area of the level above in the same layer"),
    "DISTRICT_OTHER_PARENT": ("代码不属于上级区域", "a code that does not begin with the parent's"),
    "DISTRICT_OUTSIDE_PARENT": ("整个在上级区域之外", "wholly outside the parent area"),
    "DISTRICT_NO_POLYGON": ("没有图形，且不是虚拟小区", "no polygon, and not a virtual district"),
    "DISTRICT_SAME_POLYGON": ("图形完全相同", "the very same polygon under several codes"),
    "DISTRICT_NO_UPPER": ("没有上级区域", "no area above it"),
    "AREA_NO_DISTRICT": ("没有下级小区", "no district below it"),
}
"""Every code of a finding, in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the layer as a list of codes."""

    code: str
    """A code of docs/reference/codes.md."""
    districts: tuple[str, ...]
    reason: Bilingual
    """In words."""


def check_codes(
    districts: DistrictIndex, parent: Parent | None = None, *, code_lengths: Sequence[int], virtual_from: int
) -> tuple[Finding, ...]:
    """Return the findings about codes, ordered by kind and then by district."""
    codes = sorted({code for code in districts.codes if code})
    return (
        *_missing_codes(districts),
        *_duplicate_codes(districts, codes),
        *_odd_codes(codes, code_lengths),
        *_other_levels(codes),
        *_other_parents(codes, parent),
        *_without_polygon(districts, virtual_from),
        *_same_polygons(districts),
    )


def is_virtual(code: str, virtual_from: int) -> bool:
    """Return whether a code may stand without a polygon: a three-digit number from `virtual_from` behind the village.

    >>> is_virtual("990101001001901", 900), is_virtual("990101001001001", 900), is_virtual("990101001901", 900)
    (True, False, False)
    """
    number = code[VILLAGE_LENGTH : VILLAGE_LENGTH + 3]
    return len(number) == 3 and number.isdigit() and int(number) >= virtual_from


def _missing_codes(districts: DistrictIndex) -> list[Finding]:
    rows = [str(row + 1) for row, code in enumerate(districts.codes) if not code]
    if not rows:
        return []
    place = ", ".join(rows[:10]) + (" ..." if len(rows) > 10 else "")
    reason = Bilingual(
        f"{len(rows)} 个图形没有代码（第 {place} 个要素）", f"{len(rows)} polygons have no code (features {place})"
    )
    return [Finding("DISTRICT_NO_CODE", (), reason)]


def _duplicate_codes(districts: DistrictIndex, codes: Sequence[str]) -> list[Finding]:
    if len(codes) == len(districts.codes):
        return []
    times = Counter(code for code in districts.codes if code)
    return [
        Finding("DISTRICT_CODE_TWICE", (code,), Bilingual(f"代码 {code} 出现 {n} 次", f"code {code} stands {n} times"))
        for code, n in sorted(times.items())
        if n > 1
    ]


def _odd_codes(codes: Sequence[str], lengths: Sequence[int]) -> list[Finding]:
    expected = "、".join(map(str, lengths))
    common = {length for length, n in Counter(map(len, codes)).items() if length not in lengths and n > MOST_ODD_CODES}
    found = [_other_system(codes, length, expected) for length in sorted(common)]
    for code in codes:
        if len(code) in common:
            continue
        if len(code) not in lengths:
            reason = Bilingual(
                f"代码 {code} 为 {len(code)} 位，应为 {expected} 位",
                f"code {code} has {len(code)} characters, expected {expected.replace('、', ', ')}",
            )
            found.append(Finding("DISTRICT_CODE_LENGTH", (code,), reason))
        elif not (code.isascii() and code.isalnum()):
            reason = Bilingual(
                f"代码 {code} 含有其他字符", f"code {code} holds other characters than letters and digits"
            )
            found.append(Finding("DISTRICT_CODE_CHARACTERS", (code,), reason))
    return found


def _other_system(codes: Sequence[str], length: int, expected: str) -> Finding:
    """Report a length that many codes share once: it is the layer's own system of codes, not a slip in each."""
    some = [code for code in codes if len(code) == length]
    return Finding(
        "DISTRICT_CODE_LENGTH",
        tuple(some[:MOST_ODD_CODES]),
        Bilingual(
            f"{len(some)} 个代码均为 {length} 位，应为 {expected} 位：图层采用另一套代码；如属正常，请在规则中写明 "
            "territory.code_lengths",
            f"{len(some)} codes have {length} characters, expected {expected.replace('、', ', ')}: "
            "the layer has another system of codes; if that is meant, state territory.code_lengths in the rules",
        ),
    )


def _other_levels(codes: Sequence[str]) -> list[Finding]:
    """A township in a layer of villages covers them all; its code is the beginning of theirs."""
    found = []
    for code, following in pairwise(codes):
        if following.startswith(code):
            reason = Bilingual(
                f"{code} 是 {following} 的上级，不应在同一图层",
                f"{code} is the level above {following}: both in one layer cover the same land",
            )
            found.append(Finding("DISTRICT_OTHER_LEVEL", (code,), reason))
    return found


def _other_parents(codes: Sequence[str], parent: Parent | None) -> list[Finding]:
    if parent is None or not parent.code:
        return []
    parents = tuple(parent.code.split("+"))
    foreign = [code for code in codes if not code.startswith(parents)]
    return [
        Finding(
            "DISTRICT_OTHER_PARENT",
            (code,),
            Bilingual(
                f"代码 {code} 不属于上级 {parent.code}",
                f"code {code} does not begin with the parent's code {parent.code}",
            ),
        )
        for code in foreign
    ]


def _without_polygon(districts: DistrictIndex, virtual_from: int) -> list[Finding]:
    found = []
    for row in np.flatnonzero(~districts.present).tolist():
        code = districts.codes[row]
        if is_virtual(code, virtual_from):
            continue
        reason = Bilingual(f"{code} 没有图形，且不是虚拟小区", f"{code} has no polygon and is not a virtual district")
        found.append(Finding("DISTRICT_NO_POLYGON", (code,), reason))
    return sorted(found, key=lambda finding: finding.districts)


def _same_polygons(districts: DistrictIndex) -> list[Finding]:
    """The same polygon, to the last bit, under several entries."""
    rows = _with_equal_extents(districts)
    same = defaultdict(list)
    for row, shape in zip(rows.tolist(), districts.layer.shapes(rows), strict=True):
        content = shapely.to_wkb(shapely.normalize(shape), output_dimension=2)
        same[hashlib.blake2b(content, digest_size=16).digest()].append(districts.codes[row])
    found = []
    for codes in same.values():
        if len(codes) > 1:
            names = "、".join(sorted(codes))
            reason = Bilingual(f"{names} 图形完全相同", f"{names.replace('、', ', ')} have the very same polygon")
            found.append(Finding("DISTRICT_SAME_POLYGON", tuple(sorted(codes)), reason))
    return sorted(found, key=lambda finding: finding.districts)


def _with_equal_extents(districts: DistrictIndex) -> Ints:
    """Return the positions of all districts that share their extent with another one: only they can be the same."""
    rows = np.flatnonzero(districts.present)
    bounds = districts.bounds[rows]
    order = order_rows(*bounds.T)
    equal = (bounds[order[1:]] == bounds[order[:-1]]).all(1)
    either = np.zeros(len(rows), bool)
    either[1:] |= equal
    either[:-1] |= equal
    return np.sort(rows[order[either]])
