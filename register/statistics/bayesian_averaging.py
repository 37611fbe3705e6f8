"""Bayesian model averaging of multiple systems estimation over decomposable graphs (Madigan & York 1997).

A graph says which lists depend on each other; a decomposable one has cliques and separators, and with hyper-Dirichlet
priors (Dawid & Lauritzen 1993) the probability of the counts given N is a product over cliques divided by one over
separators.  All graphs but the complete one, which says nothing of the unseen cell, are equally likely at first; the
prior of N is 1/N.  The result is the posterior of the unseen count, averaged over the graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from minglu.register.statistics.capture_recapture import Estimate, Histories, NotEstimableError
from minglu.register.statistics.proportions import CONFIDENCE, Interval

Floats = npt.NDArray[np.float64]
Edge = tuple[int, int]
Lists = frozenset[int]

PRIOR_WEIGHT = 1.0
"""Prior observations in all cells of the full table together: every table of cliques shares out the same weight."""
MOST_UNSEEN = 10_000_000
"""The unseen count is looked for up to here; a posterior that still rises there has no upper end worth the name."""
POINTS, ROUNDS = 2_000, 4
"""So many values of the unseen count are weighed, and so often only those around the likely ones again."""
NEGLIGIBLE = 25.0
"""A value whose log posterior is so far below the best is left out of the next round."""
TAIL = 1e-6
LogPrior = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
MOST_LISTS = 5


@dataclass(frozen=True, slots=True)
class Graph:
    """A decomposable graph of lists (0-based)."""

    edges: tuple[Edge, ...]
    cliques: tuple[Lists, ...]
    separators: tuple[Lists, ...]
    """Empty ones are left out: they contribute nothing."""


@dataclass(frozen=True, slots=True)
class GraphEstimate:
    """What one graph says, and how likely it is after the data."""

    edges: tuple[Edge, ...]
    probability: float
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Averaged:
    """The average over all graphs, and each of them, the likeliest first."""

    estimate: Estimate
    """Posterior mean, standard deviation and central 95 % interval of N."""
    graphs: tuple[GraphEstimate, ...]


def reciprocal(units: Floats) -> Floats:
    """Return the log of the usual prior of N, 1/N."""
    found: Floats = -np.log(np.maximum(units, 1.0))
    return found


def average_graphs(
    histories: Histories, *, prior_weight: float = PRIOR_WEIGHT, log_prior: LogPrior = reciprocal
) -> Averaged:
    """Average over the decomposable graphs of three to five lists.

    Raises NotEstimableError for fewer or more lists, and where the data leave the unseen count without an upper end.
    """
    if not 3 <= histories.t <= MOST_LISTS:
        message = f"{histories.t} lists; expected 3 to {MOST_LISTS}"
        raise NotEstimableError(message)
    unseen = np.unique(np.rint(np.concatenate([[0.0], np.geomspace(1, MOST_UNSEEN, POINTS)])))
    for last in (*[False] * (ROUNDS - 1), True):
        width = _widths(unseen)
        prior = log_prior(histories.total + unseen) + np.log(width)
        logs = _log_likelihoods(histories, unseen, prior_weight) + prior
        if not last:
            unseen = _closer(unseen, logs.max(axis=0) - np.log(width))
    weights = np.exp(logs - logsumexp(logs))
    if unseen[-1] >= MOST_UNSEEN and float(weights[:, -1].sum()) > TAIL:
        message = "the posterior of the unseen count has no upper end"
        raise NotEstimableError(message)
    units = histories.total + unseen
    each = [
        GraphEstimate(graph.edges, share, _summary(units, row / share))
        for graph, row in zip(graphs(histories.t), weights, strict=True)
        if (share := float(row.sum())) > 0
    ]
    ordered = tuple(sorted(each, key=lambda one: (-one.probability, one.edges)))
    return Averaged(_summary(units, weights.sum(axis=0)), ordered)


def _widths(values: Floats) -> Floats:
    """Return how many whole numbers each value stands for."""
    if len(values) < 2:
        return np.ones(len(values))
    edges = np.concatenate([[values[0] - 0.5], (values[1:] + values[:-1]) / 2, [values[-1] + 0.5]])
    return np.diff(edges)


def _closer(values: Floats, logs: Floats) -> Floats:
    """Return values around the likely ones, as close as whole numbers allow."""
    likely = np.flatnonzero(logs > logs.max() - NEGLIGIBLE)
    low, high = values[max(likely[0] - 1, 0)], values[min(likely[-1] + 1, len(values) - 1)]
    return np.unique(np.rint(np.linspace(low, high, min(POINTS, int(high - low) + 1))))


@cache
def graphs(t: int) -> tuple[Graph, ...]:
    """Return all decomposable graphs of `t` lists but the complete one, the simplest first.

    >>> [len(graphs(t)) for t in (2, 3, 4)]
    [1, 7, 60]
    """
    pairs = list(combinations(range(t), 2))
    chosen = (edges for size in range(len(pairs)) for edges in combinations(pairs, size))
    return tuple(graph for edges in chosen if (graph := _decompose(t, edges)) is not None)


def _decompose(t: int, edges: Sequence[Edge]) -> Graph | None:
    """Return cliques and separators along a perfect order of the lists; None where the graph has a chordless cycle.

    Maximum cardinality search (Tarjan & Yannakakis 1984): the neighbours visited before must be a clique each time.
    """
    beside = {i: frozenset(j for edge in edges if i in edge for j in edge if j != i) for i in range(t)}
    visited: list[int] = []
    cliques: list[Lists] = []
    separators: list[Lists] = []
    while len(visited) < t:
        node = max((i for i in range(t) if i not in visited), key=lambda i: (len(beside[i] & set(visited)), -i))
        before = beside[node] & frozenset(visited)
        if any(j not in beside[i] for i, j in combinations(sorted(before), 2)):
            return None
        if cliques and before == cliques[-1]:
            cliques[-1] = before | {node}
        else:
            cliques.append(before | {node})
            separators.append(before)
        visited.append(node)
    return Graph(tuple(edges), tuple(cliques), tuple(part for part in separators if part))


def _log_likelihoods(histories: Histories, unseen: Floats, prior_weight: float) -> Floats:
    """Return the log likelihood of every unseen count, one row a graph, up to a constant common to all."""
    units = histories.total + unseen
    common = gammaln(units + 1) - gammaln(unseen + 1)
    every = graphs(histories.t)
    parts = {part for graph in every for part in (*graph.cliques, *graph.separators)}
    marginal = {part: _log_marginal(histories, part, unseen, prior_weight) for part in sorted(parts, key=sorted)}
    return np.array(
        [
            common
            + sum((marginal[part] for part in graph.cliques), np.zeros(len(unseen)))
            - sum((marginal[part] for part in graph.separators), np.zeros(len(unseen)))
            for graph in every
        ]
    )


def _log_marginal(histories: Histories, part: Lists, unseen: Floats, prior_weight: float) -> Floats:
    """Return the log probability of the table of some lists under a Dirichlet prior, for every unseen count."""
    lists = sorted(part)
    counts = dict.fromkeys(range(2 ** len(lists)), 0)
    for history, units in histories.counts.items():
        counts[int("".join(history[i] for i in lists), 2)] += units
    prior = prior_weight / len(counts)
    seen = sum(float(gammaln(units + prior)) for cell, units in counts.items() if cell)
    total = histories.total + unseen
    found: Floats = seen + gammaln(counts[0] + unseen + prior) - len(counts) * gammaln(prior)
    return found + gammaln(prior_weight) - gammaln(total + prior_weight)


def _summary(units: Floats, weights: Floats) -> Estimate:
    mean = float(weights @ units)
    deviation = float(np.sqrt(max(float(weights @ (units - mean) ** 2), 0.0)))
    below = np.cumsum(weights)
    low, high = (float(units[min(int(np.searchsorted(below, p)), len(units) - 1)]) for p in _ends())
    return Estimate(mean, deviation, Interval(low, high))


def _ends() -> Iterator[float]:
    yield (1 - CONFIDENCE) / 2
    yield (1 + CONFIDENCE) / 2
