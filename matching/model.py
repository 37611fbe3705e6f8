"""What each level is worth, learned without labels; and the probabilities that follow.  No verdicts.

Three classes, asked as two nested questions: *one legal unit?* and, given that, *one
site?*  p_legal = s(L), p_site = s(L) s(S), where L and S are sums of weights over
the comparisons and s is the logistic function.  Nesting makes the laws plain: p_site
never exceeds p_legal, the three probabilities add up to one, and a level that agrees
more never lowers either (the weights of a comparison keep the order of its levels).

The legal question is learned from free training pairs: rows whose valid codes agree,
or disagree.  A logistic fit (not counting level by level) takes care of the
dependence between comparisons: evidence that comes twice is paid once.  The
site question has no free answers and is learned by EM on the patterns of pairs that
are of one legal unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit

from minglu.matching.arrays import Flags, Integers, Levels, Numbers
from minglu.matching.policy import SILENT_LEVEL, Policy, level_is
from minglu.matching.tables import COMPARISONS

Figures = tuple[tuple[str, float, str], ...]

BIT = float(np.log(2.0))  # one bit of evidence in natural logarithms
PRIOR_SD_BITS = 2.0  # how far the data may move a weight before it counts as a surprise
EM_ROUNDS = 60
EM_STILL = 1e-7
SHRINK_PAIRS = 8.0  # a level seen in so few pairs of the rarer class stays half-way at its starting weight
LABEL_ROUNDS = 4  # after the third round no weight moves by a tenth of a bit
TRUSTED_CODES = ("same_uscc", "same_org", "same_reg", "same_seen")
LABEL_NOISE = 0.002  # share of wrong free labels: a code typed from another file, a unit re-registered


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct combinations of levels, how often each occurs, and how often outside of code blocks."""

    levels: Levels
    pairs: Integers
    shared: Integers
    """Pairs that share something else than a code: a fair sample for learning what the rest is worth."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in bits, per comparison an array over its levels, silent (0 bits) first."""

    legal: tuple[Numbers, ...]
    site: tuple[Numbers, ...]
    prior_legal: float
    prior_site: float
    figures: Figures
    """What learning saw: (figure, value, meaning)."""

    def bits(self, levels: Levels) -> tuple[Numbers, Numbers]:
        """Return the log-odds in bits of both questions for each row of levels."""
        return (
            self.prior_legal + _sum_weights(levels, self.legal),
            self.prior_site + _sum_weights(levels, self.site),
        )

    def probabilities(self, levels: Levels) -> tuple[Numbers, Numbers]:
        """Return p_site and p_legal for each row of levels."""
        legal, site = self.bits(levels)
        p_legal = expit(legal * BIT)
        return p_legal * expit(site * BIT), p_legal


def _sum_weights(levels: Levels, weights: tuple[Numbers, ...]) -> Numbers:
    total = np.zeros(len(levels))
    for column, weight in enumerate(weights):
        total += weight[levels[:, column]]
    return total


def starting_model(policy: Policy) -> Model:
    """Return the model of the rule table, before any data."""
    return Model(policy.start("legal"), policy.start("site"), policy.prior_legal, policy.prior_site, ())


def learn_model(patterns: Patterns, policy: Policy) -> Model:
    """Learn both questions from the patterns of all compared pairs; deterministic."""
    model = starting_model(policy)
    if not len(patterns.pairs):
        return model
    model, labelled = _learn_legal(patterns, policy, model)
    model = _learn_site(patterns, policy, model)
    return Model(model.legal, model.site, model.prior_legal, model.prior_site, (*labelled, *model.figures))


# -- the legal question ------------------------------------------------------------------------------------


