"""Time the forms of a run of a million invented units in ten thousand districts: seconds, sizes, peak memory.

The tables are made here, not built: what is measured is the report alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS

from minglu.register.clerical.field_facts.reanchor_facts import NO_RESOLVED_FACTS
from minglu.register.clerical.reanchor_decisions import NO_RESOLVED_DECISIONS
from minglu.register.coverage.areas import name_levels
from minglu.register.coverage.clerical_quality import describe_decisions
from minglu.register.coverage.completeness import estimate_completeness
from minglu.register.coverage.counts import METHODS, OUTCOMES, describe_field
from minglu.register.coverage.spotcheck_result import NO_VISITS
from minglu.register.coverage.suppression import publish_areas
from minglu.register.engine.parquet_files import write_parquet
from minglu.register.language.code_labels import PRECISIONS
from minglu.register.report import render_all
from minglu.register.report.render_outputs import BOOK, OTHERS
from minglu.register.storage.run_folder import write_json
from minglu.register.storage.run_store import DISTRICTS, STORED

LEVELS = name_levels((2, 4, 6, 9, 12))
LISTS = ("business", "business+permit", "business+permit+tax", "business+tax", "permit", "permit+tax", "tax")
SHARES = (0.25, 0.06, 0.2, 0.3, 0.04, 0.03, 0.12)


def main(arguments: list[str]) -> None:
    """Make the tables, render every form, print what it took."""
    parser = argparse.ArgumentParser(prog="bench report", description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--districts", type=int, default=10_000)
    parser.add_argument("--reviews", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="keep the forms in this folder")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = options.keep or Path(place)
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        make_run(folder, options.units, options.districts, options.reviews)
        # In a process of its own, so that the peak is that of the report.
        child = multiprocessing.get_context("spawn").Process(target=render, args=(folder,))
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit(child.exitcode)


def render(folder: Path) -> None:
    """Write every form and print what it took."""
    began, used = time.perf_counter(), _spent()
    render_all(folder)
    seconds, used = time.perf_counter() - began, _spent() - used
    for name in (*BOOK, *OTHERS):
        print(f"{name:14} {(folder / name).stat().st_size / 1e6:8.2f} MB")
    print(f"{'all forms':14} {seconds:7.1f} s  {used:7.1f} s of processor  peak {_peak_mb():6.0f} MB")


def _usages() -> list[resource.struct_rusage]:
    """Return what this process and the one beside it have used."""
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def _spent() -> float:
    return sum(use.ru_utime + use.ru_stime for use in _usages())


def _peak_mb() -> float:
    """Return the peaks of both processes together, an upper bound of what they held at one moment."""
    return sum(use.ru_maxrss for use in _usages()) / 1024


def make_run(folder: Path, units: int, districts: int, reviews: int) -> None:
    """Write the tables and coverage.json of an invented run."""
    draw = np.random.default_rng(1)
    codes, shapes = _districts(districts)
    table = pa.table(
        {"code": codes, "name": [f"示例村{n}" for n in range(districts)], "geometry": shapely.to_wkb(shapes)}
    )
    crs = CRS("EPSG:4490")
    _write(folder, "districts", table, DISTRICTS.with_metadata({"crs": crs.to_wkt()}))
    home = draw.integers(0, districts, units)
    lists = draw.choice(len(LISTS), units, p=SHARES)
    ids = pa.array([f"U{n:016x}" for n in range(units)])
    points = shapely.get_coordinates(shapely.centroid(shapes))[home] + draw.uniform(-0.004, 0.004, (units, 2))
    names = pa.array([f"青禾县第{n % 9973}精密机械制造有限责任公司{n}" for n in range(units)])
    given = {
        "unit_id": ids, "name": names, "legal_id": ids, "lists": pa.array(np.array(LISTS)[lists]),
        "uscc": pa.array([f"91990101MA{n:08d}" for n in range(units)]), "industry": _same("金属制品业", units),
        "address": pa.array([f"青禾县城关镇工业大道{n % 997}号" for n in range(units)]),
        "outcome": _same("unit", units),
        "site_address": pa.array([f"青禾县城关镇工业大道{n % 997}号{n % 12}幢" for n in range(units)]),
        "source_class": _same("industry", units), "lon": pa.array(points[:, 0]), "lat": pa.array(points[:, 1]),
        "precision_m": pa.array(np.full(units, 5.0)), "entries": pa.array(np.full(units, 2)),
    }  # fmt: skip
    _write(folder, "units", _filled(STORED["units"].schema, given, units))
    placed = {"unit_id": ids, "district_code": pa.array(np.array(codes)[home]), "method": _same("inside", units)}
    placed["distance_m"] = pa.array(np.zeros(units))
    _write(folder, "placements", _filled(STORED["placements"].schema, placed, units))
    legal = {"legal_id": ids, "name": names, "sites": pa.array(np.ones(units, int))}
    _write(folder, "legal_units", _filled(STORED["legal_units"].schema, legal, units))
    entries = {"entry_id": ids, "name": names, "list": _same("tax", units), "row": pa.array(np.arange(units))}
    _write(folder, "entries", _filled(STORED["entries"].schema, entries, units))
    members = {"entry_id": ids, "unit_id": ids, "list": entries["list"], "row": entries["row"]}
    _write(folder, "members", _filled(STORED["members"].schema, members, units))
    pairs = {"left": ids.slice(0, reviews), "right": ids.slice(reviews, reviews), "verdict": _same("review", reviews)}
    pairs |= {"p_site": pa.array(np.full(reviews, 0.5)), "p_legal": pa.array(np.full(reviews, 0.5))}
    _write(folder, "scored_pairs", _filled(STORED["scored_pairs"].schema, pairs, reviews))
    _write(folder, "ledger", _filled(STORED["ledger"].schema, {}, 2 * units))
    areas = _areas(codes, home, lists)
    _write(folder, "coverage", areas)
    for name in STORED:
        if not (folder / "tables" / f"{name}.parquet").exists():
            _write(folder, name, STORED[name].schema.empty_table())
    write_json(folder / "coverage.json", _coverage(areas, lists, units, districts))


def _districts(count: int) -> tuple[list[str], np.ndarray]:
    """Draw a grid of districts with wavy borders, some sixty corners each, that neighbours share."""
    side = int(np.ceil(count**0.5))
    along = np.linspace(0, 1, 16)[:-1]

    def wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.column_stack(
            [110 + (x + 0.2 * np.sin(7 * y + 3 * x)) * 0.01, 30 + (y + 0.2 * np.sin(5 * x + 2 * y)) * 0.01]
        )

    shapes = []
    for n in range(count):
        x, y = n % side, n // side
        ring = [wave(x + along, y + 0 * along), wave(x + 1 + 0 * along, y + along)]
        ring += [wave(x + 1 - along, y + 1 + 0 * along), wave(x + 0 * along, y + 1 - along)]
        shapes.append(shapely.Polygon(np.concatenate(ring)))
    codes = [f"9901{n // 2500 % 90 + 10:02d}{n // 25 % 100:03d}{n % 25:03d}001" for n in range(count)]
    return codes, np.array(shapes, object)


def _areas(codes: list[str], home: np.ndarray, lists: np.ndarray) -> pa.Table:
    """Return the table `coverage`, every level adding up."""
    districts = len(codes)
    alone = np.bincount(home[np.isin(lists, [0, 4, 6])], minlength=districts)
    many = np.bincount(home, minlength=districts)
    counts = {
        "units": many,
        "out_of_scope": many // 3,
        "closed": many // 9,
        "not_found": 0 * many,
        "to_check": many // 20,
    }
    rows = {"duplicates": many, "out_of_scope_rows": many // 3, "closed_rows": many // 9, "not_found_rows": 0 * many}
    counts |= {"entries": many + sum(rows.values()), "one_list_units": alone, **rows}
    rows = []
    for level, length in (("all", 0), *LEVELS.items(), ("district", 99)):
        prefixes, of = np.unique([code[:length] for code in codes], return_inverse=True)
        sums = {name: np.bincount(of, values, len(prefixes)).astype(int).tolist() for name, values in counts.items()}
        for n, code in enumerate(prefixes.tolist()):
            row = {"level": level, "code": code, "name": ""} | {name: values[n] for name, values in sums.items()}
            rows.append(row | {"one_list_share": row["one_list_units"] / max(row["units"], 1)})
    return pa.Table.from_pylist(rows, schema=STORED["coverage"].schema)


def _coverage(areas: pa.Table, lists: np.ndarray, units: int, districts: int) -> dict:
    """Return a coverage.json with the size of a real one."""
    overlap = {name: int((lists == n).sum()) for n, name in enumerate(LISTS)}
    started = time.perf_counter()
    sizes = {row["code"]: 1.0 for row in areas.to_pylist() if row["level"] == "district"}
    published = publish_areas(areas.to_pylist(), sizes, LEVELS)
    hidden = sum(bool(area["hidden"]) for area in published)
    print(f"small cells hidden in {time.perf_counter() - started:.1f} s: {hidden} areas")
    kinds = {name: name for name in ("business", "permit", "tax")}
    outcomes = dict.fromkeys(OUTCOMES[1:], 0)
    words = {"status": "proven", "number": units, "zh": "甲", "en": "a"}
    return {
        "schema": "minglu/coverage/1",
        "census": {"name": "示例", "reference_date": "2027-12-31"},
        "verdict": {"accounted": words, "tiled": words, "complete": words | {"status": "estimated"}},
        "findings": [],
        "accounting": {
            "rows": units, "outcomes": {"unit": units, **outcomes}, "lists": [], "value_faults": [], "units": {},
            "legal_units": units, "source_classes": {}, "overlap": overlap, "crowded_addresses": [],
            "sites_per_legal_unit": {"1": units},
        },
        "territory": {
            "verdict": "proven", "edge": "proven", "districts": districts, "faults": [], "fault_list": [],
            "faults_not_listed": 0, "reasons": [], "codes": [],
            "figures": dict.fromkeys(("districts", "without_geometry", "invalid", "edges", "leftover_edges"), 0)
            | dict.fromkeys(("district_area", "parent_area", "faulty_area")),
        },
        "placement": {
            "units": units, "codes": [],
            "methods": dict.fromkeys(METHODS, 0) | {"inside": units},
            "precision_m": dict.fromkeys(PRECISIONS, 0) | {"10": units},
        },
        "completeness": estimate_completeness(overlap, kinds),
        "linkage": {
            "figures": [], "scores": [], "quality": {"status": "unknown", "zh": "", "en": ""},
            "decisions": describe_decisions(NO_RESOLVED_DECISIONS), "visits": NO_VISITS,
        },
        "succession": {"previous": "", "site": {}, "legal": {}},
        "field": describe_field(NO_RESOLVED_FACTS),
        "levels": LEVELS,
        "areas": published,
        "outliers": [],
        "area_sums": {"areas": len(published), "sums": 0},
        "limits": {"units_per_district": 150, "smallest_printed_count": 3},
        "inputs": [],
        "datums": [],
        "method": {"minglu": "0", "rules": "", "rules_version": "", "rules_sha256": "", "laws": []},
    }  # fmt: skip


def _same(text: str, count: int) -> pa.Array:
    return pa.array(np.full(count, text, object), pa.string())


def _filled(schema: pa.Schema, given: dict, count: int) -> pa.Table:
    """Return a table of `schema`; columns that are not given are empty texts, zeros or nulls."""
    columns = []
    for field in schema:
        if field.name in given:
            columns.append(given[field.name].cast(field.type))
        elif pa.types.is_string(field.type):
            columns.append(pa.repeat("", count))
        else:
            columns.append(
                pa.nulls(count, field.type)
                if pa.types.is_floating(field.type)
                else pa.array(np.zeros(count), field.type)
            )
    return pa.table(columns, schema=schema)


def _write(folder: Path, name: str, table: pa.Table, schema: pa.Schema | None = None) -> None:
    write_parquet(folder / "tables" / f"{name}.parquet", [table], schema or table.schema)
