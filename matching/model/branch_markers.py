"""What a branch mark is worth on the legal question, though codes don't tell which marked pairs are noes.  No fitting.

A branch may have a code of its own, so two rows with different codes and a mark on one side may still be of one unit.
But whether one of two rows of *different* units has a mark does not hang on how alike they are otherwise.  So of the
marked pairs there are as many noes as of the unmarked ones with the same other levels, times the share of marks
among pairs that are noes for certain.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from minglu.common.arrays import Flags, Levels, Numbers
from minglu.matching.model.ordered_logit import Sample
from minglu.matching.model.weights import Model, Patterns
from minglu.matching.settings.linkage_settings import MISSING_LEVEL, Labels, Outcomes, Policy, any_of, level_is

SURE_NO = 0.01  # p_legal without code and mark, below which a pair with different codes is a no for certain
FEW = 500.0  # among so few sure noes the share of a mark stands half-way at what the rule table says


def add_marked(
    sample: Sample, patterns: Patterns, policy: Policy, labels: Labels, model: Model, *, answer: Numbers
) -> Sample:
    """Return a sample of taught pairs (all columns of levels) with the marked pairs added that have different codes.

    `answer` tells of each pattern how far it is taken for a yes: as many yeses are added; noes as said above.
    """
    own = np.flatnonzero(_have_own_codes(patterns, policy, labels))
    yes, nothing = patterns.shared[own] * answer[own], np.zeros(len(own))
    noes = _marked_noes(sample, patterns, policy, labels, model)
    parts = [sample, Sample(patterns.levels[own], nothing, yes, nothing), *noes]
    return Sample(*(np.concatenate([getattr(part, name) for part in parts]) for name in Sample.__slots__))


def own_code_bits(patterns: Patterns, policy: Policy, labels: Labels, p_legal: Numbers, *, start: float) -> float:
    """Return what it says that a marked row has another code: the share of branches with a code of their own, in bits.

    Marked rows of other units have other codes without exception.  `start` is what the rule table says, as one pair.
    """
    same = level_is(patterns.levels, policy, labels.comparison, *labels.same)
    same &= any_of(patterns.levels, policy, marks_of(policy, labels))
    own = _have_own_codes(patterns, policy, labels)
    yes_own, yes_same = (patterns.shared[own] * p_legal[own]).sum(), patterns.shared[same].sum()
    return float(np.log2((yes_own + 2.0**start) / (yes_own + yes_same + 1.0)))


def marks_of(policy: Policy, labels: Labels) -> Outcomes:
    """Return the outcomes that mark two sites of a unit, of the comparisons that the legal question learns."""
    return {
        name: keys for name, keys in labels.two_sites.items() if policy.has(name) and policy.of(name).learns("legal")
    }


def _codes_differ(patterns: Patterns, policy: Policy, labels: Labels) -> Flags:
    return level_is(patterns.levels, policy, labels.comparison, *labels.other, *labels.own)


def _have_own_codes(patterns: Patterns, policy: Policy, labels: Labels) -> Flags:
    """Return where rows have different codes and a mark."""
    return _codes_differ(patterns, policy, labels) & any_of(patterns.levels, policy, marks_of(policy, labels))


def _marked_noes(sample: Sample, patterns: Patterns, policy: Policy, labels: Labels, model: Model) -> Iterator[Sample]:
    """Yield the noes of each mark: those of the unmarked pairs, times the share of the mark among sure noes."""
    same = level_is(patterns.levels, policy, labels.comparison, *labels.same)
    for name, keys in marks_of(policy, labels).items():
        column, numbers = policy.column(name), [policy.of(name).number(key) for key in keys]
        sure = _sure_noes(patterns, policy, labels, model, column)
        (noes, bare_noes), (yeses, bare_yeses) = (
            _count_marks(patterns, chosen, column, numbers) for chosen in (sure, same)
        )
        share = yeses / max(bare_yeses, 1.0) / 2.0 ** policy.start("legal")[column][numbers]
        shares = (noes + FEW * share) / (bare_noes + FEW)
        unmarked = (sample.no > 0) & ~np.isin(sample.levels[:, column], numbers)
        nothing = np.zeros(int(unmarked.sum()))
        for number, share in zip(numbers, shares.tolist(), strict=True):
            levels = sample.levels[unmarked].copy()
            levels[:, column] = number
            _rename_marked(levels, policy, labels)
            yield Sample(levels, nothing, nothing, sample.no[unmarked] * share)


def _rename_marked(levels: Levels, policy: Policy, labels: Labels) -> None:
    """Give unmarked levels, in place, the numbers of the levels that stand for them beside a mark."""
    for name, renamed in labels.marked_as.items():
        column, comparison = policy.column(name), policy.of(name)
        for bare, marked in renamed.items():
            here = levels[:, column] == comparison.number(bare)
            levels[here, column] = comparison.number(marked)


def _count_marks(patterns: Patterns, chosen: Flags, column: int, numbers: list[int]) -> tuple[Numbers, float]:
    """Count the chosen pairs with each of the marks, and those with none."""
    size = max(numbers) + 1
    counted = np.bincount(patterns.levels[:, column], weights=patterns.shared * chosen, minlength=size)
    seen = counted.astype(np.float64)
    return seen[numbers], float(seen.sum() - seen[numbers].sum())


def _sure_noes(patterns: Patterns, policy: Policy, labels: Labels, model: Model, column: int) -> Flags:
    """Return where codes differ, and all else but the mark in `column` says that they should."""
    levels = patterns.levels.copy()
    levels[:, [policy.column(labels.comparison), column]] = MISSING_LEVEL
    sure: Flags = _codes_differ(patterns, policy, labels) & (model.probabilities(levels)[1] < SURE_NO)
    return sure
