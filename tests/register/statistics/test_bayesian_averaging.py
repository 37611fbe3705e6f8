"""Averaging over decomposable graphs reproduces the published three-list example and keeps the laws of probability."""

from collections import Counter
from math import lgamma

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


# The eight graphs of three lists, cliques and separators written out by hand; the last one is the complete graph.
ENUMERATED = {
    (): (((0,), (1,), (2,)), ()),
    ((0, 1),): (((0, 1), (2,)), ()),
    ((0, 2),): (((0, 2), (1,)), ()),
    ((1, 2),): (((1, 2), (0,)), ()),
    ((0, 1), (0, 2)): (((0, 1), (0, 2)), ((0,),)),
    ((0, 1), (1, 2)): (((0, 1), (1, 2)), ((1,),)),
    ((0, 2), (1, 2)): (((0, 2), (1, 2)), ((2,),)),
    ((0, 1), (0, 2), (1, 2)): (((0, 1, 2),), ()),
}


def enumerated(unseen, prior):
    """Return the joint posterior of graph and N by the bare formulas: each graph, each whole number, one by one.

    A Dirichlet with one prior observation in each of the eight cells, its margins for cliques and separators.
    """

    def marginal(lists, n):
        counts = Counter()
        for history, units in (*SPINA_BIFIDA.counts.items(), ("000", n)):
            counts["".join(history[i] for i in lists)] += units
        weight = 8 / 2 ** len(lists)
        total = sum(counts.values())
        cells = sum(lgamma(units + weight) - lgamma(weight) for units in counts.values())
        return cells + lgamma(8) - lgamma(total + 8)

    logs = {
        edges: [
            prior(SPINA_BIFIDA.total + n)
            + lgamma(SPINA_BIFIDA.total + n + 1)
            - lgamma(n + 1)
            + sum(marginal(part, n) for part in cliques)
            - sum(marginal(part, n) for part in separators)
            for n in unseen
        ]
        for edges, (cliques, separators) in ENUMERATED.items()
    }
    best = max(map(max, logs.values()))
    weights = {edges: np.exp(np.array(row) - best) for edges, row in logs.items()}
    whole = sum(row.sum() for row in weights.values())
    return {edges: row / whole for edges, row in weights.items()}


def relative_loss(weights, units):
    """Return the estimate under relative squared error, which Madigan and York print."""
    return (weights / units).sum() / (weights / units**2).sum()


def test_spina_bifida_comes_out_as_published():
    """Madigan and York (1997), as the tests of the R package dga 2.0 (CRAN, its own implementation) hold them.

    The likeliest graph has .37, 731 units and its mode at 729; the average has 731 and 728.
    """
    unseen = np.arange(1, 301)
    units, found = SPINA_BIFIDA.total + unseen, enumerated(unseen, published_prior)
    edges, top = max(found.items(), key=lambda item: item[1].sum())
    average = sum(found.values())
    assert edges == ((0, 1),)
    assert (round(top.sum(), 2), round(relative_loss(top, units)), units[top.argmax()]) == (0.37, 731, 729)
    assert (round(relative_loss(average, units)), units[average.argmax()]) == (731, 728)


def test_average_is_that_of_the_bare_enumeration():
    """Every graph but the complete one, which says nothing of the unseen: probability, mean, error and interval."""
    unseen = np.arange(1_500)
    units, found = SPINA_BIFIDA.total + unseen, enumerated(unseen, published_prior)
    del found[(0, 1), (0, 2), (1, 2)]
    left = sum(row.sum() for row in found.values())
    ours = average_graphs(SPINA_BIFIDA, prior_weight=8, log_prior=published_prior)
    for one in ours.graphs:
        weights = found[one.edges] / left
        assert one.probability == pytest.approx(weights.sum(), rel=1e-6, abs=1e-8)
        assert one.probability < 1e-6 or one.estimate.units == pytest.approx(weights @ units / weights.sum(), rel=1e-6)
    average = sum(found.values()) / left
    mean = average @ units
    low, high = (units[np.searchsorted(np.cumsum(average), end)] for end in (0.025, 0.975))
    assert ours.estimate.units == pytest.approx(mean, rel=1e-6)
    assert ours.estimate.standard_error == pytest.approx(np.sqrt(average @ (units - mean) ** 2), rel=1e-4)
    assert ours.estimate.interval == pytest.approx((low, high), abs=1)


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
