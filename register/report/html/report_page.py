"""report.html: the coverage report as one offline page.  Every figure of it is in coverage.json; shapes are added."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup

from minglu.register.coverage.areas import Levels, area_parents
from minglu.register.language import code_labels
from minglu.register.report.finished_run import Run, open_run
from minglu.register.report.html import charts
from minglu.register.report.html.assets import asset, open_template
from minglu.register.report.html.charts import Bar, Span
from minglu.register.report.html.export_guard import require_outside, write_whole
from minglu.register.report.html.internal_page import describe_inside
from minglu.register.report.html.map_shapes import STEP_DEG, Drawing, draw, encode_points, encode_shapes, pack, redraw
from minglu.register.schemas import FIELDS
from minglu.register.storage.archive_verifier import in_words

Json = Mapping[str, Any]

MOST_DRAWN_FAULTS = 2_000
MOST_WORST = 15
LOADS = ((0, 0), (1, 9), (10, 49), (50, 99), (100, 149), (150, None))
COLUMNS = (
    ("code", "text", "代码", "Code"),
    ("name", "text", "名称", "Name"),
    ("units", "count", "在册单位", "Units"),
    ("area_km2", "decimal", "面积（平方公里）", "Area, km²"),
    ("density", "decimal", "每平方公里单位", "Units per km²"),
    ("one_list_share", "share", "仅一份名单", "On one list only"),
    ("to_check", "count", "待核对", "To check"),
    *((name, "count", *code_labels.ROW_ACCOUNT[name]) for name in code_labels.ROW_ACCOUNT if name != "units"),
)
OPENED = ("all", "province", "city", "county")
"""Areas of these levels have the table of what lies below them in the page itself, and so on paper."""
MOST_ROWS_BELOW = 1_500
"""With more rows the tables of the lowest levels are left to the script and the workbook: paper has an end."""
VIEWS = ("density", "one_list_share", "to_check")


def write_page(run: Run, path: Path) -> None:
    """Write the page that may be handed on at `path`."""
    path.write_text(_render(run, None), encoding="utf-8", newline="\n")


def write_inside(out: Path, path: Path) -> None:
    """Write the page for the office itself at `path`: the same, with units to check and rows set aside.

    It does not go into the run folder: what may be handed on and what may not stay apart.
    """
    require_outside(out, path, "--internal")
    run = open_run(out)
    write_whole(path, _render(run, describe_inside(run)))


def _render(run: Run, inside: Json | None) -> str:
    return open_template("report.html").render(_context(run, inside))


def _context(run: Run, inside: Json | None) -> dict[str, Any]:
    content = run.coverage
    areas = content["areas"]
    layer, shapes, crs = run.districts
    by_code = {area["code"]: area for area in areas if area["level"] == "district"}
    density = [by_code.get(code, {}).get("density") for code in layer.column("code").to_pylist()]
    limits = charts.class_limits(density)
    drawing = draw(shapes, crs)
    faults = _faults(run)
    return {
        "c": content,
        "head": run.head,
        "head_words": in_words(run.head),
        "in_words": in_words,
        "words": code_labels,
        "call": code_labels.call,
        "lists": code_labels.call_lists,
        "inside": inside,
        "fields": FIELDS,
        "levels": _levels(areas, content["levels"]),
        "row_account": tuple(code_labels.ROW_ACCOUNT),
        "reference_date": code_labels.date(content["census"]["reference_date"]),
        "repeats": _repeats(content),
        "worst": _worst(areas),
        "views": _views(areas),
        "overlap_chart": _overlap_chart(content),
        "load_chart": _load_chart(areas),
        "method_chart": _bars(
            content["placement"]["methods"], code_labels.METHODS, "落点方式", "How units were placed"
        ),
        "precision_chart": _bars(content["placement"]["precision_m"], code_labels.PRECISIONS, "坐标精度", "Precision"),
        "estimate_chart": _estimate_chart(content["completeness"]),
        "score_chart": charts.scores(content["linkage"]["scores"], code_labels.VERDICTS),
        "still": charts.static_map(redraw(drawing, pixels=charts.MAP_PIXELS), density, limits, faults),
        "still_legend": charts.legend(limits),
        "data": pack(_map_data(run, drawing, faults) | {"inside": inside["units"] if inside else []}),
        "css": asset("templates/page.css"),
        "leaflet_css": asset("vendor/leaflet.css"),
        "leaflet_js": asset("vendor/leaflet.js"),
        "inflate_js": asset("templates/inflate.js"),
        "page_js": asset("templates/page.js"),
    }


def _map_data(run: Run, drawing: Drawing, faults: list[Json]) -> dict[str, Any]:
    """Return what the page's script works with: areas by level, shapes, faults."""
    areas = run.coverage["areas"]
    layer = run.districts[0]
    levels = [level for level in code_labels.LEVELS if level != "all" and any(area["level"] == level for area in areas)]
    levels.sort(key=lambda level: level == "district")
    names = [column[0] for column in COLUMNS]
    return {
        "columns": [{"name": name, "kind": kind, "words": [zh, en]} for name, kind, zh, en in COLUMNS],
        "levels": [{"level": level, "words": code_labels.LEVELS[level]} for level in levels],
        "areas": {
            level: [[area[name] for name in names] for area in areas if area["level"] == level]
            for level in [*levels, "district"]
        },
        "views": _views(areas),
        "shades": charts.SHADES,
        "units_column": names.index("units"),
        "step": STEP_DEG,
        "codes": layer.column("code").to_pylist(),
        "shapes": encode_shapes(drawing),
        "points": encode_points(drawing),
        "circle": _circle(areas),
        "faults": faults,
    }


