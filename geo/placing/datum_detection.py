"""Which datum a list, or the layer, uses: hypotheses against the districts that the list's own rows declare.

Every hypothesis moves the points its own way; the one that brings most of them into the districts they declare is
shown if it leads clearly.  Formulas are in `datums`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import special

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
    """The hypothesis that is hardest to exclude."""
    only_best: int
    """Discordant pairs: points that agree under `best` only."""
    only_rival: int
    """Points that agree under `rival` only."""
    p_value: float
    """Exact McNemar test of best against rival, two-sided, times the number of comparisons."""
    en: str
    zh: str
    p_values: tuple[tuple[str, float], ...] = ()
    """Each other hypothesis -> the same test of the best against it."""
    mixed: str = ""
    """The datum of a second part of the list, where many points that fail under the best one agree under it."""
    mixed_points: int = 0
    """Points that speak for it: they agree under it only, less those that a shift the other way would win."""


Moves = Mapping[str, Callable[[Degrees, Degrees], Points]]
"""Hypothesis -> where the points of a list lie in the layer if it is true."""


def list_moves(layer: str = "CGCS2000") -> Moves:
    """Return the three hypotheses about a list's datum, for a layer of known datum."""
    return {name: partial(_moved, datum.undo, DATUMS[layer].apply) for name, datum in DATUMS.items()}


def layer_moves(points: str) -> Moves:
    """Return the three hypotheses about the layer's datum, for a list of known datum."""
    return {name: partial(_moved, DATUMS[points].undo, datum.apply) for name, datum in DATUMS.items()}


def _moved(undo: Callable[..., Points], apply: Callable[..., Points], lon: Degrees, lat: Degrees) -> Points:
    return apply(*undo(lon, lat))


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
    return min(1.0, 2.0 * float(special.bdtr(low, discordant, 0.5)))


def detect(
    lon: Degrees,
    lat: Degrees,
    declared: Sequence[str] | pa.Array,
    gazetteer: Gazetteer,
    *,
    to_layer: Callable[[Degrees, Degrees], Points] | None = None,
    moves: Moves | None = None,
) -> DatumEvidence:
    """Test which datum brings the points into the districts they declare.

    `lon`, `lat` are degrees as the list gives them, one per row; `declared` the codes of
    districts or of areas above them, "" where none.  Rows without usable point or code
    count for nothing, and equal rows count once.  The verdict needs enough points, a
    best hypothesis that explains most of them, and a clear lead over both others.
    `moves` are the hypotheses, by default about the list.  `to_layer` leads on to the layer's datum where that
    is another one than CGCS2000.
    """
    known = limits()
    moves = moves or list_moves()
    spans = _spans(declared, gazetteer.codes)
    kept = _distinct_points(lon, lat, spans, known.evidence_points_max)
    lon, lat, spans = lon[kept], lat[kept], spans[kept]
    moved = [move(lon, lat) for move in moves.values()]
    places = [to_layer(*place) if to_layer else place for place in moved]
    east, north = (np.concatenate(side) for side in zip(*places, strict=True))
    found = np.split(gazetteer.find(east, north), len(moves))
    hits = {name: _agrees(some, spans, gazetteer) for name, some in zip(moves, found, strict=True)}
    evidence = _weigh(hits, len(lon), known)
    if evidence.usable < known.evidence_points_min:
        return evidence
    return _with_mixture(evidence, hits, dict(zip(moves, places, strict=True)), spans, gazetteer)


def excludes(evidence: DatumEvidence, hypothesis: str) -> bool:
    """Return whether a hypothesis is clearly worse than the best one, though perhaps not than a third."""
    known = limits()
    enough = evidence.usable >= known.evidence_points_min
    agreeing = dict(evidence.agreements).get(evidence.best, 0)
    clear = dict(evidence.p_values).get(hypothesis, 1.0) <= known.evidence_p_max
    return enough and clear and agreeing >= known.evidence_agreement_min * evidence.usable


