"""The extract of kept units for one recipient: csv and GeoParquet of the columns that its profile allows, a schema."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyproj import CRS

from minglu.errors import UsageError
from minglu.register.clerical.round_trip import hand_out, header_of
from minglu.register.language.safe_text import plain_text
from minglu.register.schemas import UNITS
from minglu.register.storage.run_folder import write_json
from minglu.register.storage.run_store import read_table
from minglu.register.verification.share.share_rules import NUMBERS, ColumnMask, Profile, load_profile

CSV, PARQUET, SCHEMA_FILE = "units.csv", "units.parquet", "datapackage.json"
HIDDEN = "***"
MOST_RECIPIENT = 80
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A csv cell that begins so would take effect in a spreadsheet."""


class Shared(NamedTuple):
    """What was written."""

    files: tuple[Path, ...]
    units: int
    columns: tuple[str, ...]


def share(out: Path, to: Path, *, recipient: str, profile: str, own: Path | None = None) -> Shared:
    """Write the extract of the run `out` for `recipient` into the folder `to`, all or none.

    Raises UsageError for a recipient without a name or an unknown profile, RuleError for mistakes in `own`,
    SourceError where the run is not as its manifest says, ExistsError for a file that is there.
    """
    recipient = " ".join(plain_text(recipient).split())
    if not 0 < len(recipient) <= MOST_RECIPIENT:
        raise UsageError(
            en=f"--recipient: expected a name of 1 to {MOST_RECIPIENT} characters: who gets the extract.",
            zh=f"--recipient：应为 1 至 {MOST_RECIPIENT} 个字符的接收单位名称。",
        )
    rules = load_profile(profile, own)
    header = header_of(out)
    table = _masked(_kept(out, rules), rules)
    crs = CRS.from_wkt(read_table(out, "districts", ["code"]).schema.metadata[b"crs"].decode())
    about = {
        "profile": "tabular-data-package",
        "name": "minglu-register-extract",
        "title": f"{header.census} {header.reference_date}",
        "recipient": recipient,
        "recipient_kind": {"zh": rules.zh, "en": rules.en},
        "terms": {"zh": rules.terms_zh, "en": rules.terms_en},
        "licenses": [{"name": rules.licence}],
        "run": header.run,
        "resources": [_resource(table, rules)],
    }
    books = {
        CSV: partial(_write_csv, table),
        PARQUET: partial(_write_parquet, table, crs),
        SCHEMA_FILE: partial(_write_about, about),
    }
    return Shared(hand_out(to, books), len(table), tuple(table.column_names))


def _kept(out: Path, rules: Profile) -> pa.Table:
    """Return the profile's columns of the kept units by id, with the district that each was placed in."""
    names = [name for name in UNITS.names if name in rules.columns.keys() - {"district_code"} | {"unit_id"}]
    units = read_table(out, "units", names, where=pc.field("outcome") == "unit")
    placed = read_table(out, "placements", ["unit_id", "district_code"])
    return units.join(placed, "unit_id").sort_by("unit_id")


def _masked(units: pa.Table, rules: Profile) -> pa.Table:
    """Return the columns of the profile, masked; without an id rows are ordered by content: order tells nothing."""
    columns = {name: _mask(units.column(name).combine_chunks(), mask) for name, mask in rules.columns.items()}
    table = pa.table(columns)
    return table if "unit_id" in columns else table.sort_by([(name, "ascending") for name in columns])


def _mask(values: pa.Array, rule: ColumnMask) -> pa.Array:
    """Return values as the rule allows."""
    if rule.mask == "round":
        return pc.round(values, rule.digits)
    if rule.mask == "first":
        texts = pc.fill_null(values, "")
        cut = pc.utf8_slice_codeunits(texts, 0, rule.digits)
        longer = pc.greater(pc.utf8_length(texts), rule.digits)
        return pc.if_else(longer, pc.binary_join_element_wise(cut, HIDDEN, ""), texts)
    return values


def _resource(table: pa.Table, rules: Profile) -> Mapping[str, Any]:
    fields = [
        {
            "name": name,
            "type": "number" if name in NUMBERS else "string",
            "description": (UNITS.field(name).metadata or {}).get(b"meaning", b"").decode(),
            "mask": mask.mask if mask.mask == "keep" else f"{mask.mask} {mask.digits}",
        }
        for name, mask in rules.columns.items()
    ]
    return {
        "name": "units",
        "path": CSV,
        "encoding": "utf-8",
        "rows": len(table),
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _write_csv(table: pa.Table, path: Path) -> None:
    """Write UTF-8 with a mark that spreadsheets know it by; no cell takes effect."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow(_cell(value) for value in row.values())
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    shown = plain_text(value or "")
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _write_parquet(table: pa.Table, crs: CRS, path: Path) -> None:
    """Write GeoParquet; without coordinates a plain table."""
    if not {"lon", "lat"} <= set(table.column_names):
        pq.write_table(table, path)
        return
    frame = table.to_pandas()
    points = gpd.points_from_xy(frame["lon"], frame["lat"], crs=crs.geodetic_crs or CRS("EPSG:4490"))
    shapes = gpd.GeoSeries(points).where(np.asarray(frame["lon"].notna()))
    gpd.GeoDataFrame(frame, geometry=shapes).to_parquet(path, index=False)


def _write_about(about: Mapping[str, Any], path: Path) -> None:
    write_json(path, about)
