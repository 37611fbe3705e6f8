"""The linkage of one partition: block, compare, estimate, apply thresholds, cluster.  No engine, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa

from minglu.common.arrays import Integers, Numbers, union
from minglu.common.bilingual import Bilingual
from minglu.common.graphs import Connect, connect_here
from minglu.common.parallel import Spread, over_threads, together
from minglu.matching.clustering.constrained_clusters import (
    CUT_REASONS,
    NO_WITHIN_LIST_PAIRS,
    UNSEEN_WITHIN_LIST_BITS,
    Clustering,
    Links,
    WithinListPairs,
    cluster,
    contract,
)
from minglu.matching.clustering.constraints import NO_ROWS, NOTHING_DECIDED, Bounds, Decided
from minglu.matching.clustering.second_pass import second_pass
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.comparing.comparisons import CHAIN_BRANCHES
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.encoding.text_hashing import MISSING, join_codes
from minglu.matching.linkage_schemas import CLUSTERS, CUTS, FIGURES, LINKAGE_FIGURES, frequencies, scored_pairs
from minglu.matching.model.clerical_calibration import NO_CORRECTION, Correction, fit_correction
from minglu.matching.model.match_waterfall import weight_table
from minglu.matching.model.thresholds import RELATIONS, VERDICTS, VerdictRules, Verdicts, apply_thresholds
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Model, Patterns
from minglu.matching.settings.linkage_settings import LinkageSettings


@dataclass(frozen=True, slots=True)
class Linkage:
    """All tables of linkage, as declared in matching/linkage_schemas.py; each in a stated order."""

    scored_pairs: pa.Table
    clusters: pa.Table
    cuts: pa.Table
    uncompared: pa.Table
    weights: pa.Table
    figures: pa.Table
    frequencies: pa.Table

    def tables(self) -> dict[str, pa.Table]:
        """Return the tables under the names that the register uses."""
        return {
            "scored_pairs": self.scored_pairs,
            "clusters": self.clusters,
            "cuts": self.cuts,
            "uncompared": self.uncompared,
            "weights": self.weights,
            "linkage_figures": self.figures,
            "crowds": self.frequencies,
        }


def link_rows(
    rows: CodedRows,
    settings: LinkageSettings,
    rules: VerdictRules,
    decided: Decided = NOTHING_DECIDED,
    *,
    spread: Spread = over_threads,
    connect: Connect = connect_here,
) -> Linkage:
    """Link the rows of one partition under the settings; what people `decided` wins over the machine.

    Blocking and comparing are `spread`, and `connect` finds components: the result is the same wherever that is done.

    scored_pairs keeps the linked pairs, those for review, and the near-misses (p_legal
    at or above `keep_floor`), ordered by left and right; every other compared pair is
    counted in the figures only.
    """
    # Long: the steps of linkage in their order, each fed by the one before.
    pairs, patterns, uncompared = compare_rows(rows, settings, spread=spread)
    model = learn_model(patterns, settings)
    pairs, patterns, verdicts = verdicts_in_two_passes(
        rows, pairs, patterns, model, settings=settings, rules=rules, decided=decided, connect=connect
    )
    corrections = learn_corrections(pairs, verdicts, decided)
    calibration_figures = correction_figures(corrections, verdicts, patterns)
    if any(correction.used for correction in corrections):
        verdicts = apply_thresholds(patterns.levels, patterns.pairs, model, settings, rules, corrections=corrections)
    ids = rows.entry_id
    (sites, legal_units, cuts), scored = together(
        partial(cluster_rows, rows, pairs, verdicts, decided, connect=connect),
        partial(_scored_pairs, ids, pairs, patterns, verdicts, settings=settings, decided=decided),
    )
    return Linkage(
        scored_pairs=scored,
        clusters=pa.table({"entry_id": ids, "site_key": ids.take(sites), "legal_key": ids.take(legal_units)}).cast(
            CLUSTERS
        ),
        cuts=cuts,
        uncompared=uncompared,
        weights=weight_table(model, settings, patterns),
        figures=_figures(
            patterns, replace(model, figures=(*model.figures, *calibration_figures)), verdicts, sites, legal_units
        ),
        frequencies=_frequency_table(rows),
    )


def verdicts_in_two_passes(
    rows: CodedRows,
    pairs: ComparedPairs,
    patterns: Patterns,
    model: Model,
    *,
    settings: LinkageSettings,
    rules: VerdictRules,
    decided: Decided = NOTHING_DECIDED,
    connect: Connect = connect_here,
) -> tuple[ComparedPairs, Patterns, Verdicts]:
    """Give verdicts, cluster, and give verdicts once more given the clusters; returns pairs, patterns, verdicts."""
    verdicts = apply_thresholds(patterns.levels, patterns.pairs, model, settings, rules)
    sites, legal_units, _ = cluster_rows(rows, pairs, verdicts, decided, connect=connect)
    patterns, pairs = second_pass(rows, pairs, patterns, verdicts, settings, sites=sites, legal_units=legal_units)
    return pairs, patterns, apply_thresholds(patterns.levels, patterns.pairs, model, settings, rules)


# -- calibration on reviewed pairs ------------------------------------------------------------------------------


def learn_corrections(pairs: ComparedPairs, verdicts: Verdicts, decided: Decided) -> tuple[Correction, Correction]:
    """Compare the probabilities of reviewed pairs with the reviewers' answers: for sites, and for legal units."""
    decided = decided.lessons()
    if not len(decided):
        return NO_CORRECTION, NO_CORRECTION
    places = decided.places_in(pairs.left, pairs.right)
    said, pattern = decided.among(pairs.left[places], pairs.right[places]), pairs.pattern_of[places]
    open_site, open_legal = verdicts.bar_site[pattern] == 0, ~verdicts.bar_legal[pattern]
    return (
        fit_correction(verdicts.p_site[pattern[open_site]], said[open_site] == RELATIONS.index("same_site")),
        fit_correction(verdicts.p_legal[pattern[open_legal]], said[open_legal] != RELATIONS.index("different")),
    )


