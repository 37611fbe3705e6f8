"""Weights fitted to counts so that they keep the order of the levels.  Knows neither names nor codes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations

import numpy as np
from scipy.linalg import cholesky
from scipy.optimize import lsq_linear

from minglu.common.arrays import Flags, Integers, Levels, Numbers, distinct
from minglu.matching.encoding.text_hashing import join_codes
from minglu.matching.settings.linkage_settings import Comparison

NEWTON_ROUNDS = 40
STILL = 1e-7  # relative gain per round below which the fit stands
MOST_PATTERNS = 60_000  # beyond, rare patterns are thinned: the fit gains nothing more from them


@dataclass(frozen=True, slots=True)
class Sample:
    """What a logistic regression is fitted to: levels, and how much of each answer was seen at them."""

    levels: Levels
    offset: Numbers
    """Log-odds that other evidence gives to each pattern, taken as known."""
    yes: Numbers
    no: Numbers


class _Spoken:
    """The present levels of all patterns, as the matrix of ones and zeros that a regression sees, never written out.

    Its products are sums by level and by pair of levels: counting is faster than any matrix, and always in one order.
    """

    def __init__(self, levels: Levels, blocks: list[int]) -> None:
        self._levels = [column.astype(np.int64) for column in levels.T]
        self._sizes = [block + 1 for block in blocks]  # a missing value first
        self._ends = np.cumsum(blocks)[:-1]

    def score(self, weights: Numbers) -> Numbers:
        """Add up for each pattern the weights of its levels."""
        total = np.zeros(len(self._levels[0]) if self._levels else 0)
        for column, block in zip(self._levels, np.split(weights, self._ends), strict=True):
            total += np.append(0.0, block).take(column)
        return total

    def by_level(self, values: Numbers) -> Numbers:
        """Add up the values of the patterns at each level."""
        counted = [
            np.bincount(column, weights=values, minlength=size)[1:]
            for column, size in zip(self._levels, self._sizes, strict=True)
        ]
        return np.concatenate(counted)

    def by_two_levels(self, values: Numbers) -> Numbers:
        """Add up the values of the patterns at each two levels.

        Counted are four comparisons at once, which answers for six twos of them.
        """
        grid: dict[tuple[int, int], Numbers] = {}
        for columns, sizes, place in self._fours:
            table = np.bincount(place, weights=values, minlength=math.prod(sizes)).reshape(sizes)
            for one, two in combinations(range(len(columns)), 2):
                others = tuple(axis for axis in range(len(columns)) if axis not in (one, two))
                sums = table.sum(axis=others)[1:, 1:]
                grid[columns[one], columns[two]], grid[columns[two], columns[one]] = sums, sums.T
        for column, sums in enumerate(np.split(self.by_level(values), self._ends)):
            grid[column, column] = np.diag(sums)
        count = range(len(self._levels))
        return np.block([[grid[one, two] for two in count] for one in count])

    @cached_property
    def _fours(self) -> list[tuple[list[int], list[int], Integers]]:
        """Return every two twos of comparisons, the sizes of the table of their levels, each pattern's place in it."""
        count = len(self._levels)
        twos = [[column, column + 1][: count - column] for column in range(0, count, 2)]
        fours = [one + two for one, two in combinations(twos, 2)] or twos
        sizes = [[self._sizes[column] for column in columns] for columns in fours]
        return [
            (columns, size, np.ravel_multi_index([self._levels[column] for column in columns], size))
            for columns, size in zip(fours, sizes, strict=True)
        ]


