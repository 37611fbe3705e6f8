"""Comparisons that the rule table spells out, level by level (see conditions.py).  Knows no column by name."""

from __future__ import annotations

import numpy as np

from minglu.common.arrays import Flags, Levels
from minglu.matching.comparing.pair_batch import Pairs, first_of
from minglu.matching.settings.level_conditions import Condition
from minglu.matching.settings.linkage_settings import Comparison


def compare_declared(pairs: Pairs, comparison: Comparison) -> Levels:
    """Number each pair by the first level whose condition holds, missing where none does.

    Reads the columns that the conditions name: codes, texts for `like`, frequencies for `rows`.
    """
    return first_of(pairs, *(_holds(pairs, level.when) for level in comparison.levels if level.when is not None))


def _holds(pairs: Pairs, condition: Condition) -> Flags:
    """Return for each pair whether every part of the condition holds."""
    flags = np.ones(len(pairs), dtype=np.bool_)
    for column in condition.same:
        flags &= pairs.same(column)
    for column in condition.differ:
        flags &= pairs.differ(column)
    if condition.crossed:
        flags &= pairs.crossed(*condition.crossed)
    if condition.rows is not None:
        flags &= pairs.frequency(condition.same[0]) <= condition.rows
    for column in condition.like:
        flags &= _alike(pairs, column, flags, condition.least)
    return flags


def _alike(pairs: Pairs, column: str, asked: Flags, least: float) -> Flags:
    """Return where both texts are equal, or at least `least` alike; only pairs that are `asked` for are measured."""
    measured = pairs.differ(column) & (pairs.likeness(column, asked, least) >= least)
    alike: Flags = pairs.same(column) | measured
    return alike