def correction_figures(
    corrections: tuple[Correction, Correction], before: Verdicts, patterns: Patterns
) -> list[tuple[str, float, Bilingual]]:
    """Report the calibration on reviewed pairs: their number, and the log loss before and after."""
    figures: list[tuple[str, float, Bilingual]] = []
    links = (before.link_site, before.link_legal)
    for name, zh, en, correction, linked in zip(
        ("site", "legal"), ("场所", "法人"), ("sites", "legal units"), corrections, links, strict=True
    ):
        if correction.reviewed:
            meaning = Bilingual(f"人工判定的对数（{zh}）", f"reviewed pairs, {en}")
            figures.append((f"judged_{name}", float(correction.reviewed), meaning))
        if np.isfinite(correction.loss_before):
            count = float(patterns.pairs[linked].sum())
            rows = (
                (f"log_loss_{name}", correction.loss_before, "模型对判定的预测损失", f"the model's log loss, {en}"),
                (f"log_loss_{name}_corrected", correction.loss_after, "校正后，交叉检验", "corrected, cross-tested"),
                (f"correction_shift_{name}", correction.shift, "对数几率平移", "shift of the log-odds used"),
                (f"correction_slope_{name}", correction.slope, "对数几率斜率", "slope of the log-odds used"),
                (f"links_{name}_uncorrected", count, "不校正时的连接数", "links without the correction"),
            )
            figures += [(key, value, Bilingual(f"{chinese}（{zh}）", english)) for key, value, chinese, english in rows]
    return figures


# -- clusters ----------------------------------------------------------------------------------------------


