"""Figures of the page as inline SVG, drawn from coverage.json: overlap, bars, estimates.

Shades differ in lightness, so that they survive grey printing and colour blindness.
Every text is given in both languages; the page shows one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup

Json = Mapping[str, Any]

INK, PALE, LINE = "#1f3a5f", "#c9d3dd", "#8a96a3"
SHADES = ("#fdf6d8", "#bfdcb9", "#6bb3b5", "#2f7ba3", "#1d3d73")
"""From few to many: lightness falls at every step."""
VERDICT_SHADES = (INK, "#6bb3b5", "#c9d3dd")


class Bar(NamedTuple):
    """One bar: its label in both languages and its length."""

    zh: str
    en: str
    value: int | None
    """None: not printed."""


class Span(NamedTuple):
    """One estimate: label in both languages, value, interval; strong if it is the headline."""

    zh: str
    en: str
    value: float
    low: float
    high: float
    strong: bool = False


def label(x: float, y: float, zh: str, en: str, *, anchor: str = "start") -> Markup:
    """Return a text of a figure in both languages."""
    form = Markup('<text x="{}" y="{}" text-anchor="{}" lang="{}">{}</text>')
    one = form.format(f"{x:g}", f"{y:g}", anchor, "zh", zh)
    return plain(x, y, zh, anchor=anchor) if zh == en else one + form.format(f"{x:g}", f"{y:g}", anchor, "en", en)


def plain(x: float, y: float, text: str, *, anchor: str = "start") -> Markup:
    """Return a text of a figure that is the same in both languages, such as a number."""
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(f"{x:g}", f"{y:g}", anchor, text)


def figure(width: float, height: float, zh: str, en: str, content: Sequence[Markup]) -> Markup:
    """Wrap the parts of a figure, with what it shows in words for those who can't see it."""
    return Markup(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2} / {3}" class="chart">{4}</svg>'
    ).format(f"{width:g}", f"{height:g}", zh, en, Markup("").join(content))


def box(x: float, y: float, width: float, height: float, fill: str = INK) -> Markup:
    """Return a rectangle."""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
        f"{x:g}", f"{y:g}", f"{max(width, 0):g}", f"{height:g}", fill
    )


def upset(histories: Mapping[str, int], names: Sequence[str], labels: Mapping[str, tuple[str, str]]) -> Markup:
    """Draw how many units are on exactly which lists: a column for each combination, dots for its lists."""
    order = sorted(histories, key=lambda history: (-histories[history], history))
    left, top, step, tall = 150, 24, 62, 120
    most = max(histories.values(), default=0) or 1
    parts = []
    base = top + tall
    for row, name in enumerate(names):
        y = base + 26 + row * 24
        zh, en = labels.get(name, (name, name))
        on = sum(units for history, units in histories.items() if history[row] == "1")
        parts += [
            label(left - 14, y + 4, f"{zh} {on:,}", f"{en} {on:,}", anchor="end"),
            box(left, y - 10, step * len(order), 20, "#f1f4f7" if row % 2 == 0 else "#ffffff"),
        ]
    for column, history in enumerate(order):
        x = left + step * (column + 0.5)
        height = tall * histories[history] / most
        parts += [
            box(x - 16, base - height, 32, height),
            plain(x, base - height - 6, f"{histories[history]:,}", anchor="middle"),
        ]
        rows = [row for row, mark in enumerate(history) if mark == "1"]
        if len(rows) > 1:
            parts.append(box(x - 1.5, base + 26 + rows[0] * 24, 3, (rows[-1] - rows[0]) * 24))
        for row in range(len(names)):
            fill = INK if row in rows else PALE
            parts.append(
                Markup('<circle cx="{}" cy="{}" r="7" fill="{}"/>').format(f"{x:g}", f"{base + 26 + row * 24:g}", fill)
            )
    size = left + step * len(order) + 10, base + 26 + 24 * len(names)
    return figure(*size, "名单重叠：每列为恰在这些名单上的单位数", "Overlap: units on exactly these lists", parts)


