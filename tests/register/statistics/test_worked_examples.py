"""The statistics reproduce published worked examples to the printed digits."""

import math

import pytest

from minglu.register.coverage.completeness import _sample_coverage
from minglu.register.statistics.capture_recapture import (
    Histories,
    NotEstimableError,
    chao_bound,
    chapman,
    corrected_for_linkage,
    lincoln_petersen,
    sample_coverage,
    sensitivity_band,
)
from minglu.register.statistics.linkage_quality import Stratum, linkage_quality
from minglu.register.statistics.loglinear import average, fit_all
from minglu.register.statistics.proportions import clopper_pearson, wilson

HEPATITIS = Histories({"001": 63, "010": 55, "011": 18, "100": 69, "101": 17, "110": 21, "111": 28})
DIABETES = Histories(
    {
        "0001": 10, "0010": 182, "0011": 8, "0100": 74, "0101": 7, "0110": 20, "0111": 14, "1000": 709,
        "1001": 12, "1010": 650, "1011": 46, "1100": 104, "1101": 18, "1110": 157, "1111": 58,
    }
)  # fmt: skip


@pytest.mark.parametrize(("i", "j", "units", "error"), [(0, 1, 333.6, 28.7), (0, 2, 374.5, 35.6), (1, 2, 331.4, 29.9)])
def test_hepatitis_pairs_of_lists_give_the_printed_chapman_values(i, j, units, error):
    found = chapman(HEPATITIS.seen(i), HEPATITIS.seen(j), HEPATITIS.seen(i, j))
    assert (round(found.units, 1), round(found.standard_error, 1)) == (units, error)


def test_hepatitis_sample_coverage_and_bound():
    found = sample_coverage(HEPATITIS)
    assert round(found.distinct, 3) == 208.667
    assert round(found.coverage, 3) == 0.513
    assert round(found.independent, 3) == 407.004
    assert round(found.estimate, 3) == 970.805
    assert round(found.one_step, 3) == 507.772
    assert found.chosen == found.one_step
    assert round(chao_bound(HEPATITIS), 2) == 479.15  # 271 + 187^2 / (3 x 56); some prints say 479.05


@pytest.mark.parametrize(
    ("name", "units", "error", "deviance", "df"),
    [
        ("independence", 388.48, 21.55, 24.36, 3),
        ("[12]", 416.00, 30.94, 21.14, 2),
        ("[13]", 393.31, 26.80, 24.25, 2),
        ("[23]", 413.18, 29.83, 21.33, 2),
        ("[12][13]", 463.50, 59.27, 19.42, 1),
        ("[12][23]", 526.71, 78.02, 13.20, 1),
        ("[13][23]", 451.71, 52.94, 19.90, 1),
        ("[12][13][23]", 1312.76, 517.98, 0.00, 0),
    ],
)
def test_hepatitis_log_linear_models(name, units, error, deviance, df):
    fits, refused = fit_all(HEPATITIS)
    assert refused == {}
    fit = next(fit for fit in fits if fit.name == name)
    assert (round(fit.estimate.units, 2), round(fit.estimate.standard_error, 2)) == (units, error)
    assert (round(fit.deviance, 2), fit.df) == (deviance, df)


def test_hepatitis_profile_interval_of_independence():
    fits, _ = fit_all(HEPATITIS)
    low, high = fits[0].estimate.interval
    assert (round(low, 1), round(high, 1)) == (350.3, 435.4)


def test_diabetes_gives_the_printed_values():
    found = sample_coverage(DIABETES)
    assert round(found.estimate, 2) == 2609.03
    assert round(found.coverage, 3) == 0.803
    assert round(found.independent, 2) == 2271.69
    assert round(found.one_step, 2) == 2457.97
    assert round(chao_bound(DIABETES), 1) == 2514.0
    fits, _ = fit_all(DIABETES)
    by_aic, by_bic = min(fits, key=lambda fit: fit.aic), min(fits, key=lambda fit: fit.bic)
    assert by_aic.name == "[12][13][23][24][34]"
    assert (round(by_aic.estimate.units, 2), round(by_aic.estimate.standard_error, 2)) == (2771.19, 145.09)
    assert (round(by_aic.deviance, 2), by_aic.df) == (7.62, 5)
    assert by_bic.name == "[13][24][34]"
    assert (round(by_bic.estimate.units, 2), round(by_bic.estimate.standard_error, 2)) == (2472.25, 53.46)


