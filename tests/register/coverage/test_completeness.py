"""Completeness is an estimate with an interval, or it is said to be not estimable."""

from __future__ import annotations

import pytest

from minglu.register.coverage.completeness import capture_histories, estimate_completeness
from minglu.register.statistics.capture_recapture import Histories, chao_bound
from minglu.register.statistics.delta_method import delta_estimate

KINDS = {"a": "business", "b": "tax", "c": "permit"}
# Hepatitis A in Taiwan, lists P, Q, E: the worked example of Chao and Tsay.
HEPATITIS = {"c": 63, "b": 55, "b+c": 18, "a": 69, "a+c": 17, "a+b": 21, "a+b+c": 28}


def test_worked_example_comes_out_to_the_printed_digits():
    """All eight models, Chapman per pair, sample coverage, Chao's bound."""
    found = estimate_completeness(HEPATITIS, KINDS)
    units = {model["name"]: round(model["units"], 1) for model in found["models"]}
    assert units["independence"] == 388.5
    assert units["[12][13][23]"] == 1312.8
    assert len(units) == 8
    assert [round(pair["estimate"]["units"], 1) for pair in found["pairs"]] == [333.6, 374.5, 331.4]
    assert found["sample_coverage"]["variant"] == "one-step"
    assert round(found["sample_coverage"]["estimate"]["units"], 1) == 507.8
    assert round(found["chao_bound"]["estimate"]["units"], 1) == 479.1
    assert found["simpler_models_rejected"]


@pytest.mark.parametrize(
    ("overlap", "kinds"),
    [
        ({}, KINDS),
        ({"a": 400}, {"a": "business"}),
        ({"a": 40, "b": 30, "c": 20, "a+b": 6}, KINDS),
        ({"a": 5, "b": 4, "a+b": 3, "a+b+c": 2, "c": 1}, KINDS),
        (dict.fromkeys("abcdefg", 50), dict.fromkeys("abcdefg", "other")),
    ],
)
def test_too_little_overlap_is_said_and_never_a_number(overlap, kinds):
    """No list, one list, no overlap, few units, too many lists."""
    found = estimate_completeness(overlap, kinds)
    assert found["status"] == "not estimable"
    assert found["reason"]["zh"]
    assert "estimate" not in found


def test_lists_of_one_feed_are_called_dependent():
    """Registry and tax miss the same units; the estimate is then too low."""
    holds = {row["key"]: row["holds"] for row in estimate_completeness(HEPATITIS, KINDS)["assumptions"]}
    assert holds["independence"] == "fails"
    apart = estimate_completeness(HEPATITIS, {"a": "business", "b": "permit", "c": "other"})["assumptions"]
    assert {row["key"]: row["holds"] for row in apart}["independence"] == "unknown"


def test_band_of_independent_sources_is_the_two_list_estimate():
    """At an odds ratio of 1 the band is n1 n2 / m of the two merged sources."""
    found = estimate_completeness(HEPATITIS, KINDS)["band"]
    assert found["sources"] == [["a", "b"], ["c"]]
    middle = next(row["estimate"]["units"] for row in found["thetas"] if row["theta"] == 1.0)
    assert middle == pytest.approx(208 * 126 / 63)


def test_strata_are_estimated_apart_and_small_ones_counted():
    """A stratum of twenty units has no estimate and does not show its counts."""
    strata = {("class", "industry"): HEPATITIS, ("class", "other"): {"a": 15, "b": 5}}
    found = estimate_completeness(HEPATITIS, KINDS, strata)
    assert [row["key"] for row in found["strata"]] == ["industry"]
    assert found["strata_too_small"] == 1


def test_order_of_the_overlap_changes_nothing():
    assert estimate_completeness(dict(reversed(HEPATITIS.items())), KINDS) == estimate_completeness(HEPATITIS, KINDS)


def test_delta_method_agrees_with_the_classical_variance():
    """For n1 n2 / m the variance is n1 n2 (n1 - m)(n2 - m) / m^3 (Sekar and Deming 1949)."""
    lists = Histories({"10": 600, "01": 1100, "11": 400})
    found = delta_estimate(lists, lambda shifted: shifted.seen(0) * shifted.seen(1) / shifted.seen(0, 1))
    n1, n2, m = 1000, 1500, 400
    assert found.standard_error**2 == pytest.approx(n1 * n2 * (n1 - m) * (n2 - m) / m**3, rel=0.01)


