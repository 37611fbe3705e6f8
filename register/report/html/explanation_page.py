"""The answer of `explain` as one offline page: rows side by side, waterfalls drawn; nothing that it has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minglu.register.explain.explanation import Compared, Entries, Explanation, Line, copy_of, place_of
from minglu.register.language.safe_text import plain_text
from minglu.register.report.html.assets import asset, open_template
from minglu.register.report.html.export_guard import new_outside
from minglu.register.report.html.waterfall_chart import waterfall_rows

SHOWN = (("name", "名称", "Name"), ("uscc", "统一社会信用代码", "USCC"), ("site_address", "地址", "Address"))


def write_reasons(answer: Explanation, out: Path, path: Path, *, language: str) -> None:
    """Write the page at `path`, outside of the run folder `out`; `language` is the one shown first.

    The page loads nothing and runs nothing; a reader switches the language without a script.
    """
    with new_outside(out, path, "--html") as fresh:
        fresh.write_text(_render(answer, language), encoding="utf-8", newline="\n")


def _render(answer: Explanation, language: str) -> str:
    return open_template("reasons.html").render(
        title=plain_text(answer.title),
        language=language,
        css=asset("templates/page.css"),
        parts=[_shown(part) for part in answer.parts],
        shown=SHOWN,
    )


def _shown(part: Line | Entries | Compared) -> dict[str, Any]:
    """Return what the template needs of one part."""
    match part:
        case Line(zh, en, heading):
            return {
                "kind": "heading" if heading else "line",
                "zh": plain_text(zh.strip()),
                "en": plain_text(en.strip()),
            }
        case Entries(rows):
            return {"kind": "entries", "rows": [_entry(row) for row in rows]}
        case Compared():
            return {
                "kind": "pair",
                "pair": part.pair,
                "verdict": part.verdict,
                "obstacles": [(plain_text(zh), plain_text(en)) for zh, en in part.obstacles],
                "argument": [(head, [tuple(map(plain_text, one)) for one in found]) for head, found in part.argument],
                "steps": waterfall_rows(part.waterfall),
            }


def _entry(row: Any) -> dict[str, str]:
    return {
        "entry_id": row["entry_id"],
        "place": plain_text(place_of(row)),
        "copy_of": copy_of(row),
        "name": plain_text(row["name"]),
        "uscc": plain_text(row["uscc"]),
        "site_address": plain_text(row["site_address"] or row["address"]),
    }
