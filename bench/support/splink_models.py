"""Splink 5 on parsed columns: one model for sites, one for legal units.  Run by bench/splink.py, in Splink's own venv.

    python -P bench/support/splink_models.py tuning.parquet measured.parquet truth_site 0 [learn]

It is given every advantage: what agreement is worth is learned from the *truth* of the tuning data (another seed), the
threshold is the one that is best there, and neither is counted in its time.  Timed are its own steps on the measured
data: registering, term frequencies, blocking, scoring, clustering.  More rows want a higher threshold: what the best
one would have given is printed too, though only the truth of the measured data shows which.  Prints one JSON object per
model.

The fourth argument caps blocks: larger ones are left out (0: none is), which Splink does not do by itself; finding them
is timed too.  Ten million rows hold blocks that cost more than they find.  With `learn` Splink also learns a model from
the measured data alone, as its manual advises and as minglu has to: the time of that, and F1 at its best threshold.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections import Counter

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.exceptions import EMTrainingException

THREADS = 2
THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999, 1 - 1e-6, 1 - 1e-7, 1 - 1e-8)
LEAST = 0.2
ONE_CHARACTER = 3  # DuckDB's edit distance counts bytes; one Chinese character has three
CELL = "cast(floor(lon / 0.004) as bigint) * 1000000 + cast(floor(lat / 0.004) as bigint)"
RESULT = {"truth_site": "site", "truth_legal": "legal unit"}


def levels(name: str, *given: cll.ComparisonLevelCreator | tuple[str, str]) -> cl.CustomComparison:
    """Make a comparison from levels, or from (condition, label); the first level says when a value is missing."""
    made = [cll.CustomLevel(*one) if isinstance(one, tuple) else one for one in given]
    return cl.CustomComparison(output_column_name=name, comparison_levels=[made[0], *made[1:], cll.ElseLevel()])


def both(column: str) -> str:
    """Require that both sides have the column, and the same."""
    return f"{column}_l = {column}_r"


NAME = levels(
    "name",
    cll.NullLevel("core"),
    cll.ExactMatchLevel("name_key", term_frequency_adjustments=True),
    cll.ExactMatchLevel("core", term_frequency_adjustments=True),
    (both("core_sound"), "same sound"),
    (f"{both('brand')} and levenshtein(core_l, core_r) <= {2 * ONE_CHARACTER}", "same brand, near"),
    cll.LevenshteinLevel("core", ONE_CHARACTER),
    cll.LevenshteinLevel("core", 2 * ONE_CHARACTER),
    (both("brand"), "same brand"),
)
CODE = levels(
    "code",
    ("coalesce(org_code_l, uscc_seen_l) is null or coalesce(org_code_r, uscc_seen_r) is null", "missing"),
    (both("uscc"), "same uscc"),
    (both("org_code"), "same organisation code"),
    ("levenshtein(coalesce(uscc_l, uscc_seen_l), coalesce(uscc_r, uscc_seen_r)) <= 2", "a slip apart"),
)
BRANCH = levels(
    "branch",
    ("core_l is null or core_r is null", "missing"),
    (both("branch"), "same branch mark"),
    ("branch_l is null and branch_r is null", "no branch mark"),
)
PLACE = levels(
    "place",
    cll.NullLevel("site_text"),
    cll.ExactMatchLevel("site_text", term_frequency_adjustments=True),
    cll.ExactMatchLevel("site_key", term_frequency_adjustments=True),
    (f"{both('site_road')} and {both('site_town')}", "same road"),
    (both("site_village"), "same village"),
    (both("site_town"), "same town"),
)
SEAT = levels(
    "seat",
    cll.NullLevel("reg_text"),
    cll.ExactMatchLevel("reg_text", term_frequency_adjustments=True),
    cll.ExactMatchLevel("reg_key", term_frequency_adjustments=True),
    (both("reg_town"), "same town"),
)
POINT = levels(
    "point",
    ("lat_l is null or lat_r is null", "missing"),
    *(cll.DistanceInKMLevel("lat", "lon", km) for km in (0.1, 0.3, 1.0, 5.0)),
)
PERMIT = levels("permit", cll.NullLevel("permit_no"), (both("permit_no"), "same permit"))
SERIAL = levels(
    "serial",
    ("coalesce(permit_serial_l, site_suffix_l) is null or coalesce(permit_serial_r, site_suffix_r) is null", "missing"),
    ("permit_serial_l = permit_serial_r or site_suffix_l = site_suffix_r", "same serial"),
)
LISTS = levels("lists", cll.NullLevel("list"), ("list_l <> list_r", "other lists"))
PHONE = cl.ExactMatch("phone").configure(term_frequency_adjustments=True)
PERSON = levels(
    "person",
    ("coalesce(legal_person_l, contact_l) is null or coalesce(legal_person_r, contact_r) is null", "missing"),
    (both("legal_person"), "same representative"),
    ("contact_l = contact_r or contact_l = legal_person_r or legal_person_l = contact_r", "same contact"),
)
TRADE = levels(
    "trade",
    cll.NullLevel("industry_code"),
    (both("industry_code"), "same class"),
    ("substr(industry_code_l, 1, 2) = substr(industry_code_r, 1, 2)", "same division"),
)
REGION = levels("region", cll.NullLevel("region"), (both("region"), "same region"))

SITE_BLOCKS = [
    ("core", "site_town"),
    ("core", "org_code"),
    ("core_sound", "site_town"),
    ("core_sound", "region"),
    ("brand_loose", "site_town"),
    ("site_key", "substr(brand, 1, 1)"),
    ("site_key", "industry_code"),
    ("site_key", "right(brand, 1)"),
    ("org_code", "site_town"),
    ("cell", "substr(brand, 1, 1)"),
    ("phone", "substr(brand, 1, 1)"),
    ("permit_no",),
]
LEGAL_BLOCKS = [
    ("org_code",),
    ("core", "region"),
    ("core", "site_town"),
    ("core", "reg_town"),
    ("core_sound", "site_town"),
    ("brand_loose", "site_town"),
    ("reg_key", "substr(brand, 1, 1)"),
    ("site_key", "substr(brand, 1, 1)"),
    ("phone", "substr(brand, 1, 1)"),
    ("legal_person", "brand_loose"),
    ("core_sound", "region"),
    ("brand_loose", "region", "industry_code"),
    ("core", "form", "industry_code"),
]
LEARNING = {
    "truth_site": [("org_code", "site_town"), ("core", "site_town")],
    "truth_legal": [("org_code",), ("core", "region")],
}
"""Blocks in which Splink learns what agreement is worth, one after the other: each leaves out what it blocks by."""
LEARNING_PAIRS = 1e7
CODED_SHARE = 0.7
"""True pairs that share an organisation code: an assumption that Splink asks for."""
MODELS = {
    "truth_site": (SITE_BLOCKS, [NAME, CODE, BRANCH, PLACE, POINT, PERMIT, SERIAL, LISTS, PHONE, PERSON, TRADE]),
    "truth_legal": (LEGAL_BLOCKS, [NAME, CODE, BRANCH, REGION, PLACE, SEAT, PHONE, PERSON, TRADE]),
}


def blocking(rules: list[tuple[str, ...]], cap: int) -> list[BlockingRuleCreator]:
    """Return the rules in Splink's terms; under a cap each rule has a column of its own, see `cap_blocks`."""
    return [block_on(f"block_{number}") if cap else block_on(*columns) for number, columns in enumerate(rules)]


