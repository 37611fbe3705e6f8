"""The evidence about one pair as a waterfall: a bar per reason, drawn as inline SVG.  Figures come from the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from minglu.matching.model.match_waterfall import Waterfall
from minglu.register.report.html.charts import INK, LINE, PALE

WIDTH, HEIGHT, BAR = 230, 18, 10
SAYS_NOTHING = "·"


class Step(NamedTuple):
    """One row of the waterfall: words in both languages, and for either question bits and a bar."""

    zh: str
    en: str
    legal: str
    legal_bar: Markup
    site: str
    site_bar: Markup


def waterfall_rows(flow: Waterfall) -> list[Step]:
    """Return the steps in order and the sum last; both questions are drawn to one scale, to be compared."""
    legal = [step.bits_legal for step in flow.steps]
    site = [step.bits_site for step in flow.steps]
    words = [(step.why_zh, step.why_en) for step in flow.steps] + [("合计", "sum")]
    span = max(_reach(legal), _reach(site)) or 1.0
    drawn = zip(words, _draw(legal, span), _draw(site, span), strict=True)
    return [Step(zh, en, *one, *two) for (zh, en), one, two in drawn]


def _levels(bits: Sequence[float]) -> list[float]:
    """Return where the sum stands before the first step and after each."""
    levels = [0.0]
    for value in bits:
        levels.append(levels[-1] + value)
    return levels


def _reach(bits: Sequence[float]) -> float:
    levels = _levels(bits)
    return max(levels) - min(levels)


def _draw(bits: Sequence[float], span: float) -> list[tuple[str, Markup]]:
    """Return bits and bar of each step: from where the sum stood to where it goes; the sum itself from zero."""
    levels = _levels(bits)
    zero = 0.0 - min(levels)
    ends = [*pairwise(levels), (0.0, levels[-1])]
    labels = [f"{end - begin:+.1f}" if end != begin else SAYS_NOTHING for begin, end in ends]
    bars = [_bar((zero + begin) / span, (zero + end) / span, zero / span) for begin, end in ends]
    return list(zip(labels, bars, strict=True))


def _bar(begin: float, end: float, zero: float) -> Markup:
    """Draw one bar between two shares of the width; for the reason dark, against it pale."""
    left, right = sorted((begin * WIDTH, end * WIDTH))
    return Markup(
        '<svg class="step" width="{0}" height="{1}" viewBox="-1 0 {2} {1}" aria-hidden="true">'
        '<line x1="{3:.1f}" y1="0" x2="{3:.1f}" y2="{1}" stroke="{4}"/>'
        '<rect x="{5:.1f}" y="{6}" width="{7:.1f}" height="{8}" fill="{9}" stroke="{10}"/></svg>'
    ).format(
        WIDTH, HEIGHT, WIDTH + 2, zero * WIDTH, LINE,
        left, (HEIGHT - BAR) / 2, right - left, BAR, INK if end >= begin else PALE, INK,
    )  # fmt: skip