def bars(items: Sequence[Bar], zh: str, en: str) -> Markup:
    """Draw horizontal bars, one below the other, each with its number; one that is not printed has no bar."""
    left, room, step = 190, 330, 26
    most = max((item.value for item in items if item.value is not None), default=0) or 1
    parts = []
    for row, item in enumerate(items):
        y = 6 + row * step
        parts.append(label(left - 8, y + 14, item.zh, item.en, anchor="end"))
        if item.value is None:
            parts.append(label(left + 6, y + 14, "未公布", "not printed"))
            continue
        parts += [
            box(left, y, room * item.value / most, 18),
            plain(left + room * item.value / most + 6, y + 14, f"{item.value:,}"),
        ]
    return figure(left + room + 80, 12 + step * len(items), zh, en, parts)


def scores(bands: Sequence[Json], verdicts: Mapping[str, tuple[str, str]]) -> Markup:
    """Draw how many compared pairs fell into each band of probability, a panel for each verdict.

    Lengths are logarithmic, on one scale for all panels: a thousand clear pairs would hide the ten that matter.
    """
    left, room, panel, step, top = 70, 130, 230, 22, 26
    most = math.log1p(max((band[name] for band in bands for name in verdicts), default=0)) or 1.0
    parts = []
    for row, band in enumerate(reversed(bands)):
        y = top + row * step
        parts.append(plain(left - 10, y + 13, f"{band['low']:.1f}–{band['high']:.1f}", anchor="end"))
        for column, (name, fill) in enumerate(zip(verdicts, VERDICT_SHADES, strict=True)):
            x, length = left + column * panel, room * math.log1p(band[name]) / most
            parts += [box(x, y, length, 16, fill), plain(x + length + 6, y + 13, f"{band[name]:,}")]
    parts += [label(left + column * panel, 14, *words) for column, words in enumerate(verdicts.values())]
    size = left + panel * len(verdicts), top + step * len(bands) + 4
    return figure(*size, "记录对数，按概率与结论（对数尺度）", "Pairs by probability and verdict (logarithmic)", parts)


def spans(items: Sequence[Span], seen: int) -> Markup:
    """Draw estimates with their intervals on one axis, from what was seen; ends beyond the axis get an arrow."""
    left, room, step, top = 210, 400, 24, 26
    highest = sorted(item.high for item in items)
    end = min(highest[-1], 3 * max(item.value for item in items) if items else 1)
    start = min([seen, *(item.low for item in items)])
    scale = room / max(end - start, 1e-9)

    def place(units: float) -> float:
        return left + (min(units, end) - start) * scale

    bottom = top + step * len(items)
    parts = [
        Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}" stroke-dasharray="4 3"/>').format(
            f"{place(seen):g}", top - 8, bottom, LINE
        ),
        label(place(seen), top - 12, f"名单所见 {seen:,}", f"seen on the lists {seen:,}"),
    ]
    for row, item in enumerate(items):
        y = top + step * (row + 0.5)
        low, mid, high = place(item.low), place(item.value), place(item.high)
        parts += [
            label(left - 10, y + 4, item.zh, item.en, anchor="end"),
            box(low, y - 1.5, high - low, 3, LINE),
            box(mid - 5, y - 5, 10, 10, INK if item.strong else "#4f7aa3"),
            plain(left + room + 12, y + 4, f"{item.value:,.0f}  [{item.low:,.0f} – {item.high:,.0f}]"),
        ]
        if item.high > end:
            parts.append(plain(left + room - 2, y + 5, "▶", anchor="end"))
    return figure(left + room + 200, bottom + 8, "各估计值与 95% 区间", "Estimates with 95 % intervals", parts)


def class_limits(values: Sequence[float | None]) -> list[float]:
    """Return the limits between five classes of about equal size; zero is a class of its own."""
    known = sorted({value for value in values if value})
    if len(known) < len(SHADES):
        return [float(value) for value in known[:-1]]
    return [float(value) for value in np.quantile(known, [0.2, 0.4, 0.6, 0.8])]
