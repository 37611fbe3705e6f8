"""Which townships, districts and units a spot check looks at.  Drawn by hash: independent of order and machine.

The place of everything in the draw is sha256(seed, register head, id).  The seed is to be
fixed after the register was sealed and by another office, so that neither side can steer the sample.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from minglu.errors import UsageError
from minglu.register.rules.rule_pack import SpotcheckRules
from minglu.register.verification.spotcheck.sampling_frame import SamplingFrame
from minglu.register.verification.spotcheck.sampling_plan import what_size_shows

Row = Mapping[str, Any]
ADDED, EXCLUDED, VISIT = "added", "excluded", "visit"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Units of one kind from which some were drawn."""

    kind: str
    """visit | added | excluded"""
    source_class: str
    """Empty for added and excluded units."""
    total: int
    """Units of this kind in the register."""
    reachable: int
    """Of these, in the drawn townships."""
    drawn: int
    shows: Mapping[str, float] | None
    """What the drawn units can show of the rate of wrong entries (see `plan`); None where nothing is visited."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn sample."""

    seed: str
    townships: tuple[str, ...]
    districts: tuple[Row, ...]
    """Districts to walk whole: code, name, township, kept."""
    units: tuple[tuple[str, Row], ...]
    """Kind and unit, in the order of townships, districts and ids."""
    strata: tuple[Stratum, ...]


def draw(frame: SamplingFrame, seed: str, rules: SpotcheckRules) -> Drawn:
    """Draw a sample from `frame`; raises UsageError for an empty seed or a register without districts."""
    if not seed.strip():
        raise UsageError(
            en="--seed: found nothing; expected any text that was fixed after the register was sealed (a lottery's "
            "numbers, a verifier's word).",
            zh="--seed：为空；应为封存之后才确定的任意文字（如开奖号码、核查人员指定的词）。",
        )
    ranked = _Ranking(seed, frame.head)
    share = math.ceil(round(rules.township_share * len(frame.townships), 9))
    townships = set(ranked.first(frame.townships, share))
    districts = [
        row
        for township in sorted(townships)
        for row in _districts_of(frame, township, rules.districts_per_township, ranked)
    ]
    units: list[tuple[str, Row]] = []
    strata = []
    for kind, source_class, rows, size in _pools(frame, rules):
        reachable = [row for row in rows if row["township"] in townships or kind != VISIT]
        by_id = {row["unit_id"]: row for row in reachable}
        chosen = [by_id[one] for one in ranked.first(by_id, size)]
        units += [(kind, row) for row in chosen]
        visited = kind == VISIT and chosen
        shows = what_size_shows(len(chosen), len(reachable), rules.limit_wrong) if visited else None
        strata.append(Stratum(kind, source_class, len(rows), len(reachable), len(chosen), shows))
    units.sort(key=lambda one: (one[0] != VISIT, one[1]["township"], one[1]["district"], one[1]["unit_id"]))
    return Drawn(seed, tuple(sorted(townships)), tuple(districts), tuple(units), tuple(strata))


class _Ranking:
    """The order that a seed gives to ids."""

    def __init__(self, seed: str, head: str) -> None:
        self._start = f"{seed}\x1f{head}\x1f"

    def first(self, ids: Iterable[str], size: int) -> list[str]:
        """Return the first `size` of the ids in the order of the draw."""
        return sorted(ids, key=lambda one: hashlib.sha256((self._start + one).encode()).digest())[: max(size, 0)]


def _districts_of(frame: SamplingFrame, township: str, size: int, ranked: _Ranking) -> list[Row]:
    rows = {row["code"]: row for row in frame.districts.filter(pc.field("township") == township).to_pylist()}
    return [rows[code] for code in sorted(ranked.first(rows, size))]


def _pools(frame: SamplingFrame, rules: SpotcheckRules) -> Iterable[tuple[str, str, list[Row], int]]:
    """Yield each kind of unit with all its rows and the number to draw."""
    kept = frame.units.filter(pc.field("outcome") == "unit").to_pylist()
    for source_class in sorted({row["source_class"] for row in kept}):
        rows = [row for row in kept if row["source_class"] == source_class]
        yield VISIT, source_class, rows, rules.units_per_class
    yield ADDED, "", [row for row in kept if row["added"]], rules.added_units
    left_out = frame.units.filter(pc.field("outcome") != "unit").to_pylist()
    yield EXCLUDED, "", left_out, rules.excluded_units
