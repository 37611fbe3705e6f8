"""What the script of the page works with: areas by level, shapes, borders, faults, and how the map is coloured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from minglu.register.language import code_labels
from minglu.register.report.code_words import Words
from minglu.register.report.finished_run import Run
from minglu.register.report.html import charts
from minglu.register.report.html.map_shapes import (
    STEP_DEG,
    Border,
    Drawing,
    draw,
    encode_points,
    encode_shapes,
    upper_borders,
)

Json = Mapping[str, Any]

MOST_DRAWN_FAULTS = 2_000
COLUMNS = (
    ("code", "text", "代码", "Code"),
    ("name", "text", "名称", "Name"),
    ("units", "count", "纳入普查单位", "Units"),
    ("area_km2", "decimal", "面积（平方公里）", "Area, km²"),
    ("density", "decimal", "每平方公里单位", "Units per km²"),
    ("one_list_share", "share", "仅一份名单", "On one list only"),
    ("to_check", "count", "待核对", "To check"),
    *((name, "count", *code_labels.ROW_ACCOUNT[name]) for name in code_labels.ROW_ACCOUNT if name != "units"),
)
BESIDE = ("code", "name", "units", "density", "to_check")
"""Columns that stand beside the map; the others are shown on request."""
ON_MAP = (*BESIDE, "area_km2", "one_list_share")
"""Figures that a click on a district shows."""
VIEWS = ("density", "one_list_share", "to_check")
LINES = (("township", 9, 1.8), ("county", 6, 3.2))
"""Upper levels whose borders are drawn: level, length of its codes, width in pixels."""


def map_data(run: Run, drawing: Drawing, faults: list[Json], words: Words, borders: Sequence[Border]) -> dict[str, Any]:
    """Return the page's data; names of exception classes are pairs of words, all other texts as they are."""
    areas = run.coverage["areas"]
    levels = [level for level in code_labels.LEVELS if level != "all" and any(area["level"] == level for area in areas)]
    levels.sort(key=lambda level: level == "district")
    names = [column[0] for column in COLUMNS]
    return {
        "columns": [
            {"name": name, "kind": kind, "words": [zh, en], "more": name not in BESIDE, "on_map": name in ON_MAP}
            for name, kind, zh, en in COLUMNS
        ],
        "levels": [{"level": level, "words": code_labels.LEVELS[level]} for level in levels],
        "areas": {
            level: [_cells(area, names, words) for area in areas if area["level"] == level]
            for level in [*levels, "district"]
        },
        "views": map_views(areas),
        "shades": charts.SHADES,
        "units_column": names.index("units"),
        "step": STEP_DEG,
        "codes": run.districts[0].column("code").to_pylist(),
        "shapes": encode_shapes(drawing),
        "points": encode_points(drawing),
        "borders": [{"words": border.words, "lines": border.lines, "weight": border.weight} for border in borders],
        "circle": _circle(areas),
        "faults": faults,
    }


def _cells(area: Json, names: Sequence[str], words: Words) -> list[Any]:
    cells = [area[name] for name in names]
    if area["level"] == "exception":
        cells[names.index("name")] = code_labels.call(words, area["code"])
    return cells


def upper_lines(drawing: Drawing, codes: Sequence[str], areas: Sequence[Json]) -> list[Border]:
    """Return township and county borders where there are several such areas."""
    found = []
    for level, length, weight in LINES:
        if sum(area["level"] == level for area in areas) > 1:
            zh, en = {"township": ("乡级边界", "township border"), "county": ("县级边界", "county border")}[level]
            found.append(Border((zh, en), upper_borders(drawing, codes, length=length), weight))
    return found


def map_faults(run: Run) -> list[Json]:
    """Return the faults that the map draws, in the order of coverage.json, with shape and inner point."""
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


def map_views(areas: list[Json]) -> list[Json]:
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
