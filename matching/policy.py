"""The table of comparisons and levels as values.  No comparing, no learning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from minglu.matching.arrays import Flags, Integers, Levels, Numbers
from minglu.matching.rulefiles import check_keys, read_rules
from minglu.matching.tables import COMPARISONS

SILENT_LEVEL = 0  # levels of the table count from 1
QUESTIONS = ("legal", "site")


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
        """Say whether the data may move the weights on `question`."""
        return question in self.learned

    @property
    def degrees(self) -> int:
        """Return how many of the first levels stand in order, from agreement to disagreement."""
        return len(self.levels) if self.ordered else 0

    def number(self, key: str) -> int:
        """Return the level number of `key`."""
        return next(number for number, level in enumerate(self.levels, start=1) if level.key == key)


@dataclass(frozen=True, slots=True)
class Policy:
    """All comparisons, and the prior of both questions in bits."""

    comparisons: tuple[Comparison, ...]
    prior_legal: float
    prior_site: float

    def of(self, name: str) -> Comparison:
        """Return the comparison called `name`."""
        return self.comparisons[COMPARISONS.index(name)]

    def start(self, question: str) -> tuple[Numbers, ...]:
        """Return per comparison the starting weights, silent first."""
        return tuple(
            np.array([0.0, *(getattr(level, question) for level in comparison.levels)])
            for comparison in self.comparisons
        )


@cache
def load_policy() -> Policy:
    """Read comparisons.toml; raises RuleError where it says what this code does not know."""
    required = ("name", "questions", "learned", "levels", "zh", "en", "source", "since")
    content = read_rules("comparisons.toml", tables={"comparison": (required, ("ordered",))}, single=("prior",))
    check_keys(content["prior"], known=(*QUESTIONS, "source", "since"), where="comparisons.toml [prior]")
    comparisons = []
    for row in content["comparison"]:
        for level in row["levels"]:
            check_keys(level, known=("key", "legal", "site", "zh", "en"), where=f"comparisons.toml {row['name']}")
        check_keys(row["questions"], known=QUESTIONS, where=f"comparisons.toml {row['name']} questions")
        check_keys(row["learned"], known=row["questions"], where=f"comparisons.toml {row['name']} learned")
        comparisons.append(
            Comparison(
                name=row["name"],
                questions=tuple(row["questions"]),
                levels=tuple(Level(**level) for level in row["levels"]),
                zh=row["zh"],
                en=row["en"],
                learned=tuple(row["learned"]),
                ordered=row.get("ordered", True),
            )
        )
    assert tuple(comparison.name for comparison in comparisons) == COMPARISONS, "tables.py and comparisons.toml"
    prior = content["prior"]
    return Policy(comparisons=tuple(comparisons), prior_legal=prior["legal"], prior_site=prior["site"])


def pack_levels(levels: Levels, policy: Policy) -> Integers:
    """Write each pair's levels as one number, the first comparison in the highest place."""
    packed = np.zeros(len(levels), dtype=np.int64)
    for column, comparison in enumerate(policy.comparisons):
        packed *= len(comparison.levels) + 1
        packed += levels[:, column]
    return packed


def unpack_levels(packed: Integers, policy: Policy) -> Levels:
    """Undo `pack_levels`."""
    levels = np.empty((len(packed), len(policy.comparisons)), dtype=np.int8)
    rest = packed.copy()
    for column in reversed(range(len(policy.comparisons))):
        radix = len(policy.comparisons[column].levels) + 1
        levels[:, column] = rest % radix
        rest //= radix
    return levels


def level_is(levels: Levels, policy: Policy, comparison: str, *keys: str) -> Flags:
    """Say for each pair whether `comparison` came out at one of `keys`."""
    numbers = [policy.of(comparison).number(key) for key in keys]
    return np.isin(levels[:, COMPARISONS.index(comparison)], numbers)
