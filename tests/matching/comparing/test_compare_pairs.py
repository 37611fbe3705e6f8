"""The sweep over ranges of rows: any size of range gives what one range gives."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.matching.blocking import Blocks, candidate_pairs
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.comparing.comparisons import compare_all
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.settings.linkage_settings import load_linkage_settings, pack_levels
from tests.matching.drawn_lists import draw, rows_of

SETTINGS = load_linkage_settings()


@pytest.fixture(scope="module")
def rows():
    """Rows of a small drawn county."""
    return rows_of(draw(120, seed=6)[0])


@pytest.fixture(scope="module")
def whole(rows):
    """The rows swept in one range."""
    return compare_rows(rows, SETTINGS, rows_at_once=len(rows))


@settings(max_examples=12)
@given(st.integers(1, 400))
def test_ranges_of_any_size_give_the_same_pairs_patterns_and_counts(rows, whole, rows_at_once):
    """What memory allows must not be seen in the result."""
    (pairs, patterns, given_up), (same, equal, also) = whole, compare_rows(rows, SETTINGS, rows_at_once=rows_at_once)
    for name in ("left", "right", "pattern_of"):
        assert np.array_equal(getattr(pairs, name), getattr(same, name)), name
    for name in ("levels", "pairs", "shared"):
        assert np.array_equal(getattr(patterns, name), getattr(equal, name)), name
    assert given_up.equals(also)


def test_sweep_is_blocking_and_comparing_at_once(rows, whole):
    """The swept pairs are the candidates, their patterns the levels that comparing gives."""
    pairs, patterns, given_up = whole
    candidates, uncompared = candidate_pairs(rows, SETTINGS.blocks)
    assert np.array_equal(pairs.left, candidates.left)
    assert np.array_equal(pairs.right, candidates.right)
    assert given_up.equals(uncompared)
    packed = compare_all(row_facts(rows), candidates.left, candidates.right, SETTINGS)
    assert np.array_equal(pack_levels(patterns.levels, SETTINGS)[pairs.pattern_of], packed)
    assert patterns.pairs.sum() == len(pairs)
    on_code = np.array([rule.on_code for rule in SETTINGS.blocks])
    assert patterns.shared.sum() == (~on_code[candidates.rule]).sum()


@given(st.lists(st.integers(0, 400), min_size=0, max_size=5))
def test_ranges_side_by_side_propose_every_pair_once(rows, cuts):
    """Blocks asked range by range give the pairs of all rows, in order, none twice."""
    blocks = Blocks(rows, SETTINGS.blocks)
    edges = sorted({0, len(rows), *(min(cut, len(rows)) for cut in cuts)})
    parts = [blocks.pairs(*ends) for ends in itertools.pairwise(edges)]
    candidates, _ = candidate_pairs(rows, SETTINGS.blocks)
    for name in ("left", "right", "rule"):
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(candidates, name))


def test_pairs_are_found_by_their_flags_part_by_part(rows, whole, monkeypatch):
    """Looking through the pairs in parts finds what one look finds."""
    pairs, patterns, _ = whole
    flags = patterns.levels[:, 0] > 0
    at_once = pairs.where(flags)
    assert np.array_equal(at_once, np.flatnonzero(flags[pairs.pattern_of]))
    monkeypatch.setattr("minglu.matching.comparing.agreement_patterns.AT_ONCE", 7)
    assert np.array_equal(pairs.where(flags), at_once)
    label = rows.codes["list"]
    inside = at_once[label[pairs.left[at_once]] == label[pairs.right[at_once]]]
    assert np.array_equal(pairs.where(flags, label), inside)
