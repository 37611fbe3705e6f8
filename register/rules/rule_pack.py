"""What a rule pack holds: one frozen dataclass per section.  How it is read from files is in `load`.

Every row carries `source` (where it comes from, with a mark: S1, S2 ... a document of
the source list, C computed, I inferred, G general knowledge, unverified) and `since`
(from when it holds).  A pack decides thresholds, words and orders; it never decides
what an identifier is or how a polygon is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of rule data: where it comes from and from when it holds."""

    id: str
    source: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRow(Row):
    """Words that head the column of one canonical field, the best first."""

    field: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsRow(Row):
    """A plain list of words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow(Row):
    """A kind of list: its name in both languages, and the words in a file's name that identify it."""

    zh: str
    en: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsRow(Row):
    """Characters in pairs, the first to be replaced by the second; white space between pairs is free."""

    pairs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow(Row):
    """Words of source lists that mean one status: active, stopped, closed or unknown; or "filler", which means none."""

    status: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow(Row):
    """How a source class is recognised; a unit gets the first class, by `order`, with any evidence.

    `industry` are prefixes of GB/T 4754 codes or ranges of divisions; where there is no
    code, `words` are looked for in the industry's text, and where that is inconclusive,
    `names` in the unit's name; a text that holds one of `unless` is inconclusive.  A
    `strong` row looks at the name first, whatever the code, and at the industry's text
    beside a code of class `other`.
    """

    order: int
    source_class: str
    industry: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow(Row):
    """Something that lists say of a unit's size or standing, for the screening alone.

    It is a number in `unit`, also written with another of `units` (each with its factor) in the cell or in the
    heading's brackets; or, where there are `words`, one of their values, by the whole words of the cell; or a `date`.
    """

    zh: str
    en: str
    headings: tuple[str, ...]
    unitless_headings: tuple[str, ...] = ()
    """Headings that don't show the unit: a number without one is read in the unit that makes it largest."""
    unit: str = ""
    units: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    date: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow(Row):
    """What becomes of a unit of some class, status, permit and size; the first row, by `order`, that fits decides.

    `below` fits where at least one of its measures is stated and every stated one is less than its number,
    `reached` where one is not less, `stated` where each of its measures is stated with that word; `after_reference`
    where all dates that the lists state of one of its measures are after the reference date, `before_year` where they
    are before the year of it, `from_year` where they are not; `dated` where any list states one.
    """

    order: int
    outcome: str
    code: str
    zh: str
    en: str
    classes: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    permit: bool | None = None
    below: Mapping[str, float] = field(default_factory=dict)
    reached: Mapping[str, float] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)
    after_reference: tuple[str, ...] = ()
    before_year: tuple[str, ...] = ()
    from_year: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InsideRow(Row):
    """Units of some classes that lie in a site of the same legal unit that is surveyed already: not entered twice.

    In the site is what has its address, or lies no farther than `within_m` from its point.
    """

    classes: tuple[str, ...]
    hosts: tuple[str, ...]
    within_m: float
    outcome: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivorshipRow(Row):
    """Which kind of list is believed first for a fused field."""

    field: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow(Row):
    """One setting: a number, a word or a list."""

    value: object


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """How columns and footers are recognised by their words."""

    aliases: Mapping[str, tuple[str, ...]]
    """Canonical field -> words that head its column, in order of preference."""
    footers: tuple[str, ...]
    """Words that start a footer row, such as 合计 or 填报人."""
    personal: tuple[str, ...]
    """Words in the heading of a column, known or not, that holds personal data."""
    measures: tuple[MeasureRow, ...] = ()
    """What else lists say of a unit's size or standing."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """How texts are cleaned."""

    traditional: str
    """Characters to be replaced ..."""
    simplified: str
    """... each by the one at the same place here."""
    blank_words: tuple[str, ...]
    """Words for "nothing" in any cell, lower case: 无, 暂无, null."""


@dataclass(frozen=True, slots=True)
class IdentifierRules:
    """What is written into an identifier's cell but identifies nobody."""

    placeholders: tuple[str, ...]
    """Whole values, compact and upper case, that are never a key."""
    shapes: tuple[str, ...] = ()
    """Shapes of codes of other registers, which a census declares; they serve as organisation codes."""


