"""Areas of a layer by their names: which one the columns 所在… or the area part of an address can mean.

Names are looked for from large to small.  An area counts only where everything found so far leaves exactly one;
a text that names a county or town which the layer doesn't have means no area of the layer at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minglu.geo.layer.declared_codes import LEVELS, DeclaredCodes

MOST_CHARACTERS = 40
"""The area part of an address is shorter."""
LEAST_ROWS = 3
"""Rows that must show that an area outside the layer's names is one above the layer."""
LARGE = re.compile(
    r"[一-鿿]{1,7}?(?:特别行政区|自治[区州县旗]|地区|省(?!道)|(?<![超城都夜门股上集菜花鱼楼早])市(?![场政])"
    r"|(?<![小社园厂库景地发业牧税片术化新城校院街市])区|县(?![城道])|盟|旗|街道|镇|乡)"
)
"""Words that name an area above a village."""
TOWN = re.compile(r"(.{1,8}?(?:街道|镇|乡|苏木))(?=.)")
VILLAGE = re.compile(r"(.{1,10}?(?:社区|村|居委会|嘎查|里))(?=第?[0-9一二三四五六七八九十]|普查小区|.*小区)")
ROADS = frozenset("路街巷弄道桥站")
"""A name followed by one of these is that of a road (和平村路), unless it goes on as 街道."""
VARIANTS = str.maketrans({"臺": "台", "邨": "村", "鎭": "镇", "鎮": "镇", "縣": "县", "區": "区", "鄉": "乡"})
RANKS = re.compile(r"特别行政区|自治[区州县旗]|地区|省|市|区|县|盟|旗|街道|镇|乡|苏木|社区|村|居委会|嘎查|里")
"""What a name may end in; an area that was raised (县 to 区, 村 to 社区) keeps what stands before."""


def fold_name(text: str) -> str:
    """Fold width, case and variants of a name, and drop spaces.

    >>> fold_name(" 臺北市　中正區 ")
    '台北市中正区'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(VARIANTS).casefold()


@dataclass(frozen=True, slots=True)
class _Area:
    parent: int
    """Position of the area above; -1 for what stands at the top."""
    code: str
    """Code of the district, or what the codes of all districts in the area begin with and no other's does; or ""."""


class AreaNames:
    """The names of a layer's districts and of the areas above them.

    >>> names = AreaNames(("01001", "01002", "02001"), ("东村", "西村", "东村"), (("甲镇",), ("甲镇",), ("乙镇",)))
    >>> names.meaning("甲镇东村12号"), names.meaning("东村12号"), names.meaning("乙镇人民路1号")
    ('01001', '', '02001')
    >>> names.meaning("丙镇东村")
    ''
    """

    def __init__(
        self,
        codes: Sequence[str],
        names: Sequence[str],
        above: Sequence[Sequence[str]] = (),
        *,
        home: Iterable[str] = (),
    ) -> None:
        """Index districts by name; `above` are the names of the areas above each, from large to small.

        `home` are names of areas above the whole layer, which a text may hold as well.
        """
        self._areas: list[_Area] = []
        self._named: dict[str, list[int]] = defaultdict(list)
        self._home = frozenset(map(fold_name, home))
        self._build(codes, names, above)
        self._stems: dict[str, list[int]] = defaultdict(list)
        for name, areas in self._named.items():
            if stem := _stem(name):
                self._stems[stem] += areas
        self._starts = _lengths_by_start(self._named), _lengths_by_start(self._stems)

    def __bool__(self) -> bool:
        """Return whether the layer has names at all."""
        return bool(self._starts[0])

    def _build(self, codes: Sequence[str], names: Sequence[str], above: Sequence[Sequence[str]]) -> None:
        declared = DeclaredCodes(tuple(codes))
        members: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, name in enumerate(names):
            path = [fold_name(one) for one in (above[row] if above else ())]
            own = fold_name(name)
            *upper, last = _split(own) if not above else [own]
            whole = tuple(part for part in (*path, *upper, last) if part)
            for depth in range(1, len(whole) + 1):
                members[whole[:depth]].append(row)
        position: dict[tuple[str, ...], int] = {}
        for key, rows in sorted(members.items()):
            position[key] = len(self._areas)
            self._named[key[-1]].append(len(self._areas))
            self._areas.append(_Area(position.get(key[:-1], -1), _common_code(codes, rows, declared)))

    def with_home(self, home: Iterable[str]) -> AreaNames:
        """Return the same names with other areas above the whole layer."""
        other = object.__new__(AreaNames)
        other._areas, other._named, other._stems, other._starts = self._areas, self._named, self._stems, self._starts
        other._home = frozenset(map(fold_name, home))
        return other

    def meaning(self, *texts: str) -> str:
        """Return the code of the area that all texts together name; "" where none, several, or a foreign one."""
        here = [-1]
        for text in texts:
            found = self._narrowed(fold_name(text)[:MOST_CHARACTERS], here)
            if found is None:
                return ""
            here = found
        return self._areas[here[0]].code if len(here) == 1 and here[0] >= 0 else ""

    def foreign(self, text: str) -> list[str]:
        """Return the areas in a text before the last known name that the layer doesn't have."""
        folded = fold_name(text)[:MOST_CHARACTERS]
        return [word for gap in self._gaps(folded) for word in LARGE.findall(gap)]

    def _matches(self, text: str) -> Iterable[tuple[int, int, list[int]]]:
        """Yield start, end and areas of each name in the text, the longest at each place."""
        free = 0
        by_name, by_stem = self._starts
        for at in range(len(text) - 1):
            start = text[at : at + 2]
            if at >= free and (start in by_name or start in by_stem):
                end, areas = self._match_at(text, at)
                if end > at:
                    free = end
                    yield at, end, areas

    def _match_at(self, text: str, at: int) -> tuple[int, list[int]]:
        """Return the end and the areas of the name that begins here: as it stands, else with another rank."""
        start = text[at : at + 2]
        for length in self._starts[0].get(start, ()):
            name = text[at : at + length]
            if len(name) == length and name in self._named and not _goes_on(text, at, at + length):
                return at + length, self._named[name]
        for length in self._starts[1].get(start, ()):
            stem = text[at : at + length]
            rank = RANKS.match(text, at + length) if stem in self._stems else None
            if rank is not None and len(stem) == length and not _goes_on(text, at, rank.end()):
                return rank.end(), self._stems[stem]
        return at, []

    def _gaps(self, text: str) -> Iterable[str]:
        last = 0
        for start, end, _ in self._matches(text):
            yield text[last:start]
            last = end
        if not last:
            yield text

    def _narrowed(self, text: str, here: list[int]) -> list[int] | None:
        """Follow the names in a text from the areas `here` downwards; None where it names a foreign one."""
        last = 0
        for start, end, areas in self._matches(text):
            if self._is_foreign(text[last:start]):
                return None
            here = self._below(areas, here) or self._below(self._raised(text[start:end]), here) or here
            last = end
        return None if not last and self._is_foreign(text) else here

    def _below(self, areas: Sequence[int], here: Sequence[int]) -> list[int]:
        return [area for area in areas if any(self._lies_in(area, one) for one in here)]

    def _raised(self, name: str) -> Sequence[int]:
        """Return the areas that a name can mean with another rank."""
        return self._stems.get(_stem(name), ())

    def _is_foreign(self, gap: str) -> bool:
        return any(word not in self._home for word in LARGE.findall(gap)) if gap else False

    def _lies_in(self, area: int, other: int) -> bool:
        while area >= 0:
            if area == other:
                return True
            area = self._areas[area].parent
        return other < 0


