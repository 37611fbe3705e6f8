"""Which datum a list uses: three hypotheses against the districts its own rows declare.  Formulas are in `datum`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minglu.geo.datum import DATUMS, Degrees, Points
from minglu.geo.declared import DeclaredCodes
from minglu.geo.districts import Districts
from minglu.geo.limits import Limits, limits
from minglu.geo.locator import Locator

PAIRS = 3  # comparisons among three hypotheses: the Bonferroni factor


@dataclass(frozen=True, slots=True)
class DatumEvidence:
    """What the declared districts say about the datum of one list."""

    datum: str
    """The datum shown by the evidence, or empty: then the evidence does not decide."""
    usable: int
    """Distinct points with a declared district of the layer and digits enough."""
    agreements: tuple[tuple[str, int], ...]
    """Datum undone -> points that then fall into their declared district."""
    best: str
    """The datum with most agreements; empty without any point."""
    rival: str
    """The one it is hardest to tell from."""
    only_best: int
    """Discordant pairs: points that agree under `best` only."""
    only_rival: int
    """Points that agree under `rival` only."""
    p_value: float
    """Exact McNemar test of best against rival, two-sided, times the number of comparisons."""
    en: str
    zh: str


def mcnemar_exact(first_only: int, second_only: int) -> float:
    """Return the two-sided exact p-value for discordant pairs.

    >>> mcnemar_exact(0, 0), mcnemar_exact(5, 0), mcnemar_exact(3, 3)
    (1.0, 0.0625, 1.0)
    """
    discordant = first_only + second_only
    low = min(first_only, second_only)
    if discordant > 2000:  # the tail is far below any limit unless the two are nearly equal
        return _normal_tail(discordant, low)
    tail = sum(math.comb(discordant, k) for k in range(low + 1))
    return min(1.0, 2 * tail / (1 << discordant))


def _normal_tail(discordant: int, low: int) -> float:
    from scipy.stats import binom  # noqa: PLC0415 (half a second, needed by large lists only)

    tail: float = binom.cdf(low, discordant, 0.5)
    return min(1.0, 2.0 * float(tail))


def detect(
    lon: Degrees,
    lat: Degrees,
    declared: Sequence[str],
    districts: Districts,
    *,
    locator: Locator | None = None,
    to_layer: Callable[[Degrees, Degrees], Points] | None = None,
) -> DatumEvidence:
    """Test which datum brings the points into the districts they declare.

    `lon`, `lat` are degrees as the list gives them, one per row; `declared` the codes of
    districts or of areas above them, "" where none.  Rows without usable point or code
    count for nothing, and equal rows count once.  The verdict needs enough points, a
    best hypothesis that explains most of them, and a clear lead over both others.
    `to_layer` leads from CGCS2000 to the layer's datum where that is another one.
    """
    known = limits()
    locator = locator or Locator(districts, proven=False)
    lon, lat, codes = _distinct(lon, lat, declared, districts, known.evidence_points_max)
    hits = {}
    for name, datum in DATUMS.items():
        places = datum.undo(lon, lat)
        found = locator.locate(*(to_layer(*places) if to_layer else places)).first
        hits[name] = _agree(found, codes, districts.codes)
    return _weigh(hits, len(codes), known)


def _distinct(
    lon: Degrees, lat: Degrees, declared: Sequence[str], districts: Districts, most: int
) -> tuple[Degrees, Degrees, list[str]]:
    """Return distinct (point, code) with a code of the layer, evenly thinned to `most` in a stated order."""
    known = DeclaredCodes(districts.codes)
    areas = {code: known.area(code) for code in set(declared)}
    rows = sorted(
        {
            (x, y, areas[code])
            for x, y, code in zip(lon.tolist(), lat.tolist(), declared, strict=True)
            if math.isfinite(x) and math.isfinite(y) and areas[code]
        }
    )
    kept = rows[:: max(1, -(-len(rows) // most))]
    return np.array([r[0] for r in kept]), np.array([r[1] for r in kept]), [r[2] for r in kept]


def _agree(found: NDArray[np.int32], declared: list[str], codes: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array(
        [f >= 0 and codes[f].startswith(code) for f, code in zip(found.tolist(), declared, strict=True)], dtype=bool
    )


def _weigh(hits: dict[str, NDArray[np.bool_]], usable: int, known: Limits) -> DatumEvidence:
    agreements = tuple((name, int(hit.sum())) for name, hit in hits.items())
    best = max(agreements, key=lambda pair: pair[1])[0]
    tests = []
    for rival, hit in hits.items():
        if rival != best:
            only_best, only_rival = int((hits[best] & ~hit).sum()), int((hit & ~hits[best]).sum())
            tests.append((min(1.0, PAIRS * mcnemar_exact(only_best, only_rival)), rival, only_best, only_rival))
    p_value, rival, only_best, only_rival = max(tests)
    enough = usable >= known.evidence_points_min
    decided = enough and p_value <= known.evidence_p_max
    decided = decided and dict(agreements)[best] >= known.evidence_agreement_min * usable
    en, zh = _words(agreements, usable, known, best if decided else "", p_value)
    return DatumEvidence(
        best if decided else "",
        usable,
        agreements,
        best if usable else "",
        rival,
        only_best,
        only_rival,
        p_value,
        en,
        zh,
    )


def _words(
    agreements: tuple[tuple[str, int], ...], usable: int, known: Limits, verdict: str, p_value: float
) -> tuple[str, str]:
    """Say what was counted, in English and Chinese."""
    counts = ", ".join(f"{name} {count}" for name, count in agreements)
    if usable < known.evidence_points_min:
        return (
            f"only {usable} points with a declared district of the layer; {known.evidence_points_min} are needed",
            f"只有 {usable} 个点带有本图层的申报小区代码；至少需要 {known.evidence_points_min} 个",
        )
    en = f"{usable} points; with each datum undone so many fall where they are declared: {counts}; p = {p_value:.2g}"
    zh = f"{usable} 个点中，按各基准还原后落入申报小区的点数：{counts}；p = {p_value:.2g}"
    if verdict:
        return f"{en}: {verdict}", f"{zh}：判定为 {verdict}"
    return f"{en}: not decisive", f"{zh}：不足以判定"
