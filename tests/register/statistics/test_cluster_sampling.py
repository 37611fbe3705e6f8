"""Rates of whole districts: the clusters widen the interval as far as they must."""

import math

import numpy as np
import pytest

from minglu.register.statistics.cluster_sampling import cluster_rate
from minglu.register.statistics.proportions import clopper_pearson, wilson


def test_equal_clusters_tell_as_much_as_single_units():
    """Where every district has the same rate, the effect is below one and the plain intervals stand."""
    found = cluster_rate([2, 2, 2], [10, 10, 10])
    assert found.design_effect == 0
    assert found.gate == clopper_pearson(6, 30)
    assert found.display == wilson(6, 30)


def test_one_bad_district_widens_the_interval():
    """All errors in one of five districts: by hand, 5/4 * (8^2 + 4 * 2^2) / 50^2 over 0.2 * 0.8 / 50 is 12.5."""
    found = cluster_rate([10, 0, 0, 0, 0], [10] * 5)
    assert (found.errors, found.n, found.rate) == (10, 50, 0.2)
    assert found.design_effect == pytest.approx(12.5)
    assert found.gate.high > clopper_pearson(10, 50).high


def test_what_can_not_be_estimated_is_not():
    """One cluster, no error at all, or nothing but errors: no effect, plain intervals."""
    for errors, sizes in (([3], [20]), ([0, 0], [10, 20]), ([10, 20], [10, 20])):
        found = cluster_rate(errors, sizes)
        assert math.isnan(found.design_effect)
        assert found.gate == clopper_pearson(sum(errors), sum(sizes))
    for errors, sizes in (([0], [0]), ([-1, 2], [5, 5]), ([6, 0], [5, 5])):
        with pytest.raises(ValueError, match="no proportion"):
            cluster_rate(errors, sizes)


def test_the_smallest_samples_that_can_be_estimated_are():
    """Two districts, one error, a district of a single unit: by hand 2/1 * 2 * (9/11)^2 / 11^2 over 1/11 * 10/11 / 11."""
    found = cluster_rate([1, 0], [1, 10])
    assert found.design_effect == pytest.approx(2 * 2 * (10 / 11) ** 2 / 11**2 / (10 / 11**3))


def test_a_district_without_a_unit_is_no_cluster():
    """It tells nothing, and so it changes nothing."""
    assert cluster_rate([4, 0, 1], [10, 0, 12], 0.9) == cluster_rate([4, 1], [10, 12], 0.9)


def test_the_intervals_are_those_of_the_confidence_asked_for_and_of_n_over_the_effect():
    found = cluster_rate([10, 0, 0, 0, 0], [10] * 5, 0.9)
    assert found.gate == pytest.approx(clopper_pearson(10 / 12.5, 50 / 12.5, 0.9))
    assert found.display == pytest.approx(wilson(10 / 12.5, 50 / 12.5, 0.9))


def test_interval_of_clustered_districts_covers_the_truth():
    """4,000 districts of 10 to 40 units, rates that differ; samples of 30: at least 93 of 100 intervals hold."""
    noise = np.random.default_rng(7)
    sizes = noise.integers(10, 41, 4_000)
    errors = noise.binomial(sizes, noise.beta(1.5, 13.5, 4_000))
    truth = errors.sum() / sizes.sum()
    held = 0
    for _ in range(400):
        drawn = noise.choice(4_000, 30, replace=False)
        low, high = cluster_rate(errors[drawn], sizes[drawn]).gate
        held += low <= truth <= high
    assert held >= 372
