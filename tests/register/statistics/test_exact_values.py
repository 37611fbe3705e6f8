"""Every figure and every refusal of the statistics, against values worked out by hand beside the formula."""

from __future__ import annotations

import math
import re

import pytest
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import poisson

from minglu.register.statistics import loglinear
from minglu.register.statistics.capture_recapture import (
    Estimate,
    Histories,
    NotEstimableError,
    chao_bound,
    chapman,
    corrected_for_linkage,
    lincoln_petersen,
    log_interval,
    require_estimable,
    sample_coverage,
    sensitivity_band,
)
from minglu.register.statistics.delta_method import delta_estimate
from minglu.register.statistics.kappa import Agreement, cohen_kappa
from minglu.register.statistics.linkage_quality import Stratum, linkage_quality
from minglu.register.statistics.loglinear import Fit, average, fit_all, fit_model, models
from minglu.register.statistics.proportions import Interval, clopper_pearson, wilson


@pytest.mark.parametrize(
    ("units", "variance", "seen", "low", "high"),
    [
        (120, 100, 100, 107.92389645503523, 150.4802154179867),  # 20 unseen: 100 + 20 / C and 100 + 20 C
        (100.5, 4, 100, 100.0184592752234, 113.54332697109079),  # less than one unseen
        (100, 25, 100, 100, 100),  # none unseen: nothing to be unsure of
        (90, 25, 100, 100, 100),
    ],
)
def test_an_interval_is_log_normal_on_the_unseen_part_and_starts_at_the_seen(units, variance, seen, low, high):
    assert log_interval(units, variance, seen) == pytest.approx((low, high))


def test_chapmans_interval_starts_at_the_units_seen():
    """On two lists 10 + 15 - 5 = 20 are seen, unless a third list has shown more."""
    found = chapman(10, 15, 5)
    assert (found.units, found.standard_error) == pytest.approx((28.333333333333332, 5.909368402852788))
    assert found.interval == pytest.approx((22.38526171603979, 49.11397268377824))
    assert chapman(10, 15, 5, seen=25).interval == pytest.approx((25.322151574235267, 59.49032070536059))


def petersen(lists):
    return lists.seen(0) * lists.seen(1) / lists.seen(0, 1)


def test_the_delta_method_gives_the_variance_of_the_textbook():
    """Lincoln-Petersen: n1 n2 (n1 - m)(n2 - m) / m^3 = 1546.9; slopes over one unit make it 1547.5."""
    lists = Histories({"10": 60, "01": 110, "11": 40})
    found = delta_estimate(lists, petersen)
    assert (found.units, found.standard_error) == pytest.approx((375, 39.338533278907896))
    assert found.interval == pytest.approx((314.0741231115519, 471.59240343364576))
    assert delta_estimate(lists, petersen, floor=300).interval == pytest.approx((328.53842538034263, 497.1026756043282))


def test_the_delta_method_never_falls_below_what_was_seen():
    """An estimator that is the count itself has no variance; one below the count is lifted to it."""
    lists = Histories({"10": 60, "01": 110, "11": 40})
    assert delta_estimate(lists, lambda shifted: float(shifted.total)) == Estimate(210, 0.0, Interval(210, 210))
    low = delta_estimate(lists, lambda shifted: shifted.total / 2)
    assert (low.units, low.standard_error, low.interval) == (210, 0.0, (210, 210))
    assert delta_estimate(lists, lambda shifted: shifted.total / 2, floor=150).units == 150


def test_a_cell_without_units_has_no_slope():
    """One unit less than none is no table."""
    lists = Histories({"10": 0, "01": 110, "11": 40})
    found = delta_estimate(lists, lambda shifted: shifted.seen(1) * 2.0)
    assert (found.units, found.standard_error**2) == pytest.approx((300, 150 * 2**2 - 300))


def fit(units, error, aic):
    return Fit((), Estimate(units, error, Interval(0, 0)), 0.0, 1, aic, 0.0)