def cluster_rows(
    rows: CodedRows,
    pairs: ComparedPairs,
    verdicts: Verdicts,
    decided: Decided = NOTHING_DECIDED,
    *,
    connect: Connect = connect_here,
) -> tuple[Integers, Integers, pa.Table]:
    """Cluster rows into sites, then sites into legal units; returns both labels and the table of cuts."""
    lists, branch = rows.codes.get("list"), rows.column("branch")
    second = pairs.where(verdicts.link_second_licence)
    second = second[decided.among(pairs.left[second], pairs.right[second]) < 0]
    licences = rows.column("org_code")
    org_code = _alias_codes(licences, pairs.left[second], pairs.right[second])
    permit = np.where(org_code == MISSING, MISSING, join_codes(org_code, rows.column("permit_serial")))
    permit = np.where(permit == MISSING, rows.column("permit_no"), permit)
    identities = {"code": org_code, "branch": branch, "permit": permit}
    every = np.arange(len(rows))
    site_links = _links(pairs, verdicts, "site", every, bounds=decided.site_bounds(), connect=connect)
    site_links = replace(site_links, within_list=_within_list_pairs(pairs, verdicts, lists))
    sites = cluster(len(rows), site_links, identities, lists, licences)
    apart = (NO_ROWS, NO_ROWS)
    while len(decided) and len((found := decided.clashes(sites.label))[0]):
        apart = (np.append(apart[0], found[0]), np.append(apart[1], found[1]))
        site_links = replace(site_links, bounds=decided.site_bounds(apart))
        sites = cluster(len(rows), site_links, identities, lists, licences)
    legal_links = _links(
        pairs, verdicts, "legal", sites.label, bounds=decided.legal_bounds(sites.label), connect=connect
    )
    of_head = (branch == MISSING) & (rows.frequency("branches_of_full") < CHAIN_BRANCHES)
    (own_code,) = contract(sites.label, [np.where(of_head, org_code, MISSING)])
    legal = cluster(len(rows), legal_links, {"code": own_code})
    cuts = pa.concat_tables(
        [
            _cut_table(rows.entry_id, site_links, sites, "same_site"),
            _cut_table(rows.entry_id, legal_links, legal, "same_legal"),
        ]
    )
    return sites.label, legal.label[sites.label], cuts


def _alias_codes(codes: Integers, left: Integers, right: Integers) -> Integers:
    """Give the codes (numbers 1, 2, ...) of second licences that are linked to a first one the code of that one."""
    if not len(left):
        return codes
    return connect_here(int(codes.max()) + 1, codes[left], codes[right])[codes]


def _within_list_pairs(pairs: ComparedPairs, verdicts: Verdicts, lists: Integers | None) -> WithinListPairs:
    """Return the compared pairs of one list that might be one site."""
    if lists is None:
        return NO_WITHIN_LIST_PAIRS
    bits = _log_odds(verdicts.p_site)
    might = (bits >= UNSEEN_WITHIN_LIST_BITS) & (verdicts.bar_site == 0) & ~verdicts.two_sites
    places = pairs.where(might, lists)
    return WithinListPairs(pairs.left[places], pairs.right[places], bits[pairs.pattern_of[places]])


def _log_odds(p: Numbers) -> Numbers:
    """Return log-odds in bits, never beyond those of one in a million million."""
    bounded = np.clip(p, 1e-12, 1 - 1e-12)
    bits: Numbers = np.log2(bounded / (1 - bounded))
    return bits


def _links(
    pairs: ComparedPairs, verdicts: Verdicts, question: str, label: Integers, *, bounds: Bounds, connect: Connect
) -> Links:
    """Pick the pairs that are linked on a question, between the clusters that `label` names, and those barred.

    Of the barred ones only those can matter that the links would bring together.
    """
    site = question == "site"
    strength = _log_odds(verdicts.p_site if site else verdicts.p_legal)
    chosen = pairs.where(verdicts.link_site if site else verdicts.link_legal)
    left, right = label.take(pairs.left.take(chosen)), label.take(pairs.right.take(chosen))
    between = np.flatnonzero(left != right)
    chosen, left, right = chosen.take(between), left.take(between), right.take(between)
    joined = connect(len(label), np.append(left, bounds.must_left), np.append(right, bounds.must_right))
    barred = pairs.where(verdicts.bar_site > 0 if site else verdicts.bar_legal, joined[label])
    barred_left, barred_right = label.take(pairs.left.take(barred)), label.take(pairs.right.take(barred))
    apart = barred_left != barred_right
    patterns = pairs.pattern_of.take(chosen)
    return Links(
        left=left,
        right=right,
        strength=strength.take(patterns),
        late=verdicts.link_second_licence.take(patterns),
        barred_left=barred_left[apart],
        barred_right=barred_right[apart],
        bounds=bounds,
        joined=joined,
    )


