"""Linkage settings as a value: what is blocked, compared and learned, read from a folder of rule tables.

The register's own settings lie in matching/rules.  What the settings do not name does not happen: without free
labels the first question is learned from the patterns alone, without comparisons that concern sites every unit
is one site.  No comparing, no learning here.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from minglu.common.arrays import Flags, Integers, Levels, Numbers
from minglu.common.typed_toml import check_keys
from minglu.errors import RuleError
from minglu.matching.settings.block_rules import BlockRule, load_block_rules
from minglu.matching.settings.level_conditions import CONDITION_KEYS, Condition, read_condition
from minglu.matching.settings.rule_files import read_rules

Outcomes = Mapping[str, tuple[str, ...]]  # comparison -> levels

MISSING_LEVEL = 0  # levels of the table count from 1
QUESTIONS = ("legal", "site")
CANNOT_LINK_KEYS = (("name", "zh", "en", "source", "since"), ("legal", "site", "unless", "lifted_by"))


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison."""

    key: str
    legal: float
    """Starting weight for one legal unit, bits."""
    site: float
    """Starting weight for one site, given one legal unit, bits."""
    zh: str
    en: str
    when: Condition | None = None
    """When it holds, where the table says so itself."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column of evidence; `levels` run from agreement to disagreement."""

    name: str
    questions: tuple[str, ...]
    levels: tuple[Level, ...]
    zh: str
    en: str
    learned: tuple[str, ...]
    """The questions on which the data may move the weights."""
    ordered: bool

    def learns(self, question: str) -> bool:
        """Return whether the data may move the weights on `question`."""
        return question in self.learned

    @property
    def declared(self) -> bool:
        """Return whether the table itself says when each level holds."""
        return self.levels[0].when is not None

    @property
    def degrees(self) -> int:
        """Return how many of the first levels stand in order, from agreement to disagreement."""
        return len(self.levels) if self.ordered else 0

    def number(self, key: str) -> int:
        """Return the level number of `key`."""
        return next(number for number, level in enumerate(self.levels, start=1) if level.key == key)


@dataclass(frozen=True, slots=True)
class Labels:
    """The comparison whose levels answer the legal question for free."""

    comparison: str
    same: tuple[str, ...]
    """Levels at which both rows are one legal unit."""
    other: tuple[str, ...]
    """Levels at which they are not, but for what else supports it."""
    own: tuple[str, ...]
    """Levels at which codes differ and may still be of one unit: a branch may have one of its own."""
    trusted: tuple[str, ...]
    """Levels that keep their starting weight: nothing can check them."""
    two_sites: Outcomes
    """Outcomes at which two rows of a unit are two sites for certain."""
    marked_as: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Per comparison the level that stands for another one where one of the two rows has a mark."""


@dataclass(frozen=True, slots=True)
class CannotLink:
    """A cannot-link: outcomes at which two rows must not be one, whatever else supports it."""

    name: str
    legal: Outcomes
    """Outcomes that forbid one legal unit, and so one site."""
    site: Outcomes
    """Outcomes that forbid one site only."""
    unless: Outcomes
    """Outcomes beside which it does not hold."""
    lifted_by: str
    """A switch of the census's [linkage] rules that lifts it; or empty."""
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LinkageSettings:
    """All rules of blocking, all comparisons, and the prior of both questions in bits."""

    blocks: tuple[BlockRule, ...]
    comparisons: tuple[Comparison, ...]
    prior_legal: float
    prior_site: float
    """Infinite where the site question is not asked."""
    labels: Labels | None = None
    cannot_links: tuple[CannotLink, ...] = ()
    """In the order of their strength: a pair is booked to the first."""
    by_law: Outcomes = field(default_factory=dict)
    """Outcomes at which the law says that both rows are one legal unit."""
    p_by_law: float = 0.0
    """The least probability that such rows are one legal unit: lists have errors that the law has not."""
    asked: Outcomes = field(default_factory=dict)
    """Outcomes at which a reviewer is asked, however unlikely the two are one and whatever forbids it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the comparisons, in the order of the columns of levels."""
        return tuple(comparison.name for comparison in self.comparisons)

    def has(self, name: str) -> bool:
        """Return whether there is a comparison called `name`."""
        return name in self.names

    def column(self, name: str) -> int:
        """Return the place of the comparison called `name`."""
        return self.names.index(name)

    def of(self, name: str) -> Comparison:
        """Return the comparison called `name`."""
        return self.comparisons[self.column(name)]

    def start(self, question: str) -> tuple[Numbers, ...]:
        """Return per comparison the starting weights, missing first."""
        return tuple(
            np.array([0.0, *(getattr(level, question) for level in comparison.levels)])
            for comparison in self.comparisons
        )


def load_linkage_settings(folder: Traversable | None = None) -> LinkageSettings:
    """Read comparisons.toml and blocking.toml of `folder`, or those of the register, which are read once.

    Raises RuleError where they say what this code does not know.
    """
    return _registers_own() if folder is None else _load(folder)


@functools.cache
def _registers_own() -> LinkageSettings:
    return _load(None)