def test_models_are_averaged_by_akaike_weights_with_the_spread_between_them():
    """A difference of 2 in AIC weighs 1 to 1/e; each error holds the model's distance from the mean."""
    found = average([fit(100, 10, 10), fit(200, 20, 12)], 80)
    assert (found.units, found.standard_error) == pytest.approx((126.8941421369995, 41.360026026590596))
    assert found.interval == pytest.approx((90.60278075745634, 287.40413454448117))


def test_chaos_bound_without_a_unit_on_two_lists_is_the_corrected_one():
    """M + (t-1)/t f1 (f1-1) / 2."""
    assert chao_bound(Histories({"10": 4, "01": 3})) == 7 + 1 / 2 * 7 * 6 / 2
    assert chao_bound(Histories({"10": 1, "01": 0})) == 1
    assert chao_bound(Histories({"10": 4, "01": 3, "11": 1})) == 8 + 1 / 2 * 49 / 2


def test_linkage_correction_divides_by_precision_and_multiplies_by_recall():
    assert corrected_for_linkage(100, 50, 20, precision=0.8, recall=0.9) == pytest.approx(100 * 50 * 0.9 / 16)


def test_quality_bounds_let_every_clean_stratum_hide_what_its_sample_allows():
    """20 of 20 found right may hide 13.9 % wrong (one-sided 95 %); a stratum judged in full hides nothing."""
    hidden = clopper_pearson(0, 20, 0.90).high
    assert hidden == pytest.approx(1 - 0.05 ** (1 / 20))
    sampled = [Stratum(100, 20, 20, linked=True), Stratum(50, 10, 9, linked=True), Stratum(200, 20, 0, linked=False)]
    found = linkage_quality(sampled)
    assert found.precision == pytest.approx(145 / 150)
    assert found.precision_bound == pytest.approx((145 - 100 * hidden) / 150)
    assert (found.recall, found.recall_bound) == pytest.approx((1, 145 / (145 + 200 * hidden)))
    judged = linkage_quality([Stratum(20, 20, 20, linked=True), Stratum(20, 20, 0, linked=False)])
    assert (judged.precision_bound, judged.recall_bound) == (1, 1)
    assert (judged.precision_error, judged.recall_error) == (0, 0)
    assert linkage_quality([Stratum(1000, 2, 2, linked=True), Stratum(9, 9, 0, linked=False)]).precision_bound > 0
    all_in = linkage_quality([Stratum(20, 20, 10, linked=True), Stratum(20, 20, 10, linked=False)])
    assert (all_in.precision, all_in.precision_error, all_in.recall_error) == (0.5, 0, 0)


def test_the_error_of_recall_weighs_both_sides_by_the_other():
    """Var = (FN^2 Var(TP) + TP^2 Var(FN)) / (TP + FN)^4."""
    found = linkage_quality([Stratum(100, 10, 8, linked=True), Stratum(1000, 10, 1, linked=False)])
    tp, fn, var_tp, var_fn = 80, 100, 100**2 * 0.9 * 0.16 / 9, 1000**2 * 0.99 * 0.09 / 9
    assert found.recall == pytest.approx(80 / 180)
    assert found.recall_error == pytest.approx(math.sqrt((fn**2 * var_tp + tp**2 * var_fn) / 180**4))
    assert found.precision_error == pytest.approx(math.sqrt(var_tp) / 100)


def test_agreement_by_one_answer_alone_has_no_kappa():
    assert cohen_kappa(["a", "a"], ["a", "a"]) == Agreement(2, 1.0, None, None)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson])
