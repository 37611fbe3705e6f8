"""Averaging over decomposable graphs reproduces the published three-list example and keeps the laws of probability."""

import numpy as np
import pytest
from scipy.special import gammaln

from minglu.register.statistics.bayesian_averaging import average_graphs, graphs
from minglu.register.statistics.capture_recapture import Histories, NotEstimableError

# Spina bifida in upstate New York: medical rehabilitation, death and birth certificates (Hook, Albright & Cross 1980).
SPINA_BIFIDA = Histories({"100": 60, "010": 49, "110": 4, "001": 247, "101": 112, "011": 142, "111": 12})
A, B = 13.14, 55.17


def published_prior(units):
    """Return the log of the gamma-Poisson prior of Madigan and York (1997)."""
    return units * np.log(B) - (units + A) * np.log(1 + B) + gammaln(units + A) - gammaln(units + 1) - gammaln(A)


# Posterior mean and 95 % interval of each graph, and its probability: Madigan & York (1997), also in Hoeting et al. 1999.
# They give the complete graph .036; without it the others are .387, .312 and .291.
PUBLISHED = {
    ((0, 1),): (0.387, 731, 701, 767),
    ((0, 1), (1, 2)): (0.312, 756, 714, 811),
    ((0, 1), (0, 2)): (0.291, 712, 681, 751),
}


def test_spina_bifida_comes_out_as_published():
    found = average_graphs(SPINA_BIFIDA, prior_weight=8, log_prior=published_prior)
    assert [one.edges for one in found.graphs[:3]] == list(PUBLISHED)
    for one in found.graphs[:3]:
        share, mean, low, high = PUBLISHED[one.edges]
        assert one.probability == pytest.approx(share, abs=0.015)
        assert one.estimate.units == pytest.approx(mean, abs=2)
        assert one.estimate.interval.low == pytest.approx(low, abs=2)
        assert one.estimate.interval.high == pytest.approx(high, abs=3)
    assert found.estimate.units == pytest.approx(731, abs=4)


def test_probabilities_of_graphs_add_up_and_the_average_is_theirs():
    found = average_graphs(SPINA_BIFIDA)
    assert sum(one.probability for one in found.graphs) == pytest.approx(1)
    assert found.estimate.units == pytest.approx(sum(one.probability * one.estimate.units for one in found.graphs))


def test_every_decomposable_graph_is_there_once():
    """Labelled chordal graphs: 8, 61 and 822 (OEIS A058862), each less the complete one."""
    assert [len(graphs(t)) for t in (3, 4, 5)] == [7, 60, 821]


def test_large_lists_are_weighed_as_finely_as_they_need():
    """Three independent lists of a hundred times as many units: the interval is about a tenth as wide, relatively."""
    small = {"100": 90, "010": 60, "001": 140, "110": 60, "101": 140, "011": 93, "111": 94}
    large = average_graphs(Histories({history: 100 * units for history, units in small.items()})).estimate
    modest = average_graphs(Histories(small)).estimate
    assert large.units == pytest.approx(100 * modest.units, rel=0.05)
    assert large.interval.high - large.interval.low < 20 * (modest.interval.high - modest.interval.low)


def test_order_of_the_lists_changes_nothing():
    turned = Histories({history[::-1]: units for history, units in SPINA_BIFIDA.counts.items()})
    assert average_graphs(turned).estimate.units == pytest.approx(average_graphs(SPINA_BIFIDA).estimate.units)


@pytest.mark.parametrize("histories", [{"10": 5, "01": 5, "11": 5}, {"100000": 1}])
def test_two_lists_and_more_than_five_are_refused(histories):
    with pytest.raises(NotEstimableError):
        average_graphs(Histories(histories))