def _learn_legal(patterns: Patterns, policy: Policy, start: Model) -> tuple[Model, Figures]:
    """Learn the legal question from pairs whose valid codes agree or disagree.

    Agreeing codes are taken at their word.  Disagreeing ones are not quite: a second
    licence or a branch has a code of its own.  So the codes' own weights and the labels
    of the disagreeing pairs are learned in turn with the rest.
    """
    same = level_is(patterns.levels, policy, "code", "same_uscc", "same_org")
    other = level_is(patterns.levels, policy, "code", "branch_code", "different")
    weight = np.where(same | other, patterns.shared, 0).astype(np.float64)
    figures = (
        ("free_pairs_same", float(weight[same].sum()), "有效代码相同的候选对 / proposed pairs whose valid codes agree"),
        (
            "free_pairs_other",
            float(weight[other].sum()),
            "有效代码不同的候选对 / proposed pairs whose valid codes differ",
        ),
    )
    rows = weight > 0
    if not (weight[same].any() and weight[other].any()):
        return start, figures
    code = COMPARISONS.index("code")
    learned = [
        column
        for column, comparison in enumerate(policy.comparisons)
        if "legal" in comparison.questions and not comparison.fixed and column != code
    ]
    own_code = level_is(patterns.levels, policy, "code", "branch_code")
    model, truth = start, np.where(own_code, start.probabilities(patterns.levels)[1], same)
    for _ in range(LABEL_ROUNDS):
        prior, fitted = _fit_ordered(patterns.levels[rows], weight[rows], truth[rows], policy, learned, start)
        legal = list(start.legal)
        for column, values in zip(learned, fitted, strict=True):
            legal[column] = values
        model = Model(tuple(legal), start.site, prior, start.prior_site, ())
        legal[code] = _code_weights(patterns, policy, model, same)
        model = Model(tuple(legal), start.site, prior, start.prior_site, ())
        truth = np.where(same, 1.0, model.probabilities(patterns.levels)[1])
    return model, figures


def _code_weights(patterns: Patterns, policy: Policy, model: Model, same: Flags) -> Numbers:
    """Learn what codes that do not agree are worth, from what everything else says about their pairs.

    Agreeing codes keep their starting weight: they are the standard, nothing can judge them.
    """
    code = COMPARISONS.index("code")
    levels = patterns.levels.copy()
    levels[:, code] = SILENT_LEVEL
    p_legal = np.where(same, 1.0, model.probabilities(levels)[1])
    weights = _level_weights(
        patterns.levels[:, code], patterns.shared * p_legal, patterns.shared * (1 - p_legal), policy, code, "legal"
    )
    kept = [policy.comparisons[code].number(key) for key in TRUSTED_CODES]
    weights[kept] = model.legal[code][kept]
    for number in range(1, len(weights)):  # what is kept may stand below what was learned: hold the order
        weights[number] = min(weights[number], weights[number - 1]) if number > 1 else weights[number]
    return weights


def _fit_ordered(
    levels: Levels, weight: Numbers, truth: Numbers, policy: Policy, columns: list[int], start: Model
) -> tuple[float, list[Numbers]]:
    """Fit a logistic regression whose weights keep the order of the levels; returns the prior and the weights.

    The weights of an ordered comparison are written as its lowest one plus steps that
    may not be negative.  A normal prior around the starting weights holds levels
    that the data hardly show.
    """
    blocks = [len(policy.comparisons[column].levels) for column in columns]
    design, steps = _one_hot(levels[:, columns], blocks), _step_matrix(policy, columns)
    centre = np.concatenate([start.legal[column][1:] for column in columns]) * BIT
    target = LABEL_NOISE + (1.0 - 2.0 * LABEL_NOISE) * truth
    tightness = 1.0 / (PRIOR_SD_BITS * BIT) ** 2

    is_step = _is_step(policy, columns)
    begin = np.concatenate([[start.prior_legal * BIT], np.linalg.solve(steps, centre)])
    begin[1:] = np.where(is_step, np.maximum(begin[1:], 0.0), begin[1:])
    bounds = [(None, None), *((0.0, None) if step else (None, None) for step in is_step)]

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        weights = steps @ parameters[1:]
        score = parameters[0] + design @ weights
        surprise = weight @ (np.logaddexp(0.0, score) - target * score)
        surprise += 0.5 * tightness * (((weights - centre) ** 2).sum() + (parameters[0] - begin[0]) ** 2)
        slope = weight * (expit(score) - target)
        gradient = design.T @ slope + tightness * (weights - centre)
        scale = 1.0 / weight.sum()
        intercept = slope.sum() + tightness * (parameters[0] - begin[0])
        return surprise * scale, np.concatenate([[intercept], steps.T @ gradient]) * scale

    best = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 400, "ftol": 1e-11})
    weights = (steps @ best.x[1:]) / BIT
    parts = np.split(weights, np.cumsum(blocks)[:-1])
    return float(best.x[0] / BIT), [np.concatenate([[0.0], part]) for part in parts]


