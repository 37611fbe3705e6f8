"""A second pass at pairs after the first clustering: what other rows have shown about their unit.

Where a unit has several sites, two of its rows with poor addresses can't be distinguished from
any two others, until the others have found their partners.  If then just one row is
left on either list, these two are most likely one site.  And a second licence 一户多照 is
a matter of two codes, not of two rows: what two of their rows have shown holds for all
of them.  No learning, no clustering.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from minglu.common.arrays import Flags, Integers, distinct, union
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.encoding.text_hashing import MISSING, number_values
from minglu.matching.model.thresholds import Verdicts
from minglu.matching.model.weights import Patterns
from minglu.matching.settings.linkage_settings import (
    MISSING_LEVEL,
    LinkageSettings,
    level_is,
    pack_levels,
    unpack_levels,
)

NEAR_PLACES = (
    "same_door", "same_number", "same_text", "number_in_town", "same_building", "other_room", "as_far_as_given",
)  # fmt: skip
LIKELY = 0.5  # p_legal from which a pair is taken to be of one unit


def second_pass(
    rows: CodedRows,
    pairs: ComparedPairs,
    patterns: Patterns,
    verdicts: Verdicts,
    settings: LinkageSettings,
    *,
    sites: Integers,
    legal_units: Integers,
) -> tuple[Patterns, ComparedPairs]:
    """Raise the level of `family` for pairs whose rows are left over on both lists, of `code` for second licences.

    Returns patterns (new ones appended) and the pairs with their patterns.
    """
    alone = _left_over(pairs, patterns, verdicts, settings, lists=rows.column("list"), sites=sites, units=legal_units)
    licences = _second_licences(rows.column("org_code"), pairs, patterns, verdicts, settings)
    places = union(alone, licences)
    if not len(places):
        return patterns, pairs
    levels = patterns.levels[pairs.pattern_of[places]].copy()
    if len(alone):
        here = np.isin(places, alone)
        near = level_is(levels, settings, "place", *NEAR_PLACES)
        near |= levels[:, settings.column("place")] == MISSING_LEVEL
        single, apart = (settings.of("family").number(key) for key in ("single", "single_apart"))
        levels[here, settings.column("family")] = np.where(near[here], single, apart)
    if len(licences):
        levels[np.isin(places, licences), settings.column("code")] = settings.of("code").number("second_licence")
    values, place, counts = distinct(pack_levels(levels, settings))
    number = pairs.pattern_of.copy()
    number[places] = len(patterns.pairs) + place
    fewer = patterns.pairs - np.bincount(pairs.pattern_of[places], minlength=len(patterns.pairs))
    grown = replace(
        patterns,
        levels=np.concatenate([patterns.levels, unpack_levels(values, settings)]),
        pairs=np.concatenate([fewer, counts]),
        shared=np.concatenate([patterns.shared, np.zeros(len(counts), dtype=np.int64)]),
    )
    return grown, replace(pairs, pattern_of=number)


def _second_licences(
    codes: Integers, pairs: ComparedPairs, patterns: Patterns, verdicts: Verdicts, settings: LinkageSettings
) -> Integers:
    """Return the places of pairs with different codes, of which other rows have shown that they are of one unit."""
    shown = pairs.where(verdicts.link_second_licence)
    if not len(shown):
        return shown
    differ = pairs.where(level_is(patterns.levels, settings, "code", "different", "two_registrations"))
    of_two = np.zeros(int(codes.max()) + 1, dtype=np.bool_)
    of_two[codes[pairs.left[shown]]] = of_two[codes[pairs.right[shown]]] = True
    of_two[MISSING] = False
    asked = differ.compress(of_two.take(codes.take(pairs.left.take(differ))))
    asked = asked.compress(of_two.take(codes.take(pairs.right.take(asked))))
    return asked[np.isin(_two_codes(codes, pairs, asked), _two_codes(codes, pairs, shown))]


def _two_codes(codes: Integers, pairs: ComparedPairs, places: Integers) -> Integers:
    """Return both codes of each pair as one number, the smaller first."""
    left, right = (codes.take(side.take(places)).astype(np.int64) for side in (pairs.left, pairs.right))
    both: Integers = np.minimum(left, right) << 32 | np.maximum(left, right)
    return both


def _left_over(
    pairs: ComparedPairs,
    patterns: Patterns,
    verdicts: Verdicts,
    settings: LinkageSettings,
    *,
    lists: Integers,
    sites: Integers,
    units: Integers,
) -> Integers:
    """Return the places of pairs whose rows are the only ones of their unit without a partner on the other's list."""
    several = level_is(patterns.levels, settings, "family", "several")
    asked = several & (verdicts.p_legal >= LIKELY) & ~verdicts.link_site & (verdicts.bar_site == 0)
    asked &= ~level_is(patterns.levels, settings, "branch", "one_sided")
    asked &= ~level_is(patterns.levels, settings, "serial", "further", "further_apart")
    places = pairs.where(asked, units)
    left, right = pairs.left[places], pairs.right[places]
    return places[_are_left_over(left, right, lists=lists, sites=sites, legal_units=units)]


def _are_left_over(
    left: np.ndarray, right: np.ndarray, *, lists: Integers, sites: Integers, legal_units: Integers
) -> Flags:
    """Return for each pair whether its rows are the only ones of their unit without a partner on the other's list."""
    kind = number_values(lists)
    count = int(kind.max(initial=0)) + 1
    stands = np.zeros((len(sites), count), dtype=np.bool_)  # at the site's smallest row: on which lists it stands
    stands[sites, kind] = True
    representatives = np.flatnonzero(sites == np.arange(len(sites)))
    found = np.zeros(len(left), dtype=np.bool_)
    for one in range(count):
        for other in range(count):
            here = np.flatnonzero((kind[left] == one) & (kind[right] == other))
            if one == other or not len(here):
                continue
            alone = _count_alone(representatives, stands, legal_units, one, other)
            partners = _count_alone(representatives, stands, legal_units, other, one)
            unit_left, unit_right = legal_units[left[here]], legal_units[right[here]]
            free = ~stands[sites[left[here]], other] & ~stands[sites[right[here]], one]
            found[here] = free & (unit_left == unit_right) & (alone[unit_left] == 1) & (partners[unit_left] == 1)
    return found


def _count_alone(representatives: Integers, stands: Flags, legal_units: Integers, one: int, other: int) -> Integers:
    """Count per legal unit (at its smallest row) the sites on list `one` that are not on list `other`."""
    alone = representatives[stands[representatives, one] & ~stands[representatives, other]]
    return np.bincount(legal_units[alone], minlength=len(legal_units))