def fit_ordered(
    sample: Sample,
    comparisons: list[Comparison],
    *,
    centre: tuple[float, Numbers],
    begin: tuple[float, Numbers],
    spread: float,
) -> tuple[float, Numbers]:
    """Fit a logistic regression whose weights fall along the levels of each ordered comparison.

    A normal prior around `centre` (intercept, one weight per level) with standard
    deviation `spread` holds what the data hardly show; `begin` is only where the search
    starts.  Missing levels weigh nothing.
    Returns the intercept and one weight per level, all in natural logarithms.

    The weights of an ordered comparison are written as its lowest one plus steps that
    may not be negative; Newton's method with those bounds finds the one best fit.
    """
    # Long: one iteration, whose terms share their arrays.
    sample = _thin(*_gather(sample))
    steps = _step_matrix(comparisons)
    design = _Spoken(sample.levels, [len(comparison.levels) for comparison in comparisons])
    pull = np.eye(len(steps) + 1) / spread**2
    pull[1:, 1:] = steps.T @ steps / spread**2
    start, best = (np.concatenate([[given[0]], np.linalg.solve(steps, given[1])]) for given in (centre, begin))
    lower = np.where(np.concatenate([[False], _is_step(comparisons)]), 0.0, -np.inf)
    best = np.maximum(best, lower)
    measure = partial(_surprise, sample=sample, design=design, steps=steps, start=start, pull=pull)
    value, gradient, curvature = measure(best)
    for _ in range(NEWTON_ROUNDS):
        step = _bounded_step(gradient, curvature, lower - best)
        length = 1.0
        while length > 1e-6 and measure(best + length * step, value_only=True)[0] > value + 1e-4 * length * (
            gradient @ step
        ):
            length /= 2
        best = np.maximum(best + length * step, lower)
        before = value
        value, gradient, curvature = measure(best)
        if before - value <= STILL * abs(before):
            break
    return float(best[0]), steps @ best[1:]


def _surprise(
    parameters: Numbers,
    *,
    sample: Sample,
    design: _Spoken,
    steps: Numbers,
    start: Numbers,
    pull: Numbers,
    value_only: bool = False,
) -> tuple[float, Numbers, Numbers]:
    """Return the negative log posterior with its gradient and curvature."""
    score = sample.offset + parameters[0] + design.score(steps @ parameters[1:])
    mass = sample.yes + sample.no
    away = parameters - start
    tail = np.exp(-np.abs(score))
    negative_log_likelihood = np.maximum(score, 0.0) + np.log1p(tail)
    value = float(mass @ negative_log_likelihood - sample.yes @ score + 0.5 * away @ pull @ away)
    if value_only:
        return value, start, pull
    chance = np.where(score > 0.0, 1.0, tail) / (1.0 + tail)
    slope = mass * chance - sample.yes
    bend = mass * chance * (1.0 - chance)
    gradient = np.concatenate([[slope.sum()], steps.T @ design.by_level(slope)]) + pull @ away
    curvature = pull.copy()
    seen = design.by_two_levels(bend)
    curvature[1:, 1:] += steps.T @ seen @ steps
    curvature[0, 0] += bend.sum()
    curvature[0, 1:] += steps.T @ seen.diagonal()
    curvature[1:, 0] = curvature[0, 1:]
    return value, gradient, curvature


def _bounded_step(gradient: Numbers, curvature: Numbers, lower: Numbers) -> Numbers:
    """Return the step to the minimum of the quadratic model, no component below its bound."""
    root = cholesky(curvature)
    target = -np.linalg.solve(root.T, gradient)
    return np.asarray(lsq_linear(root, target, bounds=(np.minimum(lower, 0.0), np.inf), method="bvls").x)


def _gather(sample: Sample) -> tuple[Sample, Integers]:
    """Add up equal patterns; returns them in the order of their keys, and the keys."""
    keys, place, _ = distinct(_pattern_keys(sample))
    first = np.empty(len(keys), dtype=np.int64)
    first[place] = np.arange(len(place))
    gathered = Sample(
        sample.levels[first],
        sample.offset[first],
        np.bincount(place, weights=sample.yes, minlength=len(keys)).astype(np.float64),
        np.bincount(place, weights=sample.no, minlength=len(keys)).astype(np.float64),
    )
    return gathered, keys


