"""Units that two counties both claim: the ordinary linkage over the kept units, across counties only.

Nothing is merged: which county a unit belongs to is settled by the office above both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from minglu.matching.parsing.vocabulary import learn
from minglu.register.engine import Engine
from minglu.register.linking import link_entries
from minglu.register.schemas import ENTRIES, FLAG, NUMBER, TEXT, column, conform

CLAIMS = pa.schema(
    [
        column("left", TEXT, "unit of the county with the smaller key"),
        column("right", TEXT, "unit of the other county"),
        column("left_county", TEXT, "key of the first county"),
        column("right_county", TEXT, "key of the second"),
        column("same_code", FLAG, "both have the same unit code"),
        column("p_site", NUMBER, "probability of one site; null where linkage did not compare them"),
        column(
            "verdict", TEXT, "link (the machine is sure) | review (a person decides) | code (one code alone says so)"
        ),
    ]
)

LINKED = """
    SELECT p."left", p."right", p.p_site, p.verdict FROM scored_pairs p
    JOIN kept a ON a.unit_id = p."left" JOIN kept b ON b.unit_id = p."right"
    WHERE p.relation = 'same_site' AND p.verdict <> 'no_link' AND a.county <> b.county
"""
CODED = """
    SELECT a.unit_id AS "left", b.unit_id AS "right" FROM kept a
    JOIN kept b ON a.unit_code = b.unit_code AND a.unit_code <> '' AND a.unit_id < b.unit_id
"""
JOINED = """
    SELECT w."left", w."right", a.county AS left_county, b.county AS right_county, c."left" IS NOT NULL AS same_code,
    p.p_site, coalesce(p.verdict, 'code') AS verdict
    FROM (SELECT "left", "right" FROM linked_pairs UNION SELECT "left", "right" FROM coded_pairs) w
    LEFT JOIN linked_pairs p ON p."left" = w."left" AND p."right" = w."right"
    LEFT JOIN coded_pairs c ON c."left" = w."left" AND c."right" = w."right"
    JOIN kept a ON a.unit_id = w."left" JOIN kept b ON b.unit_id = w."right"
"""


def find_claims(engine: Engine, districts: Sequence[str], rules: Mapping[str, object]) -> pa.Table:
    """Return the claims (CLAIMS) among `units`, whose ids begin with their county's key and a point.

    Overwrites `entries` and the tables of linkage of `engine`, which is to be one of its own.
    """
    engine.sql("kept", "SELECT * FROM units WHERE outcome = 'unit'")
    kept = engine.get("kept", order_by="unit_id")
    county = pa.array([unit.partition(".")[0] for unit in kept.column("unit_id").to_pylist()], pa.string())
    engine.put("kept", kept.append_column("county", county))
    engine.put("entries", _as_entries(kept, county))
    words = learn(kept.column("name").to_pylist(), kept.column("site_address").to_pylist(), districts)
    link_entries(engine, rules=rules, vocabulary=words)
    engine.sql("linked_pairs", LINKED)
    engine.sql("coded_pairs", CODED)
    engine.sql("claims", JOINED)
    return conform(engine.get("claims", order_by='"left", "right"'), CLAIMS, "claims")


def _as_entries(units: pa.Table, county: pa.Array) -> pa.Table:
    """Return units in the shape of entries: what fusing kept of each field, the county in place of the list."""
    known = {
        "entry_id": units.column("unit_id"),
        "list": county,
        "former_name": units.column("former_names"),
    }
    columns = []
    for field in ENTRIES:
        if field.name in known:
            columns.append(known[field.name])
        elif field.name in units.column_names:
            columns.append(units.column(field.name))
        elif pa.types.is_string(field.type):
            columns.append(pa.array([""] * units.num_rows, pa.string()))
        else:
            columns.append(pa.nulls(units.num_rows, field.type))
    return pa.table(columns, schema=ENTRIES)
