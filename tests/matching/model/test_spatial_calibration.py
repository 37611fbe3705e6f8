"""Points as witnesses: a question that is too sure of itself is corrected, one without witnesses is left alone."""

from dataclasses import replace

import numpy as np
import pytest

from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.spatial_calibration import correct_branch_markers, correct_site
from minglu.matching.model.weights import starting_model
from minglu.matching.settings.linkage_settings import load_linkage_settings

SETTINGS = load_linkage_settings()
PHONE, SEAT, POINT, BRANCH = (SETTINGS.column(name) for name in ("phone", "seat", "point", "branch"))
NONE, ONE_SIDED = (SETTINGS.of("branch").number(key) for key in ("none", "one_sided"))


def drawn(copies, pairs):
    """Draw located pairs whose telephone tells the site with 3 bits, and count it `copies` times."""
    rng = np.random.default_rng(3)
    one_site = rng.random(pairs) < 0.7
    levels = np.zeros((pairs, len(COMPARISONS)), dtype=np.int8)
    levels[:, PHONE] = np.where(rng.random(pairs) < np.where(one_site, 8 / 9, 1 / 9), 1, 3)
    levels[:, SEAT] = np.where(levels[:, PHONE] == 1, 1, 4) if copies == 2 else 0
    levels[:, POINT] = np.where(one_site, rng.choice([1, 2], pairs), rng.choice([4, 5], pairs))
    site = list(starting_model(SETTINGS).site)
    site[PHONE] = np.array([0.0, 3.0, 0.0, -3.0])
    site[SEAT] = np.array([0.0, 3.0, 0.0, 0.0, -3.0])
    site[POINT] = np.array([0.0, 7.0, 7.0, 0.0, -7.0, -7.0])
    model = replace(starting_model(SETTINGS), site=tuple(site), prior_site=float(np.log2(0.7 / 0.3)))
    return levels, np.ones(pairs), SETTINGS, model


def slope(copies, pairs=20_000):
    """Return how far the site question was trusted."""
    corrected = correct_site(*drawn(copies, pairs))
    return {name: value for name, value, _ in corrected.figures}.get("site_slope")


def test_honest_evidence_is_trusted():
    """Evidence that is worth what the model says keeps its weight."""
    assert slope(copies=1) > 0.9


def test_evidence_counted_twice_is_a_misfit_that_is_reported():
    """The same evidence under two names would lose half its weight: past the bound, so it is said and not applied."""
    figures = {name: value for name, value, _ in correct_site(*drawn(2, 20_000)).figures}
    assert figures["site_slope"] == 1.0
    assert 0.5 < figures["site_slope_refused"] < 0.57


def test_few_witnesses_change_nothing():
    """Without enough located pairs the model stays as it was learned."""
    levels, mass, settings, model = drawn(2, 300)
    assert correct_site(levels, mass, settings, model) is model


def drawn_marks(share, pairs=20_000):
    """Draw the located pairs from above, unmarked, and as many that have a mark on one side, of which a share is one site."""
    levels, mass, settings, model = drawn(1, pairs)
    site = list(model.site)
    site[POINT] = np.array([0.0, 13.0, 13.0, 0.0, -13.0, -13.0])  # here two sites never lie close by chance
    model, rng = replace(model, site=tuple(site)), np.random.default_rng(4)
    levels[:, BRANCH], marked = NONE, np.zeros_like(levels)
    one_site = rng.random(pairs) < share
    marked[:, BRANCH] = ONE_SIDED
    marked[:, POINT] = np.where(one_site, rng.choice([1, 2], pairs), rng.choice([4, 5], pairs))
    return np.concatenate([levels, marked]), np.append(mass, np.ones(pairs)), settings, model


@pytest.mark.parametrize("share", [0.0, 0.001, 0.004])
def test_a_mark_says_as_much_as_the_points_of_marked_pairs(share):
    """Few marked pairs lie where one site would: the mark weighs more than the rule table has it weigh."""
    levels, mass, settings, model = drawn_marks(share)
    corrected = correct_branch_markers(levels, mass, settings, model)
    bare = levels[-1:].copy()
    bare[:, POINT] = 0
    assert corrected.ask("site", bare)[0] == pytest.approx(share, abs=0.002)
    assert corrected.site[BRANCH][ONE_SIDED] <= model.site[BRANCH][ONE_SIDED]