def test_bound_has_an_interval_around_it():
    lists = capture_histories(HEPATITIS, ["a", "b", "c"])
    found = delta_estimate(lists, chao_bound)
    assert 271 < found.interval.low < found.units < found.interval.high


QUALITY = {
    "levels": {
        "site": {"precision": 1.0, "precision_error": 0.0, "precision_bound": 0.99}
        | {"recall": 0.9, "recall_error": 0.01, "recall_bound": 0.85}
    }
}


def test_without_a_clerical_sample_nothing_is_corrected():
    found = estimate_completeness(HEPATITIS, KINDS, quality={"status": "unknown"})["linkage_corrected"]
    assert found["status"] == "not corrected"
    assert "pairs" not in found


def test_measured_recall_lowers_each_estimate_and_names_its_inputs():
    """N = n1 n2 r / (L p): lists of 135 and 122 units with 49 links at recall 0.9 are 302.5 units."""
    found = estimate_completeness(HEPATITIS, KINDS, quality=QUALITY)
    corrected = found["linkage_corrected"]
    assert corrected["inputs"]["recall"] == 0.9
    pair = corrected["pairs"][0]
    assert pair["estimate"]["units"] == pytest.approx(135 * 122 * 0.9 / 49, abs=1e-3)
    assert pair["at_bound"]["units"] < pair["estimate"]["units"] < found["pairs"][0]["estimate"]["units"]
    assert {row["key"]: row["holds"] for row in found["assumptions"]}["linkage"] == "fails"


def test_error_of_the_sample_widens_the_interval():
    """A relative error of recall of 1/90 adds its square to that of N."""
    exact = {"levels": {"site": QUALITY["levels"]["site"] | {"recall_error": 0.0}}}
    wide, narrow = (
        estimate_completeness(HEPATITIS, KINDS, quality=quality)["linkage_corrected"]["pairs"][0]["estimate"]
        for quality in (QUALITY, exact)
    )
    assert wide["standard_error"] ** 2 == pytest.approx(
        narrow["standard_error"] ** 2 + (wide["units"] / 90) ** 2, rel=1e-4
    )
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


def test_lists_of_the_same_units_are_one_source_and_show_nothing():
    """Two hundred units on both lists, or all but three of either: one source, and no number anywhere."""
    for overlap in ({"a+b": 200}, {"a+b": 194, "a": 3, "b": 3}):
        found = estimate_completeness(overlap, {"a": "business", "b": "permit"})
        assert found["status"] == "not estimable"
        assert "one source" in found["reason"]["en"]
        assert found["sources"] == [["a", "b"]]


def test_list_inside_another_is_called_that():
    found = estimate_completeness({"a": 150, "a+b": 100}, {"a": "business", "b": "permit"})
    assert found["reason"]["en"] == "a holds every unit of b: they can't show what both miss"


def test_two_near_identical_lists_count_once_beside_a_third():
    """The estimate is that of two sources; the twins add no overlap of their own."""
    overlap = {"a+b": 300, "a+b+c": 200, "c": 100, "a": 2}
    found = estimate_completeness(overlap, KINDS)
    assert found["sources"] == [["a", "b"], ["c"]]
    assert [model["name"] for model in found["models"]] == ["independence"]
    assert found["basis"]["en"] == "one model (independence), no average"


@pytest.mark.parametrize(
    ("overlap", "kinds"),
    [
        ({"a+b": 200}, {"a": "business", "b": "permit"}),
        ({"a": 3600, "b": 3600, "a+b": 99}, {"a": "tax", "b": "permit"}),
    ],
)
def test_no_estimate_stands_beside_not_estimable(overlap, kinds):
    """Also an interval around 132,655 units that rests on 99 matches is explained, not printed."""
    found = estimate_completeness(overlap, kinds, {("class", "industry"): overlap})
    assert found["status"] == "not estimable"
    assert "'estimate'" not in repr(found)
    assert found["pairs"][0]["reason"] == found["reason"]


def test_model_that_is_the_average_is_named():
    """Where the saturated model has all the weight, the average is that model."""
    assert "in truth the model [12][13][23] alone" in estimate_completeness(HEPATITIS, KINDS)["basis"]["en"]


def test_bayesian_average_stands_beside_the_weighted_one():
    found = estimate_completeness(HEPATITIS, KINDS)["bayesian"]
    assert found["estimate"]["low"] < found["estimate"]["units"] < found["estimate"]["high"]
    assert sum(graph["probability"] for graph in found["graphs"]) == pytest.approx(1, abs=0.02)