def _one_hot(levels: Levels, blocks: list[int]) -> csr_array:
    """Return one row per pattern with a one at each spoken level; silent ones have no column."""
    offsets = np.cumsum([0, *blocks[:-1]])
    spoken = levels != SILENT_LEVEL
    columns = (levels.astype(np.int64) - 1 + offsets)[spoken]
    rows = np.repeat(np.arange(len(levels)), spoken.sum(axis=1))
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(levels), sum(blocks)))


def _is_step(policy: Policy, columns: list[int]) -> Flags:
    """Say which parameters are steps between levels (not the lowest level of an ordered comparison)."""
    flags = [
        policy.comparisons[column].ordered and number < len(policy.comparisons[column].levels)
        for column in columns
        for number in range(1, len(policy.comparisons[column].levels) + 1)
    ]
    return np.asarray(flags, dtype=np.bool_)


def _step_matrix(policy: Policy, columns: list[int]) -> Numbers:
    """Return the matrix that turns lowest-plus-steps parameters into weights."""
    size = sum(len(policy.comparisons[column].levels) for column in columns)
    matrix = np.zeros((size, size))
    place = 0
    for column in columns:
        comparison = policy.comparisons[column]
        count = len(comparison.levels)
        block = np.triu(np.ones((count, count))) if comparison.ordered else np.eye(count)
        matrix[place : place + count, place : place + count] = block
        place += count
    return matrix


# -- the site question -------------------------------------------------------------------------------------


def _learn_site(patterns: Patterns, policy: Policy, model: Model) -> Model:
    """Learn by EM which levels tell one site from two sites of one legal unit."""
    p_legal = model.probabilities(patterns.levels)[1]
    mass = patterns.pairs * np.where(p_legal > 0.5, p_legal, 0.0)
    rows = mass > 0
    if not rows.any():
        return model
    levels, mass = patterns.levels[rows], mass[rows]
    weights, prior = list(model.site), model.prior_site
    columns = [
        column
        for column, comparison in enumerate(policy.comparisons)
        if "site" in comparison.questions and not comparison.fixed
    ]
    before = np.full(len(mass), -1.0)
    for _ in range(EM_ROUNDS):
        p_site = expit((prior + _sum_weights(levels, tuple(weights))) * BIT)
        if np.abs(p_site - before) @ mass < EM_STILL * mass.sum():
            break
        before = p_site
        prior = _log2_odds((mass * p_site).sum(), (mass * (1 - p_site)).sum())
        for column in columns:
            weights[column] = _level_weights(
                levels[:, column], mass * p_site, mass * (1 - p_site), policy, column, "site"
            )
    share = float((mass * before).sum() / mass.sum())
    meaning = "同一法人单位的候选对中同一场所的比例 / share of one site among proposed pairs of one legal unit"
    return Model(model.legal, tuple(weights), model.prior_legal, prior, (("site_share", share, meaning),))


def _level_weights(
    level: np.ndarray, yes_pairs: Numbers, no_pairs: Numbers, policy: Policy, column: int, question: str
) -> Numbers:
    """Return log2 of how much likelier each level is where the answer is yes, kept in the levels' order."""
    comparison = policy.comparisons[column]
    size = len(comparison.levels) + 1
    yes = np.bincount(level, weights=yes_pairs, minlength=size)[1:]
    no = np.bincount(level, weights=no_pairs, minlength=size)[1:]
    start = np.array([getattr(entry, question) for entry in comparison.levels])
    pull = SHRINK_PAIRS / (yes + no + SHRINK_PAIRS)
    likelier = np.log2((yes + 0.5) / (yes.sum() + 0.5 * size)) - np.log2((no + 0.5) / (no.sum() + 0.5 * size))
    mixed = np.where(yes + no > 0, (1 - pull) * likelier + pull * start, start)
    ordered = _keep_order(mixed, yes + no + 1.0) if comparison.ordered else mixed
    return np.concatenate([[0.0], ordered])


def _keep_order(values: Numbers, weight: Numbers) -> Numbers:
    """Return the nearest values that never rise (pool adjacent violators).

    >>> _keep_order(np.array([1.0, 3.0, 0.0]), np.array([1.0, 1.0, 1.0])).tolist()
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
    return np.concatenate([np.full(count, value) for value, _, count in pools])


def _log2_odds(yes: float, no: float) -> float:
    return float(np.log2((yes + 0.5) / (no + 0.5)))
