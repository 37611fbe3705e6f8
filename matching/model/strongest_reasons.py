"""The reasons that weigh most for and against one site, without those that contradict their own comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minglu.matching.model.match_waterfall import Evidence
from minglu.matching.settings.linkage_settings import LinkageSettings

STRONGEST = 3
"""So many reasons for and against are named."""
LEAST_BITS = 0.5
"""Less evidence is no reason: odds that move by less than two fifths."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """What speaks for and against one site, the weightiest first."""

    supporting: tuple[Evidence, ...]
    opposing: tuple[Evidence, ...]


def weigh(step: Evidence) -> float:
    """Return the bits of a piece of evidence for one site: those on the legal unit and those on the site."""
    return step.bits_legal + step.bits_site


def strongest_reasons(evidence: Iterable[Evidence], settings: LinkageSettings, most: int | None = STRONGEST) -> Reasons:
    """Return up to `most` reasons for and against one site (None: all) from what the comparisons of a pair say.

    On short lists a weight may come out with the wrong sign ("against: same legal form").  The order of levels in
    the settings decides: full agreement is no reason against, full disagreement none for.  The waterfall keeps both.
    """
    best, worst = _extremes(settings)
    steps = sorted(evidence, key=lambda step: (-abs(weigh(step)), step.comparison))
    return Reasons(
        _first(
            most, (step for step in steps if weigh(step) >= LEAST_BITS and (step.comparison, step.level) not in worst)
        ),
        _first(
            most, (step for step in steps if weigh(step) <= -LEAST_BITS and (step.comparison, step.level) not in best)
        ),
    )


def _extremes(settings: LinkageSettings) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return the first and the last level of each ordered comparison: full agreement, full disagreement."""
    ordered = [one for one in settings.comparisons if one.ordered and len(one.levels) > 1]
    best = frozenset((one.name, one.levels[0].key) for one in ordered)
    worst = frozenset((one.name, one.levels[-1].key) for one in ordered)
    return best, worst


def _first(most: int | None, steps: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(steps)[:most]
