"""Which datum a list uses: three hypotheses against the districts its own rows declare.  Formulas are in `datum`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minglu.geo.coordinates.datums import DATUMS, Degrees, Points
from minglu.geo.coordinates.limits import Limits, limits
from minglu.geo.layer.declared_codes import DeclaredCodes
from minglu.geo.placing.gazetteer import Gazetteer

Spans = NDArray[np.int64]
"""First rank and the rank behind the last, in the order of codes; shape (n, 2)."""
MIX, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)  # multiply and shift: a plain mixing of bits
P_SHOWN = 1e-99  # smaller ones say nothing more
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
    declared: Sequence[str] | pa.Array,
    gazetteer: Gazetteer,
    *,
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
    codes = gazetteer.codes
    lon, lat, spans = _witnesses(lon, lat, _spans(declared, codes), known.evidence_points_max)
    undone = [datum.undo(lon, lat) for datum in DATUMS.values()]
    places = [to_layer(*place) if to_layer else place for place in undone]
    east, north = (np.concatenate(side) for side in zip(*places, strict=True))
    hits = {}
    for name, found in zip(DATUMS, np.split(gazetteer.find(east, north), len(DATUMS)), strict=True):
        rank = codes.rank[found]
        hits[name] = (found >= 0) & (rank >= spans[:, 0]) & (rank < spans[:, 1])
    return _weigh(hits, len(lon), known)


def _spans(declared: Sequence[str] | pa.Array, codes: DeclaredCodes) -> Spans:
    """Return for each row the span of ranks that its declared code can mean; an empty one where it means nothing."""
    texts = declared if isinstance(declared, pa.Array) else pa.array(declared, pa.string())
    encoded = texts.fill_null("").dictionary_encode()
    spans = [codes.span(codes.area(text)) for text in encoded.dictionary.to_pylist()]
    table = np.array([(span.start, span.stop) for span in spans], dtype=np.int64).reshape(-1, 2)
    rows: Spans = table[encoded.indices.to_numpy()]
    return rows


def _witnesses(lon: Degrees, lat: Degrees, spans: Spans, most: int) -> tuple[Degrees, Degrees, Spans]:
    """Return distinct (point, span) of rows that have both, thinned to about `most`, whatever the order of rows."""
    usable = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (spans[:, 1] > spans[:, 0]))
    if len(usable) > most:
        usable = usable[_lot(lon[usable], lat[usable]) < most / len(usable)]
    keys = (spans[usable, 1], spans[usable, 0], lat[usable], lon[usable])
    usable = usable[np.lexsort(keys)]
    ordered = np.column_stack([lon[usable], lat[usable], spans[usable]])
    new = np.ones(len(usable), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    kept = usable[new]
    return lon[kept], lat[kept], spans[kept]


def _lot(lon: Degrees, lat: Degrees) -> Degrees:
    """Return a number from 0 to 1 for each point that depends on its digits and on nothing else."""
    east, north = (np.ascontiguousarray(values + 0.0).view(np.uint64) for values in (lon, lat))
    mixed = (east * MIX) ^ (east >> SHIFT) ^ ((north * MIX) >> SHIFT)
    mixed = (mixed ^ (mixed >> SHIFT)) * MIX
    share: Degrees = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return share


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
    shown = f"p = {p_value:.2g}" if p_value > P_SHOWN else f"p < {P_SHOWN:.0e}"
    en = f"{usable} points; with each datum undone so many fall where they are declared: {counts}; {shown}"
    zh = f"{usable} 个点中，按各基准还原后落入申报小区的点数：{counts}；{shown}"
    if verdict:
        return f"{en}: {verdict}", f"{zh}：判定为 {verdict}"
    return f"{en}: not decisive", f"{zh}：不足以判定"
