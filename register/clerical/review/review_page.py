"""review.html: the same pairs to read in a browser, offline.  Answers are given in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment

from minglu.register.clerical.review.review_keys import Header
from minglu.register.clerical.review.review_pairs import MARKED, SHOWN, Pair
from minglu.register.clerical.review.text_differences import mark_differences
from minglu.register.language.safe_text import plain_text

TEMPLATE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>人工复核 review: {{ census }}</title>
<style>body{font:15px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1.5rem;max-width:75rem}
table{border-collapse:collapse;width:100%;table-layout:fixed}th,td{border:1px solid #ccd;padding:.2rem .5rem;
text-align:left;vertical-align:top;overflow-wrap:anywhere}th.head{width:11rem}th[scope=row]{font-weight:normal;color:#555}
mark{background:#fde2df;color:#a00;text-decoration:underline}h2{font-size:1rem;margin:1.5rem 0 .3rem}
.note{color:#555}@media print{section{break-inside:avoid}}</style></head><body>
<h1>人工复核 Pairs to review</h1>
<p>{{ census }} · {{ header.reference_date }} · {{ pairs|length }} 个问题 questions ·
第 part {{ header.part }} / {{ header.parts }}</p>
<p class="note">判定填在 review.xlsx 中（同序号）。 Answers go into the workbook, by the same number.
run {{ header.run[:12] }}</p>
{% for pair in pairs %}<section><h2>{{ loop.index }}</h2>
<table><thead><tr><th class="head"></th><th>甲 A</th><th>乙 B</th></tr></thead>
<tbody>{% for row in pair.rows %}<tr><th scope="row">{{ row.head }}</th>{% for side in row.sides %}<td><bdi>
{%- for text, differs in side %}{% if differs %}<mark>{{ text }}</mark>{% else %}{{ text }}{% endif %}{% endfor -%}
</bdi></td>{% endfor %}</tr>{% endfor %}</tbody></table>
<p class="note">支持 for: {{ pair.speaks_for }}
{%- if pair.speaks_against %} · 反对 against: {{ pair.speaks_against }}{% endif %}
{%- if pair.scores %} · {{ pair.scores }}{% endif %}
{%- if pair.also %}<br>一并判定 settles {{ pair.settles }} 对 pairs: {{ pair.also }}{% endif %}</p></section>
{% endfor %}</body></html>
"""


def write_page(path: Path, header: Header, pairs: Sequence[Pair], *, with_scores: bool = False) -> None:
    """Write the page at `path`; it loads nothing and runs nothing."""
    template = Environment(autoescape=True).from_string(TEMPLATE)
    text = template.render(
        census=plain_text(header.census),
        header=header,
        pairs=[_shown(pair, with_scores=with_scores) for pair in pairs],
    )
    path.write_text(text + "\n", "utf-8", newline="\n")


def _shown(pair: Pair, *, with_scores: bool) -> dict[str, object]:
    rows = []
    for field, (zh, en, _) in SHOWN.items():
        left, right = plain_text(pair.left[field]), plain_text(pair.right[field])
        if left or right:
            sides = mark_differences(left, right) if field in MARKED else ([(left, False)], [(right, False)])
            rows.append({"head": f"{zh} {en}", "sides": sides})
    scores = ""
    if with_scores and pair.p_site is not None and pair.p_legal is not None:
        scores = f"P(site) {pair.p_site:.4f}  P(legal) {pair.p_legal:.4f}"
    return {
        "rows": rows,
        "speaks_for": pair.speaks_for,
        "speaks_against": pair.speaks_against,
        "scores": scores,
        "settles": pair.settles,
        "also": plain_text(pair.also),
    }