def test_an_interval_of_a_proportion_ends_at_none_and_all(interval):
    assert interval(0, 5).low == 0.0
    assert interval(5, 5).high == 1.0
    assert interval(5, 5).low == pytest.approx(1 - interval(0, 5).high)
    for errors, n in ((0, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match=rf"^{errors} of {n} is no proportion$"):
            interval(errors, n)
    assert 0 < interval(1, 1).low < interval(1, 1).high == 1.0


@pytest.mark.parametrize("counts", [{}, {"10": 1, "1": 1}, {"1x": 1}, {"x1": 1}, {"00": 1}, {"10": -1, "01": 5}])
def test_histories_that_are_none_are_our_mistake(counts):
    said = f"expected counts by histories such as '011' of one length, found {counts}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        Histories(counts)


@pytest.mark.parametrize(
    ("estimate", "reason"),
    [
        (lambda: lincoln_petersen(3, 4, 0), "the two lists share no unit"),
        (lambda: average([], 9), "no model could be fitted"),
        (lambda: sample_coverage(Histories({"10": 3, "01": 0})), "a list is empty"),
        (lambda: sample_coverage(Histories({"10": 3, "01": 5})), "no list knows any unit of another"),
        (lambda: sensitivity_band(Histories({"10": 3, "01": 5})), "the band takes two lists that share units"),
        (lambda: sensitivity_band(Histories({"100": 3, "110": 5})), "the band takes two lists that share units"),
        (lambda: fit_all(Histories({"1": 300})), "1 lists; expected 2 to 5"),
        (lambda: fit_all(Histories({"111111": 300})), "6 lists; expected 2 to 5"),
        (
            lambda: fit_model(Histories({"100": 60, "010": 9, "001": 50, "110": 30, "011": 0, "101": 9}), ((1, 2),)),
            "lists 2 and 3 share no unit: their dependence can't be estimated",
        ),
        (lambda: require_estimable(Histories({"10": 90, "01": 3, "11": 6})), "99 units with 6 on two lists or more; needs 100 and 7"),
        (lambda: require_estimable(Histories({"10": 94, "01": 3, "11": 2})), "99 units with 2 on two lists or more; needs 100 and 7"),
        (lambda: require_estimable(Histories({"10": 80, "01": 12, "11": 7})), "99 units with 7 on two lists or more; needs 100 and 7"),
        (lambda: require_estimable(Histories({"10": 90, "01": 12, "11": 6})), "108 units with 6 on two lists or more; needs 100 and 7"),
        (lambda: require_estimable(Histories({"10": 90, "01": 3})), "list 1 shares no unit with any other list"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_refused_with_its_reason(estimate, reason):
    """The reason goes into the report as it is."""
    with pytest.raises(NotEstimableError) as caught:
        estimate()
    assert str(caught.value) == reason


def test_the_least_that_can_be_estimated_is():
    """A hundred units, seven of them on two lists; a list of one unit; a pair of lists that share one."""
    require_estimable(Histories({"10": 90, "01": 3, "11": 7}))
    assert sensitivity_band(Histories({"10": 3, "01": 5, "11": 1}))[1.0] == 24
    assert sample_coverage(Histories({"10": 3, "11": 1})).coverage == pytest.approx(1 - 3 / 4 / 2)
    one = Histories({"100": 60, "010": 40, "001": 50, "110": 30, "011": 1, "101": 9, "111": 0})
    assert fit_model(one, ((1, 2),), profile=False).df == 2


def test_two_lists_can_only_be_independent_and_three_depend_in_eight_ways():
    """With two lists a term for their dependence would take the last degree of freedom and invent a number."""
    assert list(models(2)) == [()]
    assert len(list(models(3))) == len(set(models(3))) == 8
    assert list(models(3))[-1] == ((0, 1), (0, 2), (1, 2))


def test_a_model_that_the_data_cannot_carry_is_named_with_its_reason():
    """Each of the four with the pair that shares nothing, and the one that leaves that emptiness to chance alone."""
    lists = Histories({"100": 60, "010": 40, "001": 50, "110": 30, "101": 9})
    fits, refused = fit_all(lists, profile=False)
    assert fits == [fit_model(lists, fit.pairs, profile=False) for fit in fits]
    assert [fit.name for fit in fits] == ["independence", "[12]", "[13]"]
    reason = "lists 2 and 3 share no unit: their dependence can't be estimated"
    empty = "the fit runs to the boundary: some cells are empty"
    assert refused == {"[12][13]": empty} | dict.fromkeys(["[23]", "[12][23]", "[13][23]", "[12][13][23]"], reason)


def drop(only_first, only_second, both, unseen):
    """Return how far the likelihood of two independent lists lies below its maximum, up to a constant, if `unseen`."""
    first, second, seen = only_first + both, only_second + both, only_first + only_second + both
    units = seen + unseen
    found = math.lgamma(units + 1) - math.lgamma(unseen + 1)
    for listed in (first, second):
        found += xlogy(listed, listed / units) + xlogy(units - listed, 1 - listed / units)
    return -found


@pytest.mark.parametrize("cells", [(60, 110, 40), (50, 60, 7), (20, 30, 3), (30, 40, 60), (4, 4, 100), (1, 2, 150)])
def test_a_profile_interval_ends_where_the_likelihood_has_dropped_by_half_of_chi_squared(cells):
    """With two independent lists it can be written down: 1.92 below the top at both ends, or none unseen at all."""
    found = fit_model(Histories(dict(zip(("10", "01", "11"), cells, strict=True))), ())
    top = -minimize_scalar(lambda unseen: drop(*cells, unseen), bounds=(0, 10_000), method="bounded").fun
    low, high = (end - sum(cells) for end in found.estimate.interval)
    assert drop(*cells, high) + top == pytest.approx(1.920729, abs=1e-4)
    assert high > found.estimate.units - sum(cells)
    if drop(*cells, 0) + top > 1.920729:
        assert drop(*cells, low) + top == pytest.approx(1.920729, abs=1e-4)
        assert 0 < low < found.estimate.units - sum(cells)
    else:
        assert low == 0


def test_models_are_compared_by_the_criteria_of_akaike_and_schwarz():
    """A model without a degree of freedom fits every count; the others fall short of its likelihood by half their deviance."""
    counts = {"100": 60, "010": 40, "001": 50, "110": 30, "101": 9, "011": 12, "111": 7}
    best = sum(poisson.logpmf(count, count) for count in counts.values())
    fits, refused = fit_all(Histories(counts), profile=False)
    assert not refused
    assert len(fits) == 8
    for fit in fits:
        parameters = 4 + len(fit.pairs)
        assert fit.df == 7 - parameters
        assert fit.aic == pytest.approx(2 * parameters - 2 * best + fit.deviance)
        assert fit.bic == pytest.approx(parameters * math.log(208) - 2 * best + fit.deviance)
        found = fit.estimate
        assert found.interval == pytest.approx(log_interval(found.units, found.standard_error**2, 208))
    assert fits[-1].deviance == pytest.approx(0)
    assert fits[0].deviance > 1


@pytest.mark.parametrize("lists", [2, 5])
def test_from_two_lists_to_five_are_modelled(monkeypatch, lists):
    """Whoever has six must leave one out or join two: that is said."""
    monkeypatch.setattr(loglinear, "models", lambda _: [()])
    single = {"0" * at + "1" + "0" * (lists - at - 1): 60 + at for at in range(lists)}
    pairs = {"0" * at + "11" + "0" * (lists - at - 2): 20 + at for at in range(lists - 1)}
    fits, refused = fit_all(Histories(single | pairs))
    assert ([fit.name for fit in fits], refused) == (["independence"], {})


def test_a_history_that_nobody_has_counts_as_none():
    """Left out of the table or written as zero: the same fit, the same interval."""
    counts = {"100": 60, "010": 40, "001": 50, "110": 30, "101": 9, "111": 7}
    assert fit_model(Histories(counts), ()) == fit_model(Histories({**counts, "011": 0}), ())


def test_the_ends_of_a_proportion_are_exact_for_every_sample():
    """Not 5e-17 and not 0.9999999999999999, which a page would print as they are."""
    for n in range(1, 200):
        assert wilson(0, n).low == clopper_pearson(0, n).low == 0.0
        assert wilson(n, n).high == clopper_pearson(n, n).high == 1.0


def test_a_bound_of_precision_may_come_near_to_nothing():
    """Two of four links judged, and right: 1 - 0.05^(1/2) of them may be wrong."""
    found = linkage_quality([Stratum(4, 2, 2, linked=True), Stratum(9, 9, 0, linked=False)])
    assert found.precision_bound == pytest.approx(0.05**0.5)