def score_rows(
    lon: Degrees,
    lat: Degrees,
    declared: pa.Array,
    gazetteer: Gazetteer,
    *,
    moves: tuple[Callable[[Degrees, Degrees], Points], Callable[[Degrees, Degrees], Points]],
    to_layer: Callable[[Degrees, Degrees], Points],
) -> NDArray[np.int8]:
    """Return for each row -1 if only the first of two hypotheses explains it, 1 if only the second does, else 0."""
    spans = _spans(declared, gazetteer.codes)
    usable = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (spans[:, 1] > spans[:, 0]))
    score = np.zeros(len(lon), dtype=np.int8)
    for move, sign in zip(moves, (-1, 1), strict=True):
        found = gazetteer.find(*to_layer(*move(lon[usable], lat[usable])))
        score[usable] += (sign * _agrees(found, spans[usable], gazetteer)).astype(np.int8)
    return score


def declares_area(declared: pa.Array, gazetteer: Gazetteer) -> NDArray[np.bool_]:
    """Return for each row whether its declared code means anything in the layer."""
    spans = _spans(declared, gazetteer.codes)
    known: NDArray[np.bool_] = spans[:, 1] > spans[:, 0]
    return known


def _agrees(found: NDArray[np.int32], spans: Spans, gazetteer: Gazetteer) -> NDArray[np.bool_]:
    rank = gazetteer.codes.rank[found]
    hit: NDArray[np.bool_] = (found >= 0) & (rank >= spans[:, 0]) & (rank < spans[:, 1])
    return hit


def _with_mixture(
    evidence: DatumEvidence,
    hits: dict[str, NDArray[np.bool_]],
    places: dict[str, Points],
    spans: Spans,
    gazetteer: Gazetteer,
) -> DatumEvidence:
    """Look for a second datum among the points that fail under the best one.

    A point may fail because it, its code or the border is off.  Then a shift by as much in the opposite
    direction wins it as often as the true one does: that is the control.  One-sided binomial test, Bonferroni over
    the rivals.
    """
    known = limits()
    failing = np.flatnonzero(~hits[evidence.best])
    best_lon, best_lat = (side[failing] for side in places[evidence.best])
    for rival in sorted(set(hits) - {evidence.best}, key=lambda name: -int(hits[name][failing].sum())):
        lon, lat = (side[failing] for side in places[rival])
        mirrored = gazetteer.find(2 * best_lon - lon, 2 * best_lat - lat)
        won, control = hits[rival][failing], _agrees(mirrored, spans[failing], gazetteer)
        only, other = int((won & ~control).sum()), int((control & ~won).sum())
        p_value = (PAIRS - 1) * mcnemar_exact(only, other) / 2
        least = max(known.mixture_points_min, known.mixture_share_min * evidence.usable)
        if only - other >= least and p_value <= known.evidence_p_max:
            return replace(evidence, mixed=rival, mixed_points=only - other)
    return evidence


def _spans(declared: Sequence[str] | pa.Array, codes: DeclaredCodes) -> Spans:
    """Return for each row the span of ranks that its declared code can mean; an empty one where it means nothing."""
    texts = declared if isinstance(declared, pa.Array) else pa.array(declared, pa.string())
    encoded = texts.fill_null("").dictionary_encode()
    spans = [codes.span(codes.area(text)) for text in encoded.dictionary.to_pylist()]
    table = np.array([(span.start, span.stop) for span in spans], dtype=np.int64).reshape(-1, 2)
    rows: Spans = table[encoded.indices.to_numpy()]
    return rows


def _distinct_points(lon: Degrees, lat: Degrees, spans: Spans, most: int) -> NDArray[np.intp]:
    """Return rows with distinct (point, span), thinned to about `most`, whatever the order of rows."""
    usable = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & (spans[:, 1] > spans[:, 0]))
    if len(usable) > most:
        usable = usable[_lot(lon[usable], lat[usable]) < most / len(usable)]
    keys = (spans[usable, 1], spans[usable, 0], lat[usable], lon[usable])
    usable = usable[np.lexsort(keys)]
    ordered = np.column_stack([lon[usable], lat[usable], spans[usable]])
    new = np.ones(len(usable), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    kept: NDArray[np.intp] = usable[new]
    return kept


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
        tuple((name, p) for p, name, _, _ in tests) if usable else (),
    )


def _words(
    agreements: tuple[tuple[str, int], ...], usable: int, known: Limits, verdict: str, p_value: float
) -> tuple[str, str]:
    """Describe what was counted, in English and Chinese."""
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
