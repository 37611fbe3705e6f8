"""Tails and quantiles: those of scipy.stats, to the last digits, on every argument the product may give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from minglu.register.statistics import distributions as own

SHARES = st.floats(1e-9, 1 - 1e-9)
COUNTS = st.integers(0, 5000)
NEAR = {"rel": 1e-8, "abs": 1e-13}


@given(p=SHARES, df=st.integers(1, 40), x=st.floats(0, 500), a=st.integers(1, 500), b=st.integers(1, 5000))
def test_quantiles_and_tails_of_continuous_distributions(p, df, x, a, b):
    assert own.normal_quantile(p) == pytest.approx(stats.norm.ppf(p), **NEAR)
    assert own.chi_squared_tail(x, df) == pytest.approx(stats.chi2.sf(x, df), **NEAR)
    assert own.chi_squared_quantile(p, df) == pytest.approx(stats.chi2.ppf(p, df), rel=1e-6, abs=1e-12)
    assert own.beta_quantile(p, a, b) == pytest.approx(stats.beta.ppf(p, a, b), **NEAR)


@given(k=st.integers(-2, 5000), n=COUNTS, p=SHARES, mean=st.floats(1e-6, 5000))
def test_tails_of_counts(k, n, p, mean):
    assert own.binomial_at_most(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), **NEAR)
    assert own.binomial_more_than(k, n, p) == pytest.approx(stats.binom.sf(k, n, p), **NEAR)
    assert own.poisson_at_most(k, mean) == pytest.approx(stats.poisson.cdf(k, mean), **NEAR)
    assert own.poisson_more_than(k, mean) == pytest.approx(stats.poisson.sf(k, mean), **NEAR)


@given(data=st.data(), lot=st.integers(1, 5000), k=st.integers(0, 30))
def test_samples_without_replacement(data, lot, k):
    wrong, n = data.draw(st.integers(0, lot)), data.draw(st.integers(1, lot))
    expected = stats.hypergeom.cdf(k, lot, wrong, n)
    assert own.hypergeometric_at_most(k, lot, wrong, n) == pytest.approx(expected, rel=1e-7, abs=1e-11)


def test_arrays_give_what_single_values_give():
    sizes, shares = np.arange(1, 60), np.linspace(0.01, 0.9, 59)
    assert own.binomial_at_most(3, sizes, shares).tolist() == [
        own.binomial_at_most(3, n, p) for n, p in zip(sizes, shares, strict=True)
    ]
    assert own.hypergeometric_at_most(3, 200, 20, sizes).tolist() == [
        own.hypergeometric_at_most(3, 200, 20, n) for n in sizes
    ]