def _cut_table(ids: pa.Array, links: Links, clustering: Clustering, relation: str) -> pa.Table:
    """List the links that clustering did not honour, each pair and reason once, with the two entries in the way."""
    left, right = links.left[clustering.cut], links.right[clustering.cut]
    cuts = sorted(set(zip(left.tolist(), right.tolist(), clustering.reasons, clustering.obstacles, strict=True)))
    sites = ("所在的场所", "the sites of ") if relation == "same_legal" else ("", "")
    reasons = [
        _name_obstacles(CUT_REASONS[reason], [ids[row].as_py() for row in rows], *sites) for *_, reason, rows in cuts
    ]
    return pa.table(
        {
            "left": ids.take(pa.array([min(one, two) for one, two, *_ in cuts], pa.int64())),
            "right": ids.take(pa.array([max(one, two) for one, two, *_ in cuts], pa.int64())),
            "relation": pa.array([relation] * len(cuts), pa.string()),
            "reason": pa.array(reasons, pa.string()),
        },
        schema=CUTS,
    )


def _name_obstacles(reason: Bilingual, entries: Sequence[str], of_zh: str, of_en: str) -> Bilingual:
    """Put the two entries (or their sites) that stood in the way behind the reason, in both languages."""
    one, two = sorted(entries)
    return Bilingual(f"{reason.zh}：{one} 与 {two}{of_zh}", f"{reason.en}: {of_en}{one} and {two}")


# -- tables ------------------------------------------------------------------------------------------------


def _scored_pairs(
    ids: pa.Array,
    pairs: ComparedPairs,
    patterns: Patterns,
    verdicts: Verdicts,
    *,
    settings: LinkageSettings,
    decided: Decided,
) -> pa.Table:
    kept = union(pairs.where(verdicts.keep), decided.places_in(pairs.left, pairs.right))
    relation = decided.among(pairs.left[kept], pairs.right[kept])
    pattern = pairs.pattern_of[kept]
    columns = {"left": ids.take(pa.array(pairs.left[kept])), "right": ids.take(pa.array(pairs.right[kept]))}
    columns |= {name: patterns.levels[pattern, column] for column, name in enumerate(settings.names)}
    columns |= {"p_site": verdicts.p_site[pattern], "p_legal": verdicts.p_legal[pattern]}
    columns["relation"] = _words(RELATIONS, verdicts.relation[pattern])
    columns["verdict"] = _words(VERDICTS, verdicts.verdict[pattern])
    columns["barrier"] = _words(
        ("", *(cannot_link.name for cannot_link in settings.cannot_links)), verdicts.bar_site[pattern]
    )
    columns["decided"] = _words(("", *RELATIONS), relation + 1)
    return pa.table(columns).cast(scored_pairs(settings.names))


def _frequency_table(rows: CodedRows) -> pa.Table:
    """Write down what was counted of each row: with it any two rows can be compared again."""
    counted = {"precision_m": pa.array(rows.precision_m, from_pandas=True), **rows.frequencies}
    return pa.table({"entry_id": rows.entry_id, **counted}, schema=frequencies(rows.frequencies))


def _words(words: tuple[str, ...], numbers: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(numbers))


def _figures(
    patterns: Patterns, model: Model, verdicts: Verdicts, site_of: Integers, legal_unit_of: Integers
) -> pa.Table:
    """Count what linkage did, for the report."""
    sites, legal_units = (np.bincount(label, minlength=1) for label in (site_of, legal_unit_of))
    count = patterns.pairs
    values = {
        "entries": len(site_of),
        "compared_pairs": count.sum(),
        "patterns": len(count),
        "site_links": count[verdicts.link_site].sum(),
        "legal_links": count[verdicts.link_legal].sum(),
        "review_pairs": count[verdicts.verdict == 1].sum(),
        "threshold_site": verdicts.threshold_site,
        "threshold_legal": verdicts.threshold_legal,
        "expected_wrong_sites": _expected_wrong(verdicts.p_site, verdicts.link_site, count),
        "expected_wrong_legal": _expected_wrong(verdicts.p_legal, verdicts.link_legal, count),
        "sites": (sites > 0).sum(),
        "legal_units": (legal_units > 0).sum(),
        "largest_site": sites.max(initial=0),
        "largest_legal_unit": legal_units.max(initial=0),
    }
    figures = [*((name, value, FIGURES[name]) for name, value in values.items()), *model.figures]
    return pa.Table.from_pylist(
        [{"figure": name, "value": float(value), "meaning": meaning} for name, value, meaning in figures],
        schema=LINKAGE_FIGURES,
    )


def _expected_wrong(p: Numbers, linked: np.ndarray, count: Integers) -> float:
    total = count[linked].sum()
    return float(((1 - p[linked]) * count[linked]).sum() / total) if total else 0.0
