"""The dossier of a unit 一企一档: rows, values, reasons, visits and decisions with a still map, on pages to print."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from minglu.common.bilingual import Bilingual
from minglu.errors import UsageError
from minglu.geo.coordinates.pairs import METRES_PER_DEGREE
from minglu.register.clerical.decisions import WORDS
from minglu.register.clerical.field_facts.fact_chain import ANSWERS
from minglu.register.clerical.round_trip import hand_out
from minglu.register.desk.opened_run import DeskOptions, OpenedRun, open_run
from minglu.register.desk.page_rendering import environment
from minglu.register.desk.queries.unit_details import map_points, unit_details
from minglu.register.explain.run_lookup import RunTables
from minglu.register.language.code_labels import METHODS, OUTCOMES, SOURCE_CLASSES, call
from minglu.register.language.safe_text import plain_text
from minglu.register.report.html.map_shapes import STEP_DEG, svg_path
from minglu.register.schemas import STATUSES
from minglu.register.storage.archive_verifier import in_words
from minglu.register.storage.run_folder import run_id

MAP_WIDTH, MAP_HEIGHT = 640.0, 420.0
MARGIN = 0.25
"""Share of the district's own size that is shown round it."""
SCALES_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
NAME_CHARACTERS = 40


def write_dossiers(place: Path, items: Sequence[str], to: Path, *, language: str) -> tuple[Path, ...]:
    """Write one page for each unit that `items` name (an id, a code, a name, a source row), all or none.

    `place` is a run folder or an archive.  Raises UsageError for an item that names no unit or several,
    SourceError where the run is not as its manifest says, ExistsError for a page that is there already.
    """
    with open_run(place, DeskOptions(language=language), alone=False) as desk:
        units = {unit["unit_id"]: unit["name"] for unit in (_one_unit(desk, item) for item in items)}
        pages = {_file_name(name, unit): partial(_write, desk, unit, language=language) for unit, name in units.items()}
        return hand_out(to, pages)


def _one_unit(desk: OpenedRun, item: str) -> dict[str, Any]:
    found = RunTables(desk.run).units_of(item)
    if len(found) != 1:
        listed = ", ".join(f"{unit['name']} ({unit['unit_id']})" for unit in found[:5])
        raise UsageError(
            en=f"{item!r} names {len(found)} units: {listed}. Name one of them by its unit_id.",
            zh=f"{item!r} 对应 {len(found)} 个单位：{listed}。请用 unit_id 指明其中之一。",
        )
    return dict(found[0])


def _file_name(name: str, unit_id: str) -> str:
    """Return a file's name that every system takes: letters and digits of the unit's name, and its id.

    >>> _file_name("甲/乙(厂)", "U01")
    '甲乙厂_U01.html'
    """
    plain = "".join(character for character in plain_text(name or "") if character.isalnum())
    return f"{plain[:NAME_CHARACTERS]}_{unit_id}.html" if plain else f"{unit_id}.html"


