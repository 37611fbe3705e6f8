"""The linkage of one partition, step by step: block, compare, learn, judge, cluster.  No engine, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from minglu.matching.arrays import Flags, Integers, Numbers, distinct
from minglu.matching.blocking import CandidatePairs, candidate_pairs
from minglu.matching.clusters import CUT_REASONS, Clustering, Links, cluster, components, contract
from minglu.matching.coding import SILENT
from minglu.matching.comparisons import compare_all
from minglu.matching.correction import NO_CORRECTION, Correction, fit_correction
from minglu.matching.decided import NO_ROWS, NOTHING_DECIDED, Decided
from minglu.matching.evidence import weight_table
from minglu.matching.learning import learn_model
from minglu.matching.model import Model, Patterns
from minglu.matching.policy import Policy, unpack_levels
from minglu.matching.rows import CodedRows
from minglu.matching.second_look import look_again
from minglu.matching.tables import CLUSTERS, CUTS, LINKAGE_FIGURES, scored_pairs
from minglu.matching.verdicts import RELATIONS, VERDICTS, VerdictRules, Verdicts, judge


@dataclass(frozen=True, slots=True)
class Linkage:
    """All tables of linkage, as declared in matching/tables.py; each in a stated order."""

    scored_pairs: pa.Table
    clusters: pa.Table
    cuts: pa.Table
    uncompared: pa.Table
    weights: pa.Table
    figures: pa.Table

    def tables(self) -> dict[str, pa.Table]:
        """Return the tables under the names that the register uses."""
        return {
            "scored_pairs": self.scored_pairs,
            "clusters": self.clusters,
            "cuts": self.cuts,
            "uncompared": self.uncompared,
            "weights": self.weights,
            "linkage_figures": self.figures,
        }


def link_rows(rows: CodedRows, policy: Policy, rules: VerdictRules, decided: Decided = NOTHING_DECIDED) -> Linkage:
    """Link the rows of one partition under a policy; what people `decided` wins over the machine.

    scored_pairs keeps the linked pairs, those for review, and the near-misses (p_legal
    at or above `keep_floor`), ordered by left and right; every other compared pair is
    counted in the figures only.
    """
    pairs = candidate_pairs(rows, policy.blocks)
    packed = compare_all(rows, pairs.left, pairs.right, policy)
    patterns, pattern_of = count_patterns(packed, pairs, policy)
    del packed
    model = learn_model(patterns, policy)
    verdicts = judge(patterns.levels, patterns.pairs, model, policy, rules)
    sites, legal_units, _ = cluster_rows(rows, pairs, pattern_of, verdicts, decided)
    patterns, pattern_of = look_again(
        pairs,
        pattern_of,
        patterns,
        verdicts,
        policy,
        lists=rows.column("list"),
        sites=sites,
        legal_units=legal_units,
    )
    verdicts = judge(patterns.levels, patterns.pairs, model, policy, rules)
    corrections = learn_corrections(pairs, pattern_of, verdicts, decided)
    taught = correction_figures(corrections, verdicts, patterns)
    if any(correction.used for correction in corrections):
        verdicts = judge(patterns.levels, patterns.pairs, model, policy, rules, corrections=corrections)
    sites, legal_units, cuts = cluster_rows(rows, pairs, pattern_of, verdicts, decided)
    ids = rows.entry_id
    return Linkage(
        scored_pairs=_scored_pairs(ids, pairs, pattern_of, patterns, verdicts, policy=policy, decided=decided),
        clusters=pa.table({"entry_id": ids, "site_key": ids.take(sites), "legal_key": ids.take(legal_units)}).cast(
            CLUSTERS
        ),
        cuts=cuts,
        uncompared=pairs.uncompared,
        weights=weight_table(model, policy, patterns),
        figures=_figures(patterns, replace(model, figures=(*model.figures, *taught)), verdicts, sites, legal_units),
    )


def count_patterns(packed: Integers, pairs: CandidatePairs, policy: Policy) -> tuple[Patterns, Integers]:
    """Return the distinct patterns with their counts, and for each pair the number of its pattern."""
    values, place, counts = distinct(packed)
    on_code = np.array([rule.on_code for rule in pairs.rules], dtype=np.bool_)
    shared = np.bincount(place[~on_code[pairs.rule]], minlength=len(values))
    patterns = Patterns(levels=unpack_levels(values, policy), pairs=counts, shared=shared)
    return patterns, place.astype(np.int32)


# -- what judged pairs teach --------------------------------------------------------------------------------


def learn_corrections(
    pairs: CandidatePairs, pattern_of: Integers, verdicts: Verdicts, decided: Decided
) -> tuple[Correction, Correction]:
    """Compare the probabilities of judged pairs with what people said: for sites, and for legal units."""
    if not len(decided):
        return NO_CORRECTION, NO_CORRECTION
    said = decided.among(pairs.left, pairs.right)
    open_site = np.flatnonzero((said >= 0) & (verdicts.bar_site[pattern_of] == 0))
    open_legal = np.flatnonzero((said >= 0) & ~verdicts.bar_legal[pattern_of])
    return (
        fit_correction(verdicts.p_site[pattern_of[open_site]], said[open_site] == RELATIONS.index("same_site")),
        fit_correction(verdicts.p_legal[pattern_of[open_legal]], said[open_legal] != RELATIONS.index("different")),
    )


def correction_figures(
    corrections: tuple[Correction, Correction], before: Verdicts, patterns: Patterns
) -> list[tuple[str, float, str]]:
    """Say what judged pairs taught: how many there are, and how well they were foretold before and after."""
    figures: list[tuple[str, float, str]] = []
    links = (before.link_site, before.link_legal)
    for name, zh, en, correction, linked in zip(
        ("site", "legal"), ("场所", "法人"), ("sites", "legal units"), corrections, links, strict=True
    ):
        if correction.judged:
            judged = (f"judged_{name}", float(correction.judged), f"人工判定的对数（{zh}）/ judged pairs, {en}")
            figures.append(judged)
        if np.isfinite(correction.loss_before):
            count = float(patterns.pairs[linked].sum())
            figures += [
                (
                    f"log_loss_{name}",
                    correction.loss_before,
                    f"模型对判定的预测损失（{zh}）/ the model's log loss, {en}",
                ),
                (
                    f"log_loss_{name}_corrected",
                    correction.loss_after,
                    f"校正后，交叉检验（{zh}）/ corrected, cross-tested",
                ),
                (f"correction_shift_{name}", correction.shift, f"对数几率平移（{zh}）/ shift of the log-odds used"),
                (f"correction_slope_{name}", correction.slope, f"对数几率斜率（{zh}）/ slope of the log-odds used"),
                (f"links_{name}_uncorrected", count, f"不校正时的连接数（{zh}）/ links without the correction"),
            ]
    return figures


# -- clusters ----------------------------------------------------------------------------------------------


def cluster_rows(
    rows: CodedRows, pairs: CandidatePairs, pattern_of: Integers, verdicts: Verdicts, decided: Decided = NOTHING_DECIDED
) -> tuple[Integers, Integers, pa.Table]:
    """Cluster rows into sites, then sites into legal units; returns both labels and the table of cuts."""
    lists = rows.codes.get("list")
    branch = rows.column("branch")
    second_licence = verdicts.link_second_licence[pattern_of]
    if len(decided):
        second_licence &= decided.among(pairs.left, pairs.right) < 0
    org_code = _alias_codes(rows.column("org_code"), pairs, second_licence)
    site_links = _links(rows, pairs, pattern_of, verdicts, verdicts.link_site)
    identities = {"code": org_code, "branch": branch, "permit": rows.column("permit_no")}
    site_links = replace(site_links, bounds=decided.site_bounds())
    sites = cluster(len(rows), site_links, identities, lists=lists)
    apart = (NO_ROWS, NO_ROWS)
    while len(decided) and len((found := decided.clashes(sites.label))[0]):
        apart = (np.append(apart[0], found[0]), np.append(apart[1], found[1]))
        site_links = replace(site_links, bounds=decided.site_bounds(apart))
        sites = cluster(len(rows), site_links, identities, lists=lists)
    legal_links = _between(_links(rows, pairs, pattern_of, verdicts, verdicts.link_legal), sites.label)
    own_code = np.where(branch == SILENT, org_code, SILENT)
    (own_code,) = contract(sites.label, [own_code])
    legal_links = replace(legal_links, bounds=decided.legal_bounds(sites.label))
    legal = cluster(len(rows), legal_links, {"code": own_code})
    cuts = pa.concat_tables(
        [
            _cut_table(rows.entry_id, site_links, sites, "same_site"),
            _cut_table(rows.entry_id, legal_links, legal, "same_legal"),
        ]
    )
    return sites.label, legal.label[sites.label], cuts


def _alias_codes(codes: Integers, pairs: CandidatePairs, linked: Flags) -> Integers:
    """Give the codes of second licences that are linked to a first one the code of that one."""
    chosen = np.flatnonzero(linked)
    if not len(chosen):
        return codes
    values, place, _ = distinct(codes)
    group = components(len(values), place[pairs.left[chosen]], place[pairs.right[chosen]])
    return values[group[place]]


def _links(rows: CodedRows, pairs: CandidatePairs, pattern_of: Integers, verdicts: Verdicts, linked: Flags) -> Links:
    """Pick the linked pairs, those barred, and the duplicates inside lists."""
    site = linked is verdicts.link_site
    chosen = np.flatnonzero(linked[pattern_of])
    forbidden = np.flatnonzero((verdicts.bar_site > 0 if site else verdicts.bar_legal)[pattern_of])
    doubles = np.flatnonzero(((verdicts.p_site >= 0.5) & (verdicts.bar_site == 0))[pattern_of])
    lists = rows.column("list")
    doubles = doubles[lists[pairs.left[doubles]] == lists[pairs.right[doubles]]]
    strength = (verdicts.p_site if site else verdicts.p_legal) - verdicts.link_second_licence
    return Links(
        left=pairs.left[chosen],
        right=pairs.right[chosen],
        strength=strength[pattern_of[chosen]],
        barred_left=pairs.left[forbidden],
        barred_right=pairs.right[forbidden],
        double_left=pairs.left[doubles],
        double_right=pairs.right[doubles],
    )


def _between(links: Links, label: Integers) -> Links:
    """Carry links and barriers from rows to their clusters; those inside one cluster vanish."""
    left, right = label[links.left], label[links.right]
    barred_left, barred_right = label[links.barred_left], label[links.barred_right]
    keep, barred = left != right, barred_left != barred_right
    return replace(
        links,
        left=left[keep],
        right=right[keep],
        strength=links.strength[keep],
        barred_left=barred_left[barred],
        barred_right=barred_right[barred],
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


def _name_obstacles(reason: str, entries: Sequence[str], of_zh: str, of_en: str) -> str:
    """Put the two entries (or their sites) that stood in the way behind the reason, in both languages."""
    zh, en = reason.split(" / ")
    one, two = sorted(entries)
    return f"{zh}：{one} 与 {two}{of_zh} / {en}: {of_en}{one} and {two}"


# -- tables ------------------------------------------------------------------------------------------------


def _scored_pairs(
    ids: pa.Array,
    pairs: CandidatePairs,
    pattern_of: Integers,
    patterns: Patterns,
    verdicts: Verdicts,
    *,
    policy: Policy,
    decided: Decided,
) -> pa.Table:
    judged = decided.among(pairs.left, pairs.right)
    kept = np.flatnonzero(verdicts.keep[pattern_of] | (judged >= 0))
    pattern = pattern_of[kept]
    columns = {"left": ids.take(pa.array(pairs.left[kept])), "right": ids.take(pa.array(pairs.right[kept]))}
    columns |= {name: patterns.levels[pattern, column] for column, name in enumerate(policy.names)}
    columns |= {"p_site": verdicts.p_site[pattern], "p_legal": verdicts.p_legal[pattern]}
    columns["relation"] = _words(RELATIONS, verdicts.relation[pattern])
    columns["verdict"] = _words(VERDICTS, verdicts.verdict[pattern])
    columns["barrier"] = _words(("", *(barrier.name for barrier in policy.barriers)), verdicts.bar_site[pattern])
    columns["decided"] = _words(("", *RELATIONS), judged[kept] + 1)
    return pa.table(columns).cast(scored_pairs(policy.names))


def _words(words: tuple[str, ...], numbers: np.ndarray) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(numbers))


def _figures(
    patterns: Patterns, model: Model, verdicts: Verdicts, site_of: Integers, legal_unit_of: Integers
) -> pa.Table:
    """Count what linkage did, for the report."""
    sites, legal_units = (np.bincount(label, minlength=1) for label in (site_of, legal_unit_of))
    count = patterns.pairs
    figures = [
        ("entries", len(site_of), "行数 / entries"),
        ("compared_pairs", count.sum(), "比较过的对数 / pairs compared"),
        ("patterns", len(count), "不同的比较结果组合数 / distinct patterns of levels"),
        ("site_links", count[verdicts.link_site].sum(), "判为同一场所的对数 / pairs linked as one site"),
        ("legal_links", count[verdicts.link_legal].sum(), "判为同一法人单位的对数 / pairs linked as one legal unit"),
        ("review_pairs", count[verdicts.verdict == 1].sum(), "待人工复核的对数 / pairs for review"),
        ("threshold_site", verdicts.threshold_site, "同一场所的判定概率 / probability from which one site is linked"),
        ("threshold_legal", verdicts.threshold_legal, "同一法人单位的判定概率 / the same for one legal unit"),
        (
            "expected_wrong_sites",
            _expected_wrong(verdicts.p_site, verdicts.link_site, count),
            "场所连接的预期错误比例 / expected share of wrong site links",
        ),
        (
            "expected_wrong_legal",
            _expected_wrong(verdicts.p_legal, verdicts.link_legal, count),
            "法人连接的预期错误比例 / expected share of wrong legal links",
        ),
        ("sites", (sites > 0).sum(), "场所数 / sites"),
        ("legal_units", (legal_units > 0).sum(), "法人单位数 / legal units"),
        ("largest_site", sites.max(initial=0), "最大场所的行数 / entries of the largest site"),
        ("largest_legal_unit", legal_units.max(initial=0), "最大法人单位的行数 / entries of the largest legal unit"),
        *model.figures,
    ]
    return pa.Table.from_pylist(
        [{"figure": name, "value": float(value), "meaning": meaning} for name, value, meaning in figures],
        schema=LINKAGE_FIGURES,
    )


def _expected_wrong(p: Numbers, linked: np.ndarray, count: Integers) -> float:
    total = count[linked].sum()
    return float(((1 - p[linked]) * count[linked]).sum() / total) if total else 0.0
