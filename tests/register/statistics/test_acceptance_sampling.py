"""Sample sizes and plans reproduce published values, and keep what they promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from minglu.register.statistics.acceptance_sampling import (
    Plan,
    chance_to_pass,
    limiting_plan,
    proof_size,
    zero_error_size,
)


@pytest.mark.parametrize(
    ("lot", "share", "size"), [(1_000, 0.01, 258), (1_000_000, 0.005, 598), (1_000_000, 0.001, 2_990)]
)
def test_zero_error_sizes_are_the_published_ones(lot, share, size):
    assert zero_error_size(lot, share) == size


def test_proof_of_less_than_half_a_per_cent_takes_the_published_sizes():
    assert [proof_size(0.005, errors) for errors in (0, 1, 2)] == [598, 947, 1258]


@pytest.mark.parametrize("share", [0.004, 0.05, 0.3, 0.7, 0.9, 0.97])
@pytest.mark.parametrize("errors", [0, 1, 3])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_proof_size_is_enough_and_the_smallest(share, errors, confidence):
    """One unit fewer would not show it; one unit may do where nearly all would be wrong."""
    n = proof_size(share, errors, confidence)
    assert binom.cdf(errors, n, share) <= 1 - confidence
    assert binom.cdf(errors, n - 1, share) > 1 - confidence


def test_plan_by_limiting_quality_is_the_published_one():
    """N = 5,000, AQL 1 %, LQ 5 %, producer's risk 5 %, consumer's risk 10 %."""
    assert limiting_plan(5000, 0.01, 0.05) == Plan(131, 3)


def test_plan_tuned_to_the_producer_passes_a_bad_lot_one_time_in_ten():
    """AQL 0.65, n = 315, Ac = 5: 2.9 % of errors still pass so often."""
    assert chance_to_pass(1_000_000, 0.029, Plan(315, 5)) == pytest.approx(0.1, abs=0.01)


@given(st.integers(2, 400), st.floats(0.005, 0.5))
def test_zero_error_size_is_enough_and_the_smallest(lot, share):
    """One unit fewer would not show it."""
    n = zero_error_size(lot, share)
    wrong = -int(-share * lot // 1)
    assert hypergeom.pmf(0, lot, wrong, n) <= 0.05
    assert n == 1 or hypergeom.pmf(0, lot, wrong, n - 1) > 0.05


@given(st.integers(50, 600), st.floats(0.0, 0.03), st.floats(0.08, 0.4))
def test_plan_keeps_both_risks(lot, good, bad):
    """A good lot passes at least 95 times in 100, a bad one at most 10 times."""
    plan = limiting_plan(lot, good, bad)
    assert chance_to_pass(lot, good, plan) >= 0.95
    assert chance_to_pass(lot, bad, plan) <= 0.10


def test_small_lots_are_planned_to_the_unit():
    """From one unit, where a bad lot is nearly all wrong, to all but one, where a single unit is."""
    assert limiting_plan(100, 0, 0.95) == Plan(1, 0)
    assert limiting_plan(100, 0.5, 1) == Plan(5, 4)
    assert limiting_plan(12, 0, 1 / 12) == Plan(11, 0)
    assert limiting_plan(10, 0.1, 0.2) == Plan(10, 1), "every unit is looked at"
    assert zero_error_size(50, 1.0) == zero_error_size(1, 0.5) == 1


@pytest.mark.parametrize(
    ("lot", "good", "bad"), [(10, 0.01, 0.02), (100, 0.051, 0.054), (100, 0.5, 1.5), (100, -0.1, 0.2), (100, 0.3, 0.2)]
)
def test_lots_that_nothing_can_tell_apart_are_refused(lot, good, bad):
    """The same number of wrong units in both, or shares that are none."""
    with pytest.raises(ValueError, match=f"^no plan separates {good} from {bad} in a lot of {lot}$"):
        limiting_plan(lot, good, bad)