@dataclass(frozen=True, slots=True)
class ScopeRules:
    """How the source class and the outcome of a unit are decided."""

    classes: tuple[ClassRow, ...]
    outcomes: tuple[ScopeRow, ...]
    measures: Mapping[str, MeasureRow]
    """What the outcomes measure, by id."""
    inside: tuple[InsideRow, ...]
    """What lies in a surveyed site and is not entered twice."""


@dataclass(frozen=True, slots=True)
class PlacementRules:
    """How a unit is put into a district."""

    nearest_limit_m: float
    """A point outside all districts goes to the nearest one up to this distance, metres."""
    declared_conflict: str
    """Which wins where coordinates and declared district disagree: coordinates or declared."""
    declared_tolerance_m: float
    """A declared district this near to the point is taken whoever wins otherwise, and flagged."""
    default_point_rows: int
    """A point shared by that many rows is a default point of some office, not a place."""


@dataclass(frozen=True, slots=True)
class TerritoryRules:
    """How the district layer is read and proven."""

    sliver_width_m: float
    """A fault narrower than this is called a sliver, metres."""
    sliver_area_m2: float
    """A fault smaller than this is called a sliver, square metres."""
    code_lengths: tuple[int, ...]
    """Accepted lengths of district codes, characters."""
    level_lengths: tuple[int, ...]
    """Lengths of the code prefixes of province, city, county, township and village."""
    virtual_from: int
    """District numbers from here on may have no geometry."""


@dataclass(frozen=True, slots=True)
class LimitRules:
    """Limits that the report compares with."""

    units_per_district: int
    """More units than this in one district is remarked on."""


@dataclass(frozen=True, slots=True)
class SpotcheckRules:
    """How a register is checked in the field (质量核查); the command line may ask for more."""

    township_share: float
    """Share of the townships to draw, rounded up."""
    districts_per_township: int
    """Districts to walk whole in each of them, all where it has fewer."""
    units_per_class: int
    """Units of each source class to visit in the drawn townships, all where there are fewer."""
    added_units: int
    """New units to look at."""
    excluded_units: int
    """Units left out (out of scope, closed) to look at."""
    limit_missed: float
    """漏查率: above this share the township is checked again."""
    limit_duplicate: float
    """重复率, likewise."""
    limit_wrong: float
    """错误率, likewise."""
    limit_excess: float
    """虚报率 (not there, or out of scope), likewise."""
    limit_merged: float
    """误并率 (several units under one entry), likewise."""


@dataclass(frozen=True, slots=True)
class RulePack:
    """All rule data of one census, and the digest that names exactly this data."""

    name: str
    version: str
    digest: str
    """sha256 over the canonical content, so that a report can say which rules made it."""
    canonical: str = field(repr=False)
    """That content: every row as JSON."""
    kinds: Mapping[str, KindRow]
    """Kinds of list that a census file may name."""
    headers: HeaderRules
    statuses: tuple[StatusRow, ...]
    text: TextRules
    identifiers: IdentifierRules
    scope: ScopeRules
    survivorship: Mapping[str, tuple[str, ...]]
    """Fused field -> kinds of list, the most trusted first."""
    placement: PlacementRules
    territory: TerritoryRules
    limits: LimitRules
    spotcheck: SpotcheckRules
    linkage: Mapping[str, object] = field(default_factory=dict)
    """Overrides of the matching wing's own rules; that wing checks them."""
    rows: Mapping[str, Row] = field(default_factory=dict)
    """Every row as "section.id", for the report's list of sources."""
