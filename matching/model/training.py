"""The model learned without labels, from the patterns of all compared pairs.  No verdicts.

The legal question is learned from free training pairs: rows whose valid codes agree,
or disagree.  A logistic fit (not counting level by level) takes care of the
dependence between comparisons: evidence given by two comparisons counts once.  Only pairs
that some rule proposed for another reason than their codes are taken, since only
they are a fair sample of what the rest is worth.

The site question has no free answers and is learned by expectation and maximisation
on the pairs of one legal unit; so is the legal question where the settings names no labels.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from minglu.common.arrays import Flags, Levels, Numbers, distinct
from minglu.common.bilingual import Bilingual
from minglu.matching.model.branch_markers import add_marked, own_code_bits
from minglu.matching.model.expectation_maximisation import SHRINK_PAIRS, fit_em
from minglu.matching.model.ordered_logit import Sample, fit_ordered, level_bits
from minglu.matching.model.spatial_calibration import correct_branch_markers, correct_site
from minglu.matching.model.weights import BIT, Figures, Model, Patterns, starting_model, sum_weights
from minglu.matching.settings.linkage_settings import (
    MISSING_LEVEL,
    Labels,
    LinkageSettings,
    any_of,
    level_is,
    pack_levels,
    unpack_levels,
)

PRIOR_SPREAD_BITS = 2.0  # how far the data may move a weight before it is held back
LABEL_NOISE = 0.0001  # share of wrong free labels: a code typed from another file, a unit re-registered
MOST_MOVED_BITS = 1.5  # a weight of the site question further from its start is dependence, not evidence
LABEL_ROUNDS = 4  # after them no weight moves by a tenth of a bit


def learn_model(patterns: Patterns, settings: LinkageSettings) -> Model:
    """Learn both questions from the patterns of all compared pairs; deterministic."""
    model = starting_model(settings)
    if not len(patterns.pairs):
        return model
    if settings.labels is None:
        never = np.zeros(len(patterns.pairs), dtype=np.bool_)
        model, _ = fit_em("legal", patterns.levels, patterns.pairs.astype(np.float64), settings, model, never=never)
    else:
        model = _learn_legal(patterns, settings, settings.labels, model)
    return _learn_site(patterns, settings, model) if _learned_columns(settings, "site") else model


def _learn_legal(patterns: Patterns, settings: LinkageSettings, labels: Labels, start: Model) -> Model:
    """Learn the legal question from pairs whose valid codes agree or disagree.

    Agreeing codes are taken at their word.  Disagreeing ones are not quite: a branch and
    a second licence have codes of their own.  So pairs with a branch are taken otherwise (marks.py), and
    the codes' own weights and the labels of the disagreeing pairs are learned in turn with the rest.
    """
    same = level_is(patterns.levels, settings, labels.comparison, *labels.same)
    other = level_is(patterns.levels, settings, labels.comparison, *labels.other)
    other &= ~any_of(patterns.levels, settings, labels.two_sites)
    weight = np.where(same | other, patterns.shared, 0).astype(np.float64)
    model = replace(start, figures=_label_figures(weight[same].sum(), weight[other].sum()))
    if not (weight[same].any() and weight[other].any()):
        return model
    rows = np.flatnonzero(weight)
    levels, nothing = patterns.levels[rows], np.zeros(len(rows))
    answer = same.astype(np.float64)
    for _ in range(LABEL_ROUNDS):
        yes = LABEL_NOISE + (1.0 - 2.0 * LABEL_NOISE) * answer[rows]
        sample = Sample(levels, nothing, weight[rows] * yes, weight[rows] * (1.0 - yes))
        sample = add_marked(sample, patterns, settings, labels, model, answer=answer)
        model = _fit_legal(sample, settings, labels, model)
        model = _with_code_weights(patterns, settings, labels, model, same)
        answer = np.where(same, 1.0, model.probabilities(patterns.levels)[1])
    return model


def _label_figures(same: float, other: float) -> Figures:
    return (
        ("free_pairs_same", float(same), Bilingual("有效代码相同的候选对", "proposed pairs whose valid codes agree")),
        (
            "free_pairs_other",
            float(other),
            Bilingual("有效代码不同的候选对", "proposed pairs whose valid codes differ"),
        ),
    )


def _fit_legal(sample: Sample, settings: LinkageSettings, labels: Labels, model: Model) -> Model:
    """Fit the weights of the legal question that the data may move, those of the labels apart."""
    start = starting_model(settings)
    columns = _fitted_columns(settings, labels)
    offset = _known_bits(sample.levels, settings, labels) * BIT
    sample = replace(sample, levels=sample.levels[:, columns], offset=offset)
    comparisons = [settings.comparisons[column] for column in columns]
    centre, begin = (
        (given.prior_legal * BIT, np.concatenate([given.legal[column][1:] for column in columns]) * BIT)
        for given in (start, model)
    )
    prior, weights = fit_ordered(sample, comparisons, centre=centre, begin=begin, spread=PRIOR_SPREAD_BITS * BIT)
    prior, legal = prior / BIT, list(model.legal)
    ends = np.cumsum([len(comparison.levels) for comparison in comparisons])[:-1]
    for place, values in enumerate(np.split(weights / BIT, ends)):
        usual = 0.0 if comparisons[place].ordered else values[_commonest(sample, place)]
        legal[columns[place]] = np.concatenate([[0.0], values - usual])
        prior += usual
    return replace(model, legal=tuple(legal), prior_legal=prior)


def _commonest(sample: Sample, place: int) -> int:
    """Return the place of the commonest level of a comparison of kinds: it weighs nothing, the prior holds it."""
    seen = np.bincount(sample.levels[:, place], weights=sample.yes + sample.no, minlength=2)[1:]
    return int(seen.argmax())


def _learned_columns(settings: LinkageSettings, question: str) -> list[int]:
    return [column for column, comparison in enumerate(settings.comparisons) if comparison.learns(question)]


def _fitted_columns(settings: LinkageSettings, labels: Labels) -> list[int]:
    """Return the columns whose weights are fitted to the labels: all that may learn, the labels themselves apart."""
    return [column for column in _learned_columns(settings, "legal") if column != settings.column(labels.comparison)]


def _known_bits(levels: Levels, settings: LinkageSettings, labels: Labels) -> Numbers:
    """Add up the weights of the legal question that the rule table says not to learn."""
    learned = {*_learned_columns(settings, "legal"), settings.column(labels.comparison)}
    weights = settings.start("legal")
    known = tuple(np.zeros_like(values) if column in learned else values for column, values in enumerate(weights))
    return sum_weights(levels, known)


def _with_code_weights(
    patterns: Patterns, settings: LinkageSettings, labels: Labels, model: Model, same: Flags
) -> Model:
    """Learn what codes that do not agree are worth, from what everything else says about their pairs.

    Agreeing codes keep their starting weight: they are the standard, nothing can check them.
    """
    code = settings.column(labels.comparison)
    comparison = settings.comparisons[code]
    levels = patterns.levels.copy()
    levels[:, code] = MISSING_LEVEL
    p_legal = np.where(same, 1.0, model.probabilities(levels)[1])
    start = np.array([level.legal for level in comparison.levels])
    seen = patterns.shared.astype(np.float64)
    yes, no = seen * p_legal, seen * (1 - p_legal)
    learned = level_bits(patterns.levels[:, code], yes, no, start, shrink=SHRINK_PAIRS, degrees=comparison.degrees)
    for key in labels.own:
        number = comparison.number(key)
        learned[number] = own_code_bits(patterns, settings, labels, p_legal, start=start[number - 1])
    kept = [comparison.number(key) for key in labels.trusted]
    learned[kept] = start[np.array(kept) - 1]
    learned[1:] = np.minimum.accumulate(learned[1:])
    return replace(model, legal=(*model.legal[:code], learned, *model.legal[code + 1 :]))


def _learn_site(patterns: Patterns, settings: LinkageSettings, model: Model) -> Model:
    """Learn by EM which levels distinguish one site from two sites of one legal unit.

    Marked branches and different serials are certainly two sites: they show where the
    sites of one unit stand to each other, and keep the EM from dividing the pairs by
    anything else.  The share of one site is counted among the other pairs only.
    """
    p_legal = model.probabilities(patterns.levels)[1]
    rows = np.flatnonzero((p_legal > 0.5) & (patterns.pairs > 0))
    if not len(rows):
        return model
    mass = np.multiply(patterns.pairs[rows], p_legal[rows], dtype=np.float64)
    levels, mass = _as_seen_by(settings, "site", patterns.levels[rows], mass)
    two = any_of(levels, settings, settings.labels.two_sites if settings.labels else {})
    model, p_site = fit_em("site", levels, mass, settings, model, never=two, most_moved=_site_freedom(settings))
    share = float((mass * p_site)[~two].sum() / max(mass[~two].sum(), 1.0))
    meaning = Bilingual(
        "同一法人单位、无分支标志差别的候选对中同一场所的比例",
        "share of one site among pairs of one unit without marks",
    )
    model = replace(model, figures=(*model.figures, ("site_share", share, meaning)))
    model = correct_site(levels[~two], mass[~two], settings, model)
    return correct_branch_markers(levels, mass, settings, model)


def _site_freedom(settings: LinkageSettings) -> float:
    """Return by how many bits the site question may move a weight: where the table was fitted to truth, by few."""
    return math.inf if settings.labels is None else MOST_MOVED_BITS


def _as_seen_by(settings: LinkageSettings, question: str, levels: Levels, mass: Numbers) -> tuple[Levels, Numbers]:
    """Add up the patterns that are one to a question: that differ only in comparisons which are no evidence on it."""
    missing = [column for column, one in enumerate(settings.comparisons) if question not in one.questions]
    levels = levels.copy()
    levels[:, missing] = MISSING_LEVEL
    values, place, _ = distinct(pack_levels(levels, settings))
    return unpack_levels(values, settings), np.bincount(place, weights=mass).astype(np.float64)