def _write(desk: OpenedRun, unit_id: str, path: Path, *, language: str) -> None:
    details = unit_details(desk, unit_id)

    def either(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    text = (
        environment()
        .get_template("dossier.html")
        .render(
            lang=language,
            t=either,
            w=lambda words: either(*words),
            said=lambda reason: either(*Bilingual.parse(reason).halves),
            census=desk.account["census"],
            run=in_words(run_id(desk.run)),
            d=details,
            map=unit_map(desk, unit_id),
            source_class=call(SOURCE_CLASSES, details.unit["source_class"]),
            outcomes=OUTCOMES,
            methods=METHODS,
            statuses=STATUSES,
            relations=WORDS,
            answers=ANSWERS,
        )
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def unit_map(desk: OpenedRun, unit_id: str) -> Markup:
    """Draw a unit's district with its neighbours, the unit's point and those of its rows; empty without a district."""
    codes, points = map_points(desk, unit_id)
    drawing = desk.map.drawing(codes, points)
    own = [shape for shape in drawing["districts"] if shape["own"]] or drawing["districts"]
    corners = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) for shape in own for ring in shape["rings"]]
    if not corners:
        return Markup("")
    frame = _Frame(np.concatenate(corners))
    shapes = [
        Markup('<path d="{}" fill="{}" stroke-width="{}"/>').format(
            svg_path(shape["rings"], frame.place), "#dde8f3" if shape["own"] else "#ffffff", 2 if shape["own"] else 0.7
        )
        for shape in drawing["districts"]
        if shape["rings"]
    ]
    marks = [frame.mark(point) for point in sorted(drawing["points"], key=lambda point: bool(point.get("own")))]
    names = [frame.name(shape) for shape in drawing["districts"] if shape["rings"]]
    group = Markup('<g stroke="#5c6670" fill-rule="evenodd">{}</g>{}{}{}').format(
        Markup("").join(shapes), Markup("").join(names), Markup("").join(marks), frame.scale_bar()
    )
    return Markup('<svg viewBox="0 0 {:.0f} {:.0f}" role="img">{}</svg>').format(MAP_WIDTH, MAP_HEIGHT, group)


class _Frame:
    """Where on the picture a place lies: the own district with some room round it."""

    def __init__(self, corners: Any) -> None:
        west, south = corners.min(axis=0)
        east, north = corners.max(axis=0)
        self._shrink = float(np.cos(np.radians((south + north) / 2 * STEP_DEG)))
        wide, high = max((east - west) * self._shrink, 1.0), max(north - south, 1.0)
        self._scale = min(MAP_WIDTH / (wide * (1 + 2 * MARGIN)), MAP_HEIGHT / (high * (1 + 2 * MARGIN)))
        self._middle = ((west + east) / 2, (south + north) / 2)

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return where a place lies on the picture; x and y are steps of STEP_DEG."""
        return (
            MAP_WIDTH / 2 + (x - self._middle[0]) * self._shrink * self._scale,
            MAP_HEIGHT / 2 - (y - self._middle[1]) * self._scale,
        )

    def mark(self, point: dict[str, Any]) -> Markup:
        """Draw the unit's own point as a disc, that of a row as a ring."""
        x, y = self.place(point["lon"] / STEP_DEG, point["lat"] / STEP_DEG)
        own = bool(point.get("own"))
        return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}" stroke="#9c2318" stroke-width="2"/>').format(
            x, y, 7 if own else 5, "#9c2318" if own else "none"
        )

    def name(self, shape: dict[str, Any]) -> Markup:
        """Write a district's code and name at the middle of its largest ring, where that is on the picture."""
        ring = np.cumsum(np.array(max(shape["rings"], key=len)).reshape(-1, 2), axis=0)
        x, y = self.place(*((ring.min(axis=0) + ring.max(axis=0)) / 2))
        if not (0 < x < MAP_WIDTH and 0 < y < MAP_HEIGHT):
            return Markup("")
        return Markup(
            '<text x="{:.0f}" y="{:.0f}" text-anchor="middle" font-size="12" fill="#4a5763">{}</text>'
        ).format(x, y, plain_text(shape["name"] or shape["code"]))

    def scale_bar(self) -> Markup:
        """Draw a bar of a round number of metres."""
        pixels_per_m = self._scale / (STEP_DEG * METRES_PER_DEGREE)
        metres = max((m for m in SCALES_M if m * pixels_per_m <= MAP_WIDTH / 4), default=SCALES_M[0])
        wide = metres * pixels_per_m
        label = f"{metres // 1000} km" if metres >= 1_000 else f"{metres} m"
        return Markup(
            '<path d="M12 {y}h{w:.1f}" stroke="#1b2733" stroke-width="3"/>'
            '<text x="12" y="{t}" font-size="12" fill="#1b2733">{label}</text>'
        ).format(y=MAP_HEIGHT - 12, w=wide, t=MAP_HEIGHT - 20, label=label)
