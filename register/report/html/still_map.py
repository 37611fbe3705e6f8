"""The still map and its key, for paper and for browsers without script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from minglu.register.report.html.charts import SHADES, Json, box, figure, label, plain
from minglu.register.report.html.map_shapes import Border, Drawing, encode_shapes, svg_path

ZERO, WITHHELD, FAULT = "#ffffff", "#c4c4c4", "#b3003c"
MAP_PIXELS = 700
KEY_PX = 118
"""Width of one entry of the key."""


def static_map(
    drawing: Drawing,
    values: Sequence[float | None],
    limits: Sequence[float],
    faults: Sequence[Json],
    borders: Sequence[Border] = (),
) -> Markup:
    """Draw the districts once, shaded by their values, upper borders on top, faults ringed."""
    # Long: one drawing, layer upon layer.
    rings = encode_shapes(drawing)
    corners = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) for shape in rings for ring in shape]
    if not corners:
        return Markup("")
    every = np.concatenate(corners)
    (west, south), (east, north) = every.min(axis=0), every.max(axis=0)
    shrink = float(np.cos(np.radians((south + north) / 2 * 1e-5)))
    scale = MAP_PIXELS / max((east - west) * shrink, north - south, 1)

    def place(x: Any, y: Any) -> tuple[Any, Any]:
        return (x - west) * shrink * scale, (north - y) * scale

    parts = [
        Markup('<path d="{}" fill="{}"/>').format(svg_path(shape, place), shade(value, limits))
        for shape, value in zip(rings, values, strict=True)
        if shape
    ]
    lines = [
        Markup('<path d="{}" stroke-width="{}"/>').format(svg_path(border.lines, place, close=False), border.weight)
        for border in borders
    ]
    rings_of_faults = [
        Markup('<circle cx="{}" cy="{}" r="6"/>').format(*(f"{value:.1f}" for value in place(*fault["point"])))
        for fault in faults
        if fault["point"]
    ]
    group = Markup('<g stroke="{}" stroke-width="{}" fill="{}"{}>{}</g>')
    drawn = [
        group.format("#5c6670", "0.5", "#ffffff", Markup(' fill-rule="evenodd"'), Markup("").join(parts)),
        group.format("#20262c", "1", "none", "", Markup("").join(lines)),
        group.format(FAULT, "2.5", "none", "", Markup("").join(rings_of_faults)),
    ]
    size = float((east - west) * shrink * scale), float((north - south) * scale)
    words = "普查小区纳入普查单位密度与图层问题", "Districts by density of units, faults ringed"
    return figure(round(size[0], 1), round(size[1], 1), *words, drawn)


def legend(limits: Sequence[float], borders: Sequence[Border] = (), *, faults: bool = False) -> Markup:
    """Return the key of the still map: its title with the unit, shades, zero, what is withheld, lines and rings."""
    parts = [label(4, 14, "每平方公里纳入普查单位（个）", "Units kept per km²")]
    entries: list[tuple[Markup, tuple[str, str]]] = []
    for number, fill in enumerate(SHADES[: len(limits) + 1]):
        words = (f"≤ {limits[0]:,.2f}" if limits else "> 0") if number == 0 else f"> {limits[number - 1]:,.2f}"
        entries.append((_swatch(fill), (words, words)))
    entries += [(_swatch(ZERO), ("零", "zero")), (_swatch(WITHHELD), ("不公布", "withheld"))]
    entries += [(_line(border.weight), border.words) for border in borders]
    if faults:
        ring = Markup('<circle cx="10" cy="7" r="6" fill="none" stroke="{}" stroke-width="2.5"/>').format(FAULT)
        entries.append((ring, ("图层问题", "fault")))
    across = max(MAP_PIXELS // KEY_PX, 1)
    for number, (sign, (zh, en)) in enumerate(entries):
        x, y = 4 + number % across * KEY_PX, 24 + number // across * 22
        parts += [Markup('<g transform="translate({} {})">{}</g>').format(x, y, sign)]
        parts += [plain(x + 26, y + 12, zh) if zh == en else label(x + 26, y + 12, zh, en)]
    tall = 24 + 22 * (1 + (len(entries) - 1) // across)
    return figure(MAP_PIXELS, tall, "图例", "Key", parts)


def _swatch(fill: str) -> Markup:
    return Markup('<g stroke="#5c6670" stroke-width="0.7">{}</g>').format(box(0, 0, 20, 14, fill))


def _line(weight: float) -> Markup:
    return Markup('<path d="M0 7H20" stroke="#20262c" stroke-width="{}"/>').format(weight)


def shade(value: float | None, limits: Sequence[float]) -> str:
    """Return the shade of a value between the limits of its class; zero and what is withheld have their own.

    >>> shade(None, [1.0]) == WITHHELD, shade(0, [1.0]) == ZERO, shade(0.5, [1.0]) == SHADES[0]
    (True, True, True)
    """
    if value is None:
        return WITHHELD
    return SHADES[sum(value > limit for limit in limits)] if value else ZERO