def _pattern_keys(sample: Sample) -> Integers:
    """Code levels and offset of each pattern as one number."""
    columns = [column.astype(np.int64) + 1 for column in sample.levels.T]
    return join_codes(np.rint(sample.offset * 2.0**20).astype(np.int64) * 2 + 1, *columns)


def _thin(sample: Sample, keys: Integers) -> Sample:
    """Keep at most about MOST_PATTERNS: rare ones with a chance equal to their mass, at a mass of their own.

    The draw is by the pattern's own key, a hash, so that it depends on nothing else.
    """
    mass = sample.yes + sample.no
    if len(mass) <= MOST_PATTERNS:
        return sample
    unit = float(np.sort(mass)[-MOST_PATTERNS // 2])
    draw = (keys.view(np.uint64) >> np.uint64(11)).astype(np.float64) / 2.0**53
    keep = draw < mass / unit
    scale = np.maximum(1.0, unit / mass[keep])
    return Sample(sample.levels[keep], sample.offset[keep], sample.yes[keep] * scale, sample.no[keep] * scale)


def _is_step(comparisons: list[Comparison]) -> Flags:
    """Return which parameters are steps between levels (not the lowest level of an ordered comparison)."""
    flags = [
        number < comparison.degrees for comparison in comparisons for number in range(1, len(comparison.levels) + 1)
    ]
    return np.asarray(flags, dtype=np.bool_)


def _step_matrix(comparisons: list[Comparison]) -> Numbers:
    """Return the matrix that turns lowest-plus-steps parameters into weights."""
    size = sum(len(comparison.levels) for comparison in comparisons)
    matrix = np.zeros((size, size))
    place = 0
    for comparison in comparisons:
        count = len(comparison.levels)
        block = np.eye(count)
        block[: comparison.degrees, : comparison.degrees] = np.triu(np.ones((comparison.degrees, comparison.degrees)))
        matrix[place : place + count, place : place + count] = block
        place += count
    return matrix


def keep_order(values: Numbers, weight: Numbers) -> Numbers:
    """Return the nearest values that never rise (pool adjacent violators).

    >>> keep_order(np.array([1.0, 3.0, 0.0]), np.array([1.0, 1.0, 1.0])).tolist()
    [2.0, 2.0, 0.0]
    """
    pools: list[tuple[float, float, int]] = []
    for value, size in zip(values.tolist(), weight.tolist(), strict=True):
        pool = (value, size, 1)
        while pools and pools[-1][0] < pool[0]:
            last = pools.pop()
            total = last[1] + pool[1]
            pool = ((last[0] * last[1] + pool[0] * pool[1]) / total, total, last[2] + pool[2])
        pools.append(pool)
    return np.repeat([value for value, _, _ in pools], [count for _, _, count in pools])


def level_bits(level: Integers, yes: Numbers, no: Numbers, start: Numbers, *, shrink: float, degrees: int) -> Numbers:
    """Return log2 of how much likelier each level is where the answer is yes; missing (0 bits) first.

    `yes` and `no` are masses per pattern, `start` the starting weights per level: a
    level seen `shrink` times stands half-way between what was seen and its start.
    """
    size = len(start) + 1
    seen_yes = np.bincount(level, weights=yes, minlength=size)[1:]
    seen_no = np.bincount(level, weights=no, minlength=size)[1:]
    mass = seen_yes + seen_no
    likelier = np.log2((seen_yes + 0.5) / (seen_yes.sum() + 0.5 * size))
    likelier -= np.log2((seen_no + 0.5) / (seen_no.sum() + 0.5 * size))
    pull = shrink / (mass + shrink)
    mixed = np.where(mass > 0, (1 - pull) * likelier + pull * start, start)
    mixed[:degrees] = keep_order(mixed[:degrees], mass[:degrees] + 1.0)
    return np.concatenate([[0.0], mixed])
