"""report.html: the coverage report as one offline page.  Every figure of it is in coverage.json; shapes are added."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from minglu.common.bilingual import Bilingual
from minglu.register.coverage.areas import Levels, area_parents
from minglu.register.language import code_labels
from minglu.register.report.code_words import Words, code_words
from minglu.register.report.finished_run import Run, open_run
from minglu.register.report.html import charts, still_map
from minglu.register.report.html.assets import asset, open_template
from minglu.register.report.html.charts import Bar, Span
from minglu.register.report.html.export_guard import new_outside
from minglu.register.report.html.flow_chart import Flow, flow_chart, flow_parts
from minglu.register.report.html.internal_page import describe_inside
from minglu.register.report.html.map_data import map_data, map_faults, map_views, upper_lines
from minglu.register.report.html.map_shapes import draw, pack, redraw
from minglu.register.schemas import FIELDS
from minglu.register.storage.archive_verifier import in_words
from minglu.register.storage.integrity import require_unchanged

Json = Mapping[str, Any]

MOST_WORST = 15
LOADS = ((0, 0), (1, 9), (10, 49), (50, 99), (100, 149), (150, None))
OPENED = ("all", "province", "city", "county")
"""Areas of these levels have the table of what lies below them in the page itself, and so on paper."""
MOST_ROWS_BELOW = 1_500
"""With more rows the tables of the lowest levels are left to the script and the workbook: paper has an end."""


def write_page(run: Run, path: Path) -> None:
    """Write the page that may be handed on at `path`."""
    path.write_text(_render(run, None), encoding="utf-8", newline="\n")


def write_inside(out: Path, path: Path) -> None:
    """Write the page for the office itself at `path`: the same, with units to check and rows set aside.

    It does not go into the run folder: what may be handed on and what may not stay apart.
    """
    with new_outside(out, path, "--internal") as fresh:
        require_unchanged(out)
        run = open_run(out)
        fresh.write_text(_render(run, describe_inside(run)), encoding="utf-8", newline="\n")


def _render(run: Run, inside: Json | None) -> str:
    return open_template("report.html").render(_context(run, inside))


def _context(run: Run, inside: Json | None) -> dict[str, Any]:
    content, words = run.coverage, code_words(run)
    return {
        "c": content,
        "head": run.head,
        "head_words": in_words(run.head),
        "in_words": in_words,
        "words": code_labels,
        "codes": words,
        "call": code_labels.call,
        "lists": code_labels.call_lists,
        "inside": inside,
        "fields": FIELDS,
        "levels": _levels(content["areas"], content["levels"]),
        "row_account": tuple(code_labels.ROW_ACCOUNT),
        "reference_date": code_labels.date(content["census"]["reference_date"]),
        "repeats": _repeats(content),
        "worst": _worst(content["areas"]),
        **_charts(content),
        **_map(run, words, inside),
        "css": asset("templates/page.css"),
        "leaflet_css": asset("vendor/leaflet.css"),
        "leaflet_js": asset("vendor/leaflet.js"),
        "inflate_js": asset("templates/inflate.js"),
        "page_js": Markup("\n").join(asset(f"templates/{name}.js") for name in ("page", "areas", "map")),
    }


def _charts(content: Json) -> dict[str, Any]:
    """Return the figures of the page."""
    accounting, placement = content["accounting"], content["placement"]
    leaving = flow_parts(accounting["outcomes"], code_labels.OUTCOMES)
    lists = [Flow(*code_labels.call_lists([row["list"]]), row["rows"]) for row in accounting["lists"]]
    kept = Flow(*code_labels.OUTCOMES["unit"], accounting["outcomes"]["unit"])
    return {
        "flow_chart": flow_chart(lists, leaving, kept),
        "leaving": leaving,
        "overlap_chart": _overlap_chart(content),
        "load_chart": _load_chart(content["areas"]),
        "method_chart": _bars(placement["methods"], code_labels.METHODS, "定位方式", "How units were placed"),
        "precision_chart": _bars(placement["precision_m"], code_labels.PRECISIONS, "坐标精度", "Precision"),
        "estimate_chart": _estimate_chart(content["completeness"]),
        "score_chart": charts.scores(content["linkage"]["scores"], code_labels.VERDICTS),
    }


def _map(run: Run, words: Words, inside: Json | None) -> dict[str, Any]:
    """Return the still map with its key, what the map may be coloured by, and the data of the script."""
    areas = run.coverage["areas"]
    layer, shapes, crs = run.districts
    by_code = {area["code"]: area for area in areas if area["level"] == "district"}
    density = [by_code.get(code, {}).get("density") for code in layer.column("code").to_pylist()]
    limits, codes = charts.class_limits(density), layer.column("code").to_pylist()
    drawing, faults = draw(shapes, crs), map_faults(run)
    coarse = redraw(drawing, pixels=still_map.MAP_PIXELS)
    borders = upper_lines(coarse, codes, areas)
    units = [unit | {"reason": Bilingual.parse(unit["reason"]).halves} for unit in inside["units"]] if inside else []
    data = map_data(run, drawing, faults, words, upper_lines(drawing, codes, areas))
    return {
        "views": map_views(areas),
        "still": still_map.static_map(coarse, density, limits, faults, borders),
        "still_legend": still_map.legend(limits, borders, faults=bool(faults)),
        "data": pack(data | {"inside": units}),
    }


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