def test_a_mark_is_never_made_to_say_less():
    """Two sites may stand at one spot: marked pairs that lie close are no reason to make them one."""
    levels, mass, settings, model = drawn_marks(0.6)
    before, after = (
        model.site[BRANCH][ONE_SIDED],
        correct_branch_markers(levels, mass, settings, model).site[BRANCH][ONE_SIDED],
    )
    assert after == pytest.approx(before, abs=0.01)


def test_few_marked_witnesses_change_nothing():
    """Without enough located pairs a mark says what the rule table has it say."""
    levels, mass, settings, model = drawn_marks(0.0, 300)
    for weights, corrected in zip(model.site, correct_branch_markers(levels, mass, settings, model).site, strict=True):
        assert weights.tolist() == corrected.tolist()


@pytest.mark.parametrize("copies", [1, 2])
@pytest.mark.parametrize("astray", [0.0, 1.5])
def test_what_the_corrected_model_promises_comes_true(copies, astray):
    """A prior that is too high is set right by where the points lie; evidence given twice may be a misfit, and is said."""
    levels, mass, settings, model = drawn(copies, 20_000)
    one_site, bare = levels[:, POINT] <= 2, levels.copy()
    bare[:, POINT] = 0
    corrected = correct_site(levels, mass, settings, replace(model, prior_site=model.prior_site + astray))
    promised = corrected.ask("site", bare)
    if any(name == "site_slope_refused" for name, _, _ in corrected.figures):
        assert copies == 2
        return
    for phone in (1, 3):
        here = levels[:, PHONE] == phone
        assert promised[here].mean() == pytest.approx(one_site[here].mean(), abs=0.05)


def test_points_themselves_keep_their_weight():
    """They are the measure; everything else is shortened alike."""
    levels, mass, settings, model = drawn(2, 20_000)
    corrected = correct_site(levels, mass, settings, model)
    factor = {name: value for name, value, _ in corrected.figures}["site_slope"]
    assert corrected.site[POINT].tolist() == model.site[POINT].tolist()
    for column in (PHONE, SEAT):
        assert corrected.site[column].tolist() == pytest.approx((model.site[column] * factor).tolist())


def test_without_points_or_labels_nothing_is_corrected():
    """Settings without a comparison of points are not calibrated; those without labels have no marks of two sites."""
    levels, mass, settings, model = drawn_marks(0.0)
    pointless = replace(settings, comparisons=tuple(one for one in settings.comparisons if one.name != "point"))
    assert correct_site(levels, mass, pointless, model) is model
    assert correct_branch_markers(levels, mass, pointless, model) is model
    assert correct_branch_markers(levels, mass, replace(settings, labels=None), model) is model


def test_points_never_make_the_site_question_bolder():
    """A prior that is too low stays: what points can't contradict is no reason to link more."""
    levels, mass, settings, model = drawn(1, 20_000)
    low = replace(model, prior_site=model.prior_site - 3.0)
    corrected = correct_site(levels, mass, settings, low)
    assert (corrected.ask("site", levels) <= np.maximum(low.ask("site", levels), 0.5) + 1e-9).all()
    assert corrected.prior_site <= low.prior_site + 1e-9 or low.prior_site < 0


def test_a_calibration_on_its_bound_is_reported_and_not_applied():
    """Evidence that is worth nothing at all sends the slope to its bound: a misfit, not an estimate."""
    levels, mass, settings, model = drawn(1, 20_000)
    levels[:, PHONE] = np.random.default_rng(5).choice([1, 3], len(levels))
    corrected = correct_site(levels, mass, settings, model)
    figures = {name: value for name, value, _ in corrected.figures}
    assert figures["site_slope"] == 1.0
    assert figures["site_slope_refused"] < 0.57
    assert [weights.tolist() for weights in corrected.site] == [weights.tolist() for weights in model.site]