def learn_home_areas(names: AreaNames, texts: Sequence[str], inside: Sequence[bool | None]) -> frozenset[str]:
    """Return the areas outside the layer's names that texts of the layer's own rows name: those above the layer.

    `inside` says of each row whether its point or its code is known to lie in the layer, None where that is unknown.
    An area counts if at least LEAST_ROWS rows inside name it and nine in ten of those that are known; where
    nothing is known, if more than half of all texts with any such area name it.
    """
    known: dict[bool | None, Counter[str]] = {True: Counter(), False: Counter(), None: Counter()}
    for text, where in zip(texts, inside, strict=True):
        known[where].update(set(names.foreign(text)))
    home = {word for word, n in known[True].items() if n >= LEAST_ROWS and n >= 9 * known[False][word]}
    if not known[True] and not known[False]:
        with_area = sum(bool(names.foreign(text)) for text in texts)
        home = {word for word, n in known[None].items() if n >= LEAST_ROWS and 2 * n > with_area}
    return frozenset(home)


def _split(name: str) -> list[str]:
    """Cut a district's name into town, village and what follows, as far as it holds them.

    >>> _split("河东街道新建社区第1普查小区"), _split("新村镇和平村"), _split("甲村")
    (['河东街道', '新建社区', '第1普查小区'], ['新村镇', '和平村'], ['甲村'])
    """
    parts = []
    for pattern in (TOWN, VILLAGE):
        if found := pattern.match(name):
            parts.append(found[1])
            name = name[found.end(1) :]
    return [*parts, name]


def _lengths_by_start(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return for the first two characters of names how long those names are, the longest first."""
    lengths: dict[str, set[int]] = defaultdict(set)
    for name in names:
        if len(name) > 1:
            lengths[name[:2]].add(len(name))
    return {start: tuple(sorted(some, reverse=True)) for start, some in lengths.items()}


def _stem(name: str) -> str:
    """Return what stands before the rank of an area; "" for a single character.

    >>> _stem("桃园县"), _stem("和平社区"), _stem("东村")
    ('桃园', '和平', '')
    """
    rank = next((found for found in RANKS.finditer(name, 2) if found.end() == len(name)), None)
    return name[: rank.start()] if rank else ""


def _common_code(codes: Sequence[str], rows: Sequence[int], declared: DeclaredCodes) -> str:
    """Return what the codes of exactly these rows begin with, "" if others begin so too."""
    some = [codes[row] for row in rows]
    low, high = min(some), max(some)
    size = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    if len(rows) == 1 or len(set(some)) < len(rows):
        return low if len(rows) == 1 else ""
    lengths = (*(length for length in reversed(LEVELS) if length < size), size)
    prefixes = (low[:length] for length in lengths if length)
    return next((prefix for prefix in prefixes if len(declared.members(prefix)) == len(rows)), "")


def _goes_on(text: str, start: int, end: int) -> bool:
    """Return whether a name is only the beginning of another word: of a road, or of a longer word in letters."""
    following = text[end : end + 1]
    if following in ROADS and following:
        return not text.startswith("街道", end)
    ascii_end = text[end - 1].isascii() and text[end - 1].isalpha()
    ascii_start = text[start].isascii() and text[start].isalpha()
    return (ascii_end and following.isascii() and following.isalpha()) or (
        ascii_start and start > 0 and text[start - 1].isascii() and text[start - 1].isalpha()
    )
