"""What judged pairs teach the machine: to be more careful where it was too sure, and never bolder."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.matching.clustering.constraints import Decided
from minglu.matching.linkage import link_rows
from minglu.matching.model.clerical_calibration import LEAST_REVIEWED, NO_CORRECTION, fit_correction
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.settings.linkage_settings import load_linkage_settings
from tests.matching.drawn_lists import draw, rows_of


def judged(seed, n=400, shift=0.0, slope=1.0):
    """Draw scores, and truths that follow them after a shift and a slope."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(-5, 5, n)
    return 1 / (1 + np.exp(-scores)), rng.random(n) < 1 / (1 + np.exp(-(shift + slope * scores)))


def test_too_sure_a_model_is_told_so():
    """A true shift of -2 is found, most of it, and foretells unseen pairs better."""
    found = fit_correction(*judged(1, shift=-2.0))
    assert found.used
    assert -2.3 < found.shift < -1.3
    assert found.loss_after < found.loss_before


def test_calibrated_model_is_left_alone_or_nearly():
    """Where the model is right the correction stays near none."""
    found = fit_correction(*judged(2))
    assert abs(found.shift) < 0.4
    assert abs(found.slope - 1) < 0.25


def test_few_or_one_sided_labels_teach_nothing():
    """Fewer than thirty pairs, or all of one kind, are no ground for a correction; their number is told."""
    p, match = judged(3, n=LEAST_REVIEWED - 1)
    assert not fit_correction(p, match).used
    found = fit_correction(np.full(100, 0.5), np.ones(100, dtype=bool))
    assert (found.used, found.reviewed) == (False, 100)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(-4, 4), st.floats(0.2, 3))
def test_correction_keeps_the_order_of_scores(seed, shift, slope):
    """A likelier pair stays likelier, whatever was judged; the ends stay probabilities."""
    p = np.sort(np.append(judged(seed)[0], [0.0, 1.0]))
    corrected = fit_correction(*judged(seed, shift=shift, slope=slope)).apply(p)
    assert np.all(np.diff(corrected) >= 0)
    assert np.all((corrected >= 0) & (corrected <= 1))
    assert np.array_equal(NO_CORRECTION.apply(p), p)


def test_doubtful_pairs_teach_nothing_about_sure_ones():
    """A clerk who calls nearly all doubtful pairs different sends doubtful ones back, and splits no sure unit."""
    p = np.linspace(0.1, 0.9, 200)
    found = fit_correction(p, np.arange(200) % 10 == 0)
    assert found.apply(np.array([0.9]))[0] < 0.5
    assert np.array_equal(found.apply(np.array([0.95, 0.9999])), [0.95, 0.9999])


@pytest.fixture(scope="module")
def county():
    entries, truth = draw(500, seed=5)
    rows = rows_of(entries)
    return (
        rows,
        [truth[one] for one in rows.entry_id.to_pylist()],
        link_rows(rows, load_linkage_settings(), VerdictRules()),
    )


def decide(rows, linkage, answer):
    ids = {one: n for n, one in enumerate(rows.entry_id.to_pylist())}
    open_pairs = [row for row in linkage.scored_pairs.to_pylist() if not row["barrier"]]
    pairs = [(ids[row["left"]], ids[row["right"]]) for row in open_pairs]
    return Decided(
        *(
            np.array(column, dtype=np.int64)
            for column in zip(*((a, b, answer(n, a, b)) for n, (a, b) in enumerate(pairs)), strict=True)
        )
    )


def figures(linkage):
    return {row["figure"]: row["value"] for row in linkage.figures.to_pylist()}


def test_judged_pairs_show_before_and_after(county):
    """With labels the figures tell how many, and the loss before and after; without, they are not there."""
    rows, truth, plain = county
    assert not any(name.startswith(("judged", "log_loss")) for name in figures(plain))
    taught = figures(
        link_rows(
            rows,
            load_linkage_settings(),
            VerdictRules(),
            decide(rows, plain, lambda _, a, b: 2 if truth[a][0] == truth[b][0] else int(truth[a][1] == truth[b][1])),
        )
    )
    assert taught["judged_site"] > LEAST_REVIEWED


def test_pairs_that_people_chose_themselves_bind_and_teach_nothing(county):
    """An enumerator finds duplicates, not pairs by score: what he says is obeyed and tells nothing of the scores."""
    rows, _, plain = county
    chosen = decide(rows, plain, lambda n, *_: 2 if n % 7 else 0)
    none = replace(chosen, for_calibration=np.zeros(len(chosen), dtype=bool))
    made = link_rows(rows, load_linkage_settings(), VerdictRules(), none)
    assert not any(name.startswith(("judged", "log_loss")) for name in figures(made))
    for bits in ("bits_legal", "bits_site"):  # the second pass may see other units, never other weights
        assert made.weights.column(bits).equals(plain.weights.column(bits))
    some = replace(chosen, for_calibration=np.arange(len(chosen)) < LEAST_REVIEWED)
    assert figures(link_rows(rows, load_linkage_settings(), VerdictRules(), some))["judged_site"] == LEAST_REVIEWED


def test_labels_never_make_the_machine_bolder(county):
    """Whatever people say of single pairs, the machine itself links no pair that it would not have linked."""
    rows, _, plain = county
    linked = {(row["left"], row["right"]) for row in plain.scored_pairs.to_pylist() if row["verdict"] == "link"}
    for answer in (lambda n, *_: 2 if n % 7 else 0, lambda n, *_: 0 if n % 7 else 2):
        one = decide(rows, plain, answer)
        alone = Decided(one.left[:60], one.right[:60], one.relation[:60])
        made = link_rows(rows, load_linkage_settings(), VerdictRules(), alone)
        assert figures(made)["site_links"] <= figures(made).get("links_site_uncorrected", figures(made)["site_links"])
        assert {
            (row["left"], row["right"]) for row in made.scored_pairs.to_pylist() if row["verdict"] == "link"
        } <= linked