def test_two_lists_of_ten_and_fifteen_give_twenty_eight():
    assert lincoln_petersen(10, 15, 5) == 30
    assert round(chapman(10, 15, 5).units, 2) == 28.33


def test_lists_that_hardly_meet_are_never_a_number():
    poor = Histories({"100": 40, "010": 30, "001": 20, "110": 6})
    with pytest.raises(NotEstimableError, match="list 3 shares no unit"):
        fit_all(poor)
    with pytest.raises(NotEstimableError):
        average([], poor.total)
    with pytest.raises(NotEstimableError):
        sample_coverage(poor).chosen  # noqa: B018
    with pytest.raises(NotEstimableError):
        lincoln_petersen(40, 20, 0)


def test_the_average_lies_inside_the_range_of_its_models():
    fits, _ = fit_all(HEPATITIS)
    found = average(fits, HEPATITIS.total)
    assert min(f.estimate.units for f in fits) < found.units < max(f.estimate.units for f in fits)
    assert HEPATITIS.total < found.interval.low < found.units < found.interval.high


@pytest.mark.parametrize(
    ("errors", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0, 0.1611), (0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_proportions(errors, n, score, exact):
    assert tuple(round(bound, 4) for bound in wilson(errors, n)) == score
    assert tuple(round(bound, 4) for bound in clopper_pearson(errors, n)) == exact


def test_linkage_quality_of_a_stratified_sample():
    strata = [
        Stratum(900_000, 500, 0, linked=False),
        Stratum(20_000, 400, 6, linked=False),
        Stratum(5_000, 400, 120, linked=False),
        Stratum(4_000, 400, 340, linked=True),
        Stratum(40_000, 400, 396, linked=True),
        Stratum(56_000, 300, 300, linked=True),
    ]
    found = linkage_quality(strata)
    assert (round(found.true_positives), round(found.false_negatives)) == (99_000, 1_800)
    assert (round(found.precision, 3), round(found.precision_error, 6)) == (0.990, 0.002095)
    assert (round(found.recall, 6), round(found.recall_error, 6)) == (0.982143, 0.001590)
    assert round(found.recall_bound, 3) == 0.932


def test_linkage_error_is_corrected():
    assert corrected_for_linkage(100, 50, 19, precision=1.0, recall=0.95) == pytest.approx(250)


def test_dependence_moves_the_estimate_both_ways():
    band = sensitivity_band(Histories({"10": 20, "01": 30, "11": 60}))
    assert list(band.values()) == sorted(band.values())
    assert band[1.0] == 120


EMPTY_CELLS = Histories({"001": 1, "010": 0, "011": 48, "100": 38, "101": 0, "110": 52, "111": 8})


def test_a_model_that_runs_to_infinity_is_refused():
    """Where cells are empty the best fit of some models lies at infinity: a number of 16 digits is no estimate."""
    fits, refused = fit_all(EMPTY_CELLS)
    assert refused
    assert all(fit.estimate.units < 1000 * EMPTY_CELLS.total for fit in fits)


@pytest.mark.parametrize("empty", ["001", "010", "011", "100", "101", "110", "111"])
def test_no_empty_cell_takes_the_other_models_away(empty):
    """A model that can't be fitted is named with its reason; the others stand."""
    table = Histories({**HEPATITIS.counts, empty: 0})
    fits, refused = fit_all(table, profile=False)
    assert fits
    assert all(0 < fit.estimate.standard_error < math.inf for fit in fits)
    assert len(fits) + len(refused) == 8


def test_sample_coverage_near_its_limit_has_the_error_of_one_formula():
    """Coverage .54996 takes the one-step formula; a unit more must not bring the other formula into its error."""
    table = Histories({"100": 1787, "010": 2086, "001": 2635, "110": 1380, "101": 238, "011": 972, "111": 939})
    found = _sample_coverage(table)
    assert found["variant"] == "one-step"
    assert found["estimate"]["standard_error"] == pytest.approx(220.04, abs=0.01)


def test_an_infinite_coverage_estimate_is_none():
    """Lists that overlap too unevenly give no number, and say so."""
    found = _sample_coverage(Histories({"100": 7, "001": 2, "101": 1, "011": 2007}))
    assert "estimate" not in found
    assert "unevenly" in found["reason"]["en"]