def _load(folder: Traversable | None) -> LinkageSettings:
    required = ("name", "questions", "learned", "levels", "zh", "en", "source", "since")
    content = read_rules(
        "comparisons.toml",
        tables={"comparison": (required, ("ordered",)), "barrier": CANNOT_LINK_KEYS},
        single=("prior", "labels", "by_law", "asked"),
        folder=folder,
    )
    prior = content["prior"]
    check_keys(prior, known=(*QUESTIONS, "source", "since"), where="comparisons.toml [prior]")
    by_law = content.get("by_law", {})
    check_keys(by_law, known=("legal", "probability", "source", "since"), where="comparisons.toml [by_law]")
    asked = content.get("asked", {})
    check_keys(asked, known=("outcomes", "source", "since"), where="comparisons.toml [asked]")
    comparisons = tuple(_read_comparison(row) for row in content["comparison"])
    known = {comparison.name: comparison for comparison in comparisons}
    return LinkageSettings(
        blocks=load_block_rules(folder),
        comparisons=comparisons,
        prior_legal=prior["legal"],
        prior_site=prior.get("site", math.inf),
        labels=_read_labels(content["labels"], known) if "labels" in content else None,
        cannot_links=tuple(_read_cannot_link(row, known) for row in content.get("barrier", [])),
        by_law=_outcomes(by_law.get("legal", {}), known, "comparisons.toml [by_law]"),
        p_by_law=float(by_law.get("probability", 0.0)),
        asked=_outcomes(asked.get("outcomes", {}), known, "comparisons.toml [asked]"),
    )


def _read_comparison(row: Mapping[str, Any]) -> Comparison:
    where = f"comparisons.toml {row['name']}"
    check_keys(row["questions"], known=QUESTIONS, where=f"{where} questions")
    check_keys(row["learned"], known=row["questions"], where=f"{where} learned")
    levels = tuple(_read_level(level, where) for level in row["levels"])
    if len({level.when is None for level in levels}) > 1:
        raise RuleError(
            en=f"{where}: some levels say when they hold, some do not. Say it of all, or of none.",
            zh=f"{where}：有的等级写明了成立条件，有的没有。请全部写明，或全部不写。",
        )
    return Comparison(
        name=row["name"],
        questions=tuple(row["questions"]),
        levels=levels,
        zh=row["zh"],
        en=row["en"],
        learned=tuple(row["learned"]),
        ordered=row.get("ordered", True),
    )


def _read_level(level: Mapping[str, Any], where: str) -> Level:
    check_keys(level, known=("key", *QUESTIONS, "zh", "en", *CONDITION_KEYS), where=where)
    weights = {question: float(level.get(question, 0.0)) for question in QUESTIONS}
    return Level(level["key"], **weights, zh=level["zh"], en=level["en"], when=read_condition(level, where))


def _read_labels(table: Mapping[str, Any], known: Mapping[str, Comparison]) -> Labels:
    where, name = "comparisons.toml [labels]", table["comparison"]
    check_keys(table, known=Labels.__slots__, where=where)
    given = {"own": [], **table}
    same, other, own, trusted = (
        _outcomes({name: given[key]}, known, where)[name] for key in ("same", "other", "own", "trusted")
    )
    two_sites, marked_as = _outcomes(table.get("two_sites", {}), known, where), table.get("marked_as", {})
    for renamed in (Mapping.keys, Mapping.values):
        _outcomes({one: list(renamed(levels)) for one, levels in marked_as.items()}, known, where)
    return Labels(name, same, other, own, trusted, two_sites=two_sites, marked_as=marked_as)


def _read_cannot_link(row: Mapping[str, Any], known: Mapping[str, Comparison]) -> CannotLink:
    where = f"comparisons.toml [[barrier]] {row['name']}"
    outcomes = {key: _outcomes(row.get(key, {}), known, where) for key in ("legal", "site", "unless")}
    return CannotLink(row["name"], **outcomes, lifted_by=row.get("lifted_by", ""), zh=row["zh"], en=row["en"])


def _outcomes(table: Mapping[str, list[str]], known: Mapping[str, Comparison], where: str) -> Outcomes:
    """Read levels of comparisons; raises RuleError for one that the table of comparisons has not."""
    check_keys(table, known=known, where=where)
    for name, keys in table.items():
        check_keys(keys, known=[level.key for level in known[name].levels], where=f"{where} {name}")
    return {name: tuple(keys) for name, keys in table.items()}


def pack_levels(levels: Levels, settings: LinkageSettings) -> Integers:
    """Write each pair's levels as one number, the first comparison in the highest place."""
    return pack_columns(levels.T, settings)


def pack_columns(columns: Iterable[Levels], settings: LinkageSettings) -> Integers:
    """Do so with the levels of one comparison after the other."""
    packed: Integers = np.zeros(1, dtype=np.int64)
    for column, comparison in zip(columns, settings.comparisons, strict=True):
        packed = packed * (len(comparison.levels) + 1) + column
    return packed


def unpack_levels(packed: Integers, settings: LinkageSettings) -> Levels:
    """Undo `pack_levels`."""
    levels = np.empty((len(packed), len(settings.comparisons)), dtype=np.int8)
    rest = packed.copy()
    for column in reversed(range(len(settings.comparisons))):
        radix = len(settings.comparisons[column].levels) + 1
        levels[:, column] = rest % radix
        rest //= radix
    return levels


def level_is(levels: Levels, settings: LinkageSettings, comparison: str, *keys: str) -> Flags:
    """Return for each pair whether `comparison` came out at one of `keys`; no pair where the settings lack it."""
    if not settings.has(comparison):
        return np.zeros(len(levels), dtype=np.bool_)
    among = np.zeros(len(settings.of(comparison).levels) + 1, dtype=np.bool_)
    among[[settings.of(comparison).number(key) for key in keys]] = True
    return among.take(levels[:, settings.column(comparison)])


def any_of(levels: Levels, settings: LinkageSettings, outcomes: Outcomes) -> Flags:
    """Return for each pair whether any comparison came out at one of its levels among `outcomes`."""
    found = np.zeros(len(levels), dtype=np.bool_)
    for comparison, keys in outcomes.items():
        found |= level_is(levels, settings, comparison, *keys)
    return found