def _faults(run: Run) -> list[Json]:
    listed = run.coverage["territory"]["fault_list"][:MOST_DRAWN_FAULTS]
    table = run.table("faults")
    spots = {fault_id: spot for spot, fault_id in enumerate(table.column("fault_id").to_pylist())}
    outlines = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
    chosen = np.array([outlines[spots[fault["fault_id"]]] for fault in listed], object)
    drawing = draw(chosen, run.districts[2])
    return [
        {
            "id": fault["fault_id"],
            "words": code_labels.call(code_labels.FAULT_KINDS, fault["kind"]),
            "districts": fault["districts"],
            "shape": shape,
            "point": point,
        }
        for fault, shape, point in zip(listed, encode_shapes(drawing), encode_points(drawing), strict=True)
    ]


def _views(areas: list[Json]) -> list[Json]:
    """Return by what the map can be coloured, with the limits of its classes."""
    names = [column[0] for column in COLUMNS]
    found: list[Json] = []
    for view in VIEWS:
        _, kind, zh, en = COLUMNS[names.index(view)]
        limits = charts.class_limits([area[view] for area in areas if area["level"] == "district"])
        found.append({"column": names.index(view), "kind": kind, "words": [zh, en], "limits": limits})
    return found


def _circle(areas: list[Json]) -> float:
    """Return the factor from the root of a district's units to the radius of its circle, pixels."""
    most = max((area["units"] or 0 for area in areas if area["level"] == "district"), default=0)
    return round(24 / math.sqrt(max(most, 1)), 3)


def _levels(areas: list[Json], levels: Levels) -> list[Json]:
    """Return each upper area with the areas next below it, from the whole down, as long as there is room.

    An area with a single one below it needs no table: both are the same units.
    """
    rows = {(area["level"], area["code"]): area for area in areas}
    below: dict[tuple[str, str], list[Json]] = {}
    for key, parent in area_parents(rows, levels).items():
        if parent is not None:
            below.setdefault(parent, []).append(rows[key])
    found: list[Json] = []
    room = MOST_ROWS_BELOW
    for level in OPENED:
        parts = sorted((key for key in below if key[0] == level), key=lambda key: key[1])
        room -= sum(len(below[key]) for key in parts)
        if room < 0:
            break
        order = [*code_labels.LEVELS]
        found += [
            {"whole": rows[key], "parts": sorted(below[key], key=lambda row: (order.index(row["level"]), row["code"]))}
            for key in parts
            if len(below[key]) > 1
        ]
    return found


def _repeats(content: Json) -> list[Json]:
    """Return per list its duplicate rows, within it and across lists, and the units that stand on it alone."""
    overlap = content["accounting"]["overlap"]
    return [
        {
            "list": row["list"],
            "within": row["codes"].get("DUPLICATE_SAME_LIST", 0),
            "across": row["codes"].get("DUPLICATE_OTHER_LIST", 0),
            "alone": overlap.get(row["list"], 0),
        }
        for row in content["accounting"]["lists"]
    ]


def _worst(areas: list[Json]) -> list[Json]:
    found = [area for area in areas if area["level"] == "district" and area["to_check"]]
    return sorted(found, key=lambda area: (-area["to_check"], area["code"]))[:MOST_WORST]


def _overlap_chart(content: Json) -> Markup:
    lists = content["completeness"]["lists"]
    labels = {entry["name"]: code_labels.call(code_labels.LIST_KINDS, entry["name"]) for entry in lists}
    return charts.upset(content["completeness"]["histories"], [entry["name"] for entry in lists], labels)


def _load_chart(areas: list[Json]) -> Markup:
    """Draw how many districts hold how many units; a hidden count is below ten in most cases and counted apart."""
    units = [area["units"] for area in areas if area["level"] == "district"]
    bars = []
    for low, high in LOADS:
        inside = sum(1 for count in units if count is not None and count >= low and (high is None or count <= high))
        name = f"{low}–{high}" if high else (f"{low}+" if high is None else str(low))
        bars.append(Bar(f"{name} 个单位", f"{name} units", inside))
    bars.append(Bar("未公布", "not printed", sum(1 for count in units if count is None)))
    return charts.bars(bars, "小区数，按单位数", "Districts by their units")


def _bars(counts: Mapping[str, int], names: code_labels.Words, zh: str, en: str) -> Markup:
    return charts.bars([Bar(*code_labels.call(names, key), count) for key, count in counts.items()], zh, en)


def _estimate_chart(completeness: Json) -> Markup:
    """Draw all estimates side by side, the headline first."""
    if completeness["status"] != "estimated":
        return Markup("")
    basis = completeness["basis"]
    found = [(basis["zh"], basis["en"], completeness["estimate"], True)]
    if "estimate" in completeness["bayesian"]:
        found.append(("贝叶斯模型平均", "Bayesian average", completeness["bayesian"]["estimate"], False))
    if "estimate" in completeness["sample_coverage"]:
        found.append(("样本覆盖率法", "sample coverage", completeness["sample_coverage"]["estimate"], False))
    if "estimate" in completeness["chao_bound"]:
        found.append(("Chao 下限", "Chao's lower bound", completeness["chao_bound"]["estimate"], False))
    found += [
        (*(f"Chapman {name}" for name in code_labels.call_lists(pair["lists"])), pair["estimate"], False)
        for pair in completeness["pairs"]
        if "estimate" in pair
    ]
    found += [
        (f"模型 {code_labels.model(model['name'])[0]}", f"model {model['name']}", model, False)
        for model in completeness["models"]
    ]
    spans = [Span(zh, en, value["units"], value["low"], value["high"], strong) for zh, en, value, strong in found]
    return charts.spans(spans, completeness["seen"])
