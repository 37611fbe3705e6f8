"""Weights of branch marks on the legal question, where codes are no labels: expected counts.  No fitting.

A branch may have a code of its own, so two rows with different codes and a mark on one side may still be of one unit.
But whether one of two rows of *different* units has a mark does not hang on how alike they are otherwise.  So of the
marked pairs there are as many negatives as of the unmarked ones with the same other levels, times the share of marks
among pairs that are certain negatives.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from minglu.common.arrays import Flags, Levels, Numbers
from minglu.matching.model.ordered_logit import Sample
from minglu.matching.model.weights import Model, Patterns
from minglu.matching.settings.linkage_settings import MISSING_LEVEL, Labels, LinkageSettings, Outcomes, any_of, level_is

CERTAIN_NEGATIVE = 0.01  # p_legal without code and mark, below which a pair with different codes is a certain negative
FEW = 500.0  # among so few certain negatives the share of a mark stands half-way at what the rule table says


def add_marked(
    sample: Sample, patterns: Patterns, settings: LinkageSettings, labels: Labels, model: Model, *, answer: Numbers
) -> Sample:
    """Return a sample of training pairs (all columns of levels) with the marked pairs added that have different codes.

    `answer` is the probability of a match per pattern: as many matches are added; non-matches as described above.
    """
    own = np.flatnonzero(_have_own_codes(patterns, settings, labels))
    yes, nothing = patterns.shared[own] * answer[own], np.zeros(len(own))
    negatives = _marked_negatives(sample, patterns, settings, labels, model)
    parts = [sample, Sample(patterns.levels[own], nothing, yes, nothing), *negatives]
    return Sample(*(np.concatenate([getattr(part, name) for part in parts]) for name in Sample.__slots__))


def own_code_bits(
    patterns: Patterns, settings: LinkageSettings, labels: Labels, p_legal: Numbers, *, start: float
) -> float:
    """Return what it says that a marked row has another code: the share of branches with a code of their own, in bits.

    Marked rows of other units have other codes without exception.  `start` is what the rule table says, as one pair.
    """
    same = level_is(patterns.levels, settings, labels.comparison, *labels.same)
    same &= any_of(patterns.levels, settings, marks_of(settings, labels))
    own = _have_own_codes(patterns, settings, labels)
    yes_own, yes_same = (patterns.shared[own] * p_legal[own]).sum(), patterns.shared[same].sum()
    return float(np.log2((yes_own + 2.0**start) / (yes_own + yes_same + 1.0)))


def marks_of(settings: LinkageSettings, labels: Labels) -> Outcomes:
    """Return the outcomes that mark two sites of a unit, of the comparisons that the legal question learns."""
    return {
        name: keys
        for name, keys in labels.two_sites.items()
        if settings.has(name) and settings.of(name).learns("legal")
    }


def _codes_differ(patterns: Patterns, settings: LinkageSettings, labels: Labels) -> Flags:
    return level_is(patterns.levels, settings, labels.comparison, *labels.other, *labels.own)


def _have_own_codes(patterns: Patterns, settings: LinkageSettings, labels: Labels) -> Flags:
    """Return where rows have different codes and a mark."""
    return _codes_differ(patterns, settings, labels) & any_of(patterns.levels, settings, marks_of(settings, labels))


def _marked_negatives(
    sample: Sample, patterns: Patterns, settings: LinkageSettings, labels: Labels, model: Model
) -> Iterator[Sample]:
    """Yield the negatives of each mark: those of unmarked pairs, times its share among certain negatives."""
    same = level_is(patterns.levels, settings, labels.comparison, *labels.same)
    for name, keys in marks_of(settings, labels).items():
        column, numbers = settings.column(name), [settings.of(name).number(key) for key in keys]
        certain = _certain_negatives(patterns, settings, labels, model, column)
        (negatives, unmarked_negatives), (positives, unmarked_positives) = (
            _count_marked(patterns, chosen, column, numbers) for chosen in (certain, same)
        )
        share = positives / max(unmarked_positives, 1.0) / 2.0 ** settings.start("legal")[column][numbers]
        shares = (negatives + FEW * share) / (unmarked_negatives + FEW)
        unmarked = (sample.no > 0) & ~np.isin(sample.levels[:, column], numbers)
        nothing = np.zeros(int(unmarked.sum()))
        for number, share in zip(numbers, shares.tolist(), strict=True):
            levels = sample.levels[unmarked].copy()
            levels[:, column] = number
            _rename_marked(levels, settings, labels)
            yield Sample(levels, nothing, nothing, sample.no[unmarked] * share)


def _rename_marked(levels: Levels, settings: LinkageSettings, labels: Labels) -> None:
    """Give unmarked levels, in place, the numbers of the levels that stand for them beside a mark."""
    for name, renamed in labels.marked_as.items():
        column, comparison = settings.column(name), settings.of(name)
        for bare, marked in renamed.items():
            here = levels[:, column] == comparison.number(bare)
            levels[here, column] = comparison.number(marked)


def _count_marked(patterns: Patterns, chosen: Flags, column: int, numbers: list[int]) -> tuple[Numbers, float]:
    """Count the chosen pairs with each of the marks, and those with none."""
    size = max(numbers) + 1
    counted = np.bincount(patterns.levels[:, column], weights=patterns.shared * chosen, minlength=size)
    seen = counted.astype(np.float64)
    return seen[numbers], float(seen.sum() - seen[numbers].sum())


def _certain_negatives(
    patterns: Patterns, settings: LinkageSettings, labels: Labels, model: Model, column: int
) -> Flags:
    """Return where codes differ, and all else but the mark in `column` says that they should."""
    levels = patterns.levels.copy()
    levels[:, [settings.column(labels.comparison), column]] = MISSING_LEVEL
    certain: Flags = _codes_differ(patterns, settings, labels) & (model.probabilities(levels)[1] < CERTAIN_NEGATIVE)
    return certain
