"""From rows to units as one picture: lists flow into a band, and what leaves on the way turns off it.  Inline SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from minglu.register.report.html.charts import PALE, box, figure, label, plain

MERGED, LEAVING = "#6bb3b5", "#9aa7b3"
BAND_PX = 150
"""Height of all rows together."""
OVERLAP = 0.7
"""Pixels by which parts of the band overlap, so that no seam shows."""
TOP, TURN, GAP, LABEL_PX, LEFT = 34, 26, 84, 21, 185


class Flow(NamedTuple):
    """One part of the rows: its words and how many."""

    zh: str
    en: str
    rows: int
    merged: bool = False
    """Its rows go into a unit of another row, and are not lost."""


def flow_chart(lists: Sequence[Flow], leaving: Sequence[Flow], kept: Flow) -> Markup:
    """Draw the rows of each list on the left, what leaves below, and the units kept on the right."""
    # Long: one drawing from left to right; every part begins where the last one ended.
    whole = sum(part.rows for part in lists) or 1
    scale = BAND_PX / whole
    trunk = LEFT + 110
    parts, y, label_y = [], float(TOP), 0.0
    for part in lists:
        height = part.rows * scale
        label_y = max(y + height / 2 + 5, label_y + LABEL_PX)
        parts += [
            label(LEFT - 12, label_y, f"{part.zh} {part.rows:,}", f"{part.en} {part.rows:,}", anchor="end"),
            box(LEFT, y + 0.5, 12, max(height - 1, 1)),
            box(LEFT + 12, y + 0.5, trunk - LEFT - 12, max(height - 1, 1), PALE),
        ]
        y += height
    bottom, base, x = y, max(y, label_y) + 44, float(trunk)
    parts += [
        box(trunk, TOP, 12, bottom - TOP),
        label(trunk, TOP - 12, f"读入 {whole:,} 行", f"{whole:,} rows in"),
    ]
    x += 12
    for part in leaving:
        height = part.rows * scale
        parts.append(box(x - OVERLAP, TOP, GAP + OVERLAP, bottom - TOP, PALE))
        x += GAP
        parts.append(_turn(x, bottom, max(height, 1.5), base, MERGED if part.merged else LEAVING))
        middle = x + TURN + height / 2
        parts += [
            label(middle, base + 18, part.zh, part.en, anchor="middle"),
            Markup('<g font-weight="700">{}</g>').format(plain(middle, base + 37, f"−{part.rows:,}", anchor="middle")),
        ]
        step = TURN + height
        bottom -= height
        parts.append(box(x - OVERLAP, TOP, step + OVERLAP, max(bottom - TOP, 1.5), PALE))
        x += step
    parts += [
        box(x - OVERLAP, TOP, 40 + OVERLAP, max(bottom - TOP, 1.5), PALE),
        box(x + 40, TOP, 12, max(bottom - TOP, 1.5)),
    ]
    middle = (TOP + bottom) / 2
    parts += [
        Markup('<g font-size="26" font-weight="700">{}</g>').format(plain(x + 64, middle + 2, f"{kept.rows:,}")),
        label(x + 64, middle + 22, kept.zh, kept.en),
    ]
    return figure(x + 210, base + 44, "名单各行的去向", "What became of the rows of each list", parts)


def _turn(x: float, bottom: float, height: float, base: float, fill: str) -> Markup:
    """Draw a band of `height` that leaves the lower edge at (x, bottom) and turns down to `base`."""
    inner, outer, top = x + TURN, x + TURN + height, bottom - height
    return Markup(
        '<path d="M{0:.1f} {1:.1f}Q{2:.1f} {1:.1f} {2:.1f} {3:.1f}'
        'L{4:.1f} {3:.1f}Q{4:.1f} {5:.1f} {0:.1f} {5:.1f}Z" fill="{6}"/>'
    ).format(x, top, outer, base, inner, bottom, fill)


def flow_parts(accounting: Mapping[str, int], words: Mapping[str, tuple[str, str]]) -> list[Flow]:
    """Return what leaves on the way, in the order of the work; what no row did is left out."""
    order = ("rejected", "duplicate", "out_of_scope", "closed", "not_found")
    return [Flow(*words[name], accounting[name], name == "duplicate") for name in order if accounting[name]]
