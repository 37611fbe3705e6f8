"""A weighted rate and its interval: exact where weights are equal, never shorter for unequal ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.statistics.proportions import clopper_pearson
from minglu.register.statistics.stratified_sampling import Part, stratified_rate

UNEVEN = (6, 23, 1)
"""Sizes whose shares add up to a little more than one."""


def test_one_stratum_is_a_plain_sample():
    """15 of 148: the published Clopper-Pearson interval."""
    found = stratified_rate([Part(5000, 148, 15)])
    assert found.rate == pytest.approx(15 / 148)
    assert found.interval == pytest.approx((0.0578, 0.1617), abs=5e-5)
    assert found.covered == 1.0


def test_strata_weigh_by_their_size():
    """0 of 30 in a stratum of 900 and 3 of 30 in one of 100: 1 %, not 5 %."""
    found = stratified_rate([Part(900, 30, 0), Part(100, 30, 3)])
    assert found.rate == pytest.approx(0.01)
    assert found.interval.low < 0.01 < found.interval.high


def test_a_stratum_nobody_looked_at_is_not_stood_for():
    """Its share is told, the rate is about the others."""
    found = stratified_rate([Part(300, 30, 3), Part(100, 0, 0)])
    assert (found.rate, found.covered) == (pytest.approx(0.1), 0.75)
    with pytest.raises(ValueError, match=r"^no unit was looked at$"):
        stratified_rate([Part(100, 0, 0)])


def test_a_design_effect_makes_it_wider():
    """Effect 2 is half the sample."""
    assert stratified_rate([Part(1000, 100, 10)], 2.0).interval == pytest.approx(clopper_pearson(5, 50))


def test_the_interval_is_that_of_a_simple_sample_of_the_same_variance():
    """Half of the large stratum's 30 are wrong, of the small one's 300 none: 0.45 * 0.55 over 0.9^2 * 0.25 / 30 is 36.7.

    The weights alone would leave 37.0; where no variance can be seen, they decide.
    """
    found = stratified_rate([Part(900, 30, 15), Part(100, 300, 0)], confidence=0.9)
    size = 0.45 * 0.55 / (0.9**2 * 0.25 / 30)
    assert found.interval == pytest.approx(clopper_pearson(0.45 * size, size, 0.9))
    blank = stratified_rate([Part(900, 30, 0), Part(100, 300, 0)])
    assert blank.interval == pytest.approx(clopper_pearson(0, 1 / (0.9**2 / 30 + 0.1**2 / 300)))


def test_all_wrong_is_all_wrong_however_the_weights_round():
    """Shares that add up to 1.0000000000000002 are no rate above one."""
    parts = [Part(size, 10, 10) for size in UNEVEN]
    assert sum(size / sum(UNEVEN) for size in UNEVEN) > 1
    assert stratified_rate(parts).interval.high == 1


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(1, 60), st.floats(0, 1)), min_size=1, max_size=5))
def test_the_interval_holds_the_rate_and_is_never_that_of_a_larger_sample(rows):
    """Unequal weights lose information: never a shorter interval than all units drawn alike, without any error."""
    parts = [Part(size, n, round(share * n)) for size, n, share in rows]
    found = stratified_rate(parts)
    assert found.interval.low <= found.rate + 1e-12
    assert found.rate <= found.interval.high + 1e-12
    blank = stratified_rate([part._replace(errors=0) for part in parts])
    assert blank.interval.high >= clopper_pearson(0, sum(part.n for part in parts)).high - 1e-12