def cap_blocks(db: duckdb.DuckDBPyConnection, rules: list[tuple[str, ...]], cap: int) -> None:
    """Give the table a column per rule that names the block of each row, null where it has more rows than the cap."""
    if not cap:
        return
    blocks = []
    for number, columns in enumerate(rules):
        present, key = " AND ".join(f"{column} IS NOT NULL" for column in columns), f"hash({', '.join(columns)})"
        db.execute(
            f"CREATE OR REPLACE TABLE large_{number} AS "
            f"SELECT {key} AS key FROM input WHERE {present} GROUP BY 1 HAVING count(*) > {cap}"
        )
        small = f"{key} NOT IN (SELECT key FROM large_{number})"
        blocks.append(f"CASE WHEN {present} AND {small} THEN {key} END AS block_{number}")
    db.execute(f"CREATE OR REPLACE TABLE input AS SELECT *, {', '.join(blocks)} FROM input")


def connect(path: str) -> duckdb.DuckDBPyConnection:
    """Open DuckDB on the parsed columns: empty text is null, as Splink wants it."""
    db = duckdb.connect(":memory:", config={"threads": THREADS})
    columns = db.sql(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
    texts = [f"nullif({name}, '') AS {name}" if kind == "VARCHAR" else name for name, kind, *_ in columns]
    db.execute(f"CREATE TABLE input AS SELECT {', '.join(texts)}, {CELL} AS cell FROM read_parquet('{path}')")
    return db


def open_linker(db: duckdb.DuckDBPyConnection, settings: SettingsCreator | dict[str, object]) -> Linker:
    """Give Splink the table."""
    return Linker(DuckDBAPI(connection=db).register(db.table("input")), settings, log_level=logging.ERROR)


def settings_of(truth: str, cap: int) -> SettingsCreator:
    """Return an untrained model."""
    blocks, comparisons = MODELS[truth]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="entry_id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocking(blocks, cap),
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def learn(db: duckdb.DuckDBPyConnection, truth: str, cap: int) -> dict[str, float]:
    """Learn a model from the measured data without their truth, the clock running; return how well it links at best.

    Blocks that the data cannot fill (no codes, say) are left out; without any, or where Splink gives up, nothing is
    learned, and the result says so by its absence.
    """
    start = time.perf_counter()
    blocks = [columns for columns in LEARNING[truth] if _has_pairs(db, columns)]
    if not blocks:
        return {}
    linker = open_linker(db, settings_of(truth, cap))
    try:
        linker.training.estimate_probability_two_random_records_match([block_on(*blocks[0])], recall=CODED_SHARE)
        linker.training.estimate_u_using_random_sampling(max_pairs=LEARNING_PAIRS, seed=1)
        for columns in blocks:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    except (EMTrainingException, ValueError):
        return {}
    seconds = time.perf_counter() - start
    predicted = linker.inference.predict(threshold_match_probability=LEAST)
    return {"learning_seconds": seconds, "learnt_f1": max(f1_by_threshold(db, predicted.physical_name, truth).values())}


def _has_pairs(db: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> bool:
    present = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    found = db.sql(f"SELECT 1 FROM input WHERE {present} GROUP BY {', '.join(columns)} HAVING count(*) > 1 LIMIT 1")
    return bool(found.fetchall())


def tune(path: str, truth: str, cap: int) -> tuple[dict[str, object], float, float]:
    """Learn a model from the truth of the tuning data; return it, the true pairs per row, and the best threshold."""
    db = connect(path)
    cap_blocks(db, MODELS[truth][0], cap)
    linker = open_linker(db, settings_of(truth, cap))
    pairs, rows = db.sql(
        f"SELECT sum(n * (n - 1) // 2), sum(n) FROM (SELECT count(*) AS n FROM input GROUP BY {truth})"
    ).fetchall()[0]
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_m_from_label_column(truth)
    model = linker.misc.save_model_to_json()
    model["probability_two_random_records_match"] = prior(float(pairs), float(rows))
    linker = open_linker(db, model)
    predicted = linker.inference.predict(threshold_match_probability=LEAST)
    found = f1_by_threshold(db, predicted.physical_name, truth)
    return model, float(pairs) / float(rows), max(THRESHOLDS, key=lambda one: found[one])


def f1_by_threshold(db: duckdb.DuckDBPyConnection, predicted: str, truth: str) -> dict[float, float]:
    """Return F1 over pairs of rows at every threshold: components grow from the surest pair down, in one pass."""
    truths = db.sql(f"SELECT entry_id, {truth} FROM input").fetchall()
    true = _pairs(dict(Counter(label for _, label in truths)))
    root = {entry: entry for entry, _ in truths}
    inside = {entry: Counter([label]) for entry, label in truths}
    edges = iter(
        db.sql(
            f"SELECT entry_id_l, entry_id_r, match_probability FROM {predicted} ORDER BY match_probability DESC"
        ).fetchall()
    )
    found, together, scores = 0, 0, {}
    edge = next(edges, None)
    for threshold in sorted(THRESHOLDS, reverse=True):
        while edge is not None and edge[2] >= threshold:
            small, large = sorted((_root(root, edge[0]), _root(root, edge[1])), key=lambda one: len(inside[one]))
            if small != large:
                moved, kept = inside.pop(small), inside[large]
                found += moved.total() * kept.total()
                together += sum(count * kept[label] for label, count in moved.items() if label in kept)
                kept.update(moved)
                root[small] = large
            edge = next(edges, None)
        scores[threshold] = 2 * together / max(found + true, 1)
    return scores


def _pairs(sizes: dict[str, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _root(root: dict[str, str], entry: str) -> str:
    while root[entry] != entry:
        root[entry] = entry = root[root[entry]]
    return entry


def score(
    db: duckdb.DuckDBPyConnection, linker: Linker, predicted: object, truth: str, threshold: float
) -> dict[str, float]:
    """Cluster at a threshold; return precision, recall and F1 over pairs of rows, and the largest cluster."""
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold)
    db.execute(
        "CREATE OR REPLACE TABLE joined AS SELECT c.cluster_id, i.truth_site, i.truth_legal FROM "
        f"{clusters.physical_name} c JOIN input i USING (entry_id)"
    )
    found, true, together = (
        float(
            db.sql(
                f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT count(*) AS n FROM joined GROUP BY {keys})"
            ).fetchall()[0][0]
        )
        for keys in ("cluster_id", truth, f"cluster_id, {truth}")
    )
    largest = db.sql("SELECT max(n) FROM (SELECT count(*) AS n FROM joined GROUP BY cluster_id)").fetchall()[0][0]
    return {
        "precision": together / max(found, 1.0),
        "recall": together / max(true, 1.0),
        "f1": 2 * together / max(found + true, 1.0),
        "largest": largest,
    }


def prior(pairs: float, rows: float) -> float:
    """Return the chance that two rows drawn at random are one unit."""
    return pairs / (rows * (rows - 1) / 2)


def measure(
    path: str, truth: str, cap: int, tuned: tuple[dict[str, object], float, float], *, learning: bool
) -> dict[str, object]:
    """Run a tuned model over the measured data, the clock running; then let Splink learn one of its own, if asked."""
    model, matches_per_row, threshold = tuned
    db = connect(path)
    rows = db.table("input").count("*").fetchall()[0][0]
    model = {**model, "probability_two_random_records_match": prior(matches_per_row * rows, rows)}
    start = time.perf_counter()
    cap_blocks(db, MODELS[truth][0], cap)
    linker = open_linker(db, model)
    predicted = linker.inference.predict(threshold_match_probability=threshold)
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold)
    seconds = time.perf_counter() - start
    found = score(db, linker, predicted, truth, threshold)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    ran = {"level": RESULT[truth], "rows": rows, "seconds": seconds, "peak_gb": peak, "threshold": threshold, **found}
    ran |= raise_threshold(db, predicted.physical_name, truth, threshold=threshold)
    return ran | (learn(db, truth, cap) if learning else {})


def raise_threshold(db: duckdb.DuckDBPyConnection, predicted: str, truth: str, *, threshold: float) -> dict[str, float]:
    """Raise the threshold to where F1 on the measured data is best: what no one could know beforehand."""
    found = f1_by_threshold(db, predicted, truth)
    best = max((one for one in THRESHOLDS if one >= threshold), key=lambda one: found[one])
    return {"best_threshold": best, "best_f1": found[best]}


if __name__ == "__main__":
    tuning, measured, level, most, *options = sys.argv[1:]
    tuned = tune(tuning, level, int(most))
    print(json.dumps(measure(measured, level, int(most), tuned, learning="learn" in options)))
