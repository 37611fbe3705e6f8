"""review.xlsx: one row a pair, both sides beside each other, differences in red, answers to choose.

Everything but the answers is locked (without a password: it guards against slips).  No
cell takes effect: texts stay texts.  The same pairs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from minglu.register.clerical.decisions import WORDS
from minglu.register.clerical.form_columns import Column, pages_across
from minglu.register.clerical.form_workbook import (
    HEADER_ROWS,
    LINE_POINTS,
    lock_page,
    make_formats,
    open_book,
    write_headings,
)
from minglu.register.clerical.returned_workbook import write_hidden
from minglu.register.clerical.review import review_keys
from minglu.register.clerical.review.review_pairs import MARKED, SHOWN, Pair
from minglu.register.clerical.review.text_differences import Parts, mark_differences
from minglu.register.language.safe_text import plain_text

CHOICES = tuple(zh for zh, _ in WORDS.values())
CHARACTERS_MAX = 2_000
"""A longer text is cut for the eye; its key is not."""
ANSWER_COLUMNS = 3
SETTLED = (
    Column("settles", "本问题涉及对数", "pairs it settles", 8),
    Column("also", "同一问题的其他行", "further rows of the question", 30),
)
"""What else an answer settles; sheets of earlier versions have not these columns."""
SIDES = (("left", "甲", "A"), ("right", "乙", "B"))


def columns(*, with_scores: bool) -> tuple[Column, ...]:
    """Return the columns of the sheet: answers, number, reasons, both sides, keys."""
    answers = (
        Column("judgement", "判定", "judgement", 20, open=True, choices=CHOICES),
        Column("reviewer", "审核人", "reviewer", 10, open=True),
        Column("reason", "理由", "reason", 22, open=True),
        Column("no", "序号", "no.", 6),
    )
    scores = (
        Column("p_site", "同一场所概率", "p same site", 10),
        Column("p_legal", "同一法人概率", "p same legal", 10),
    )
    reasons = (Column("speaks_for", "支持", "for", 32), Column("speaks_against", "反对", "against", 32))
    both = tuple(
        Column(f"{side}.{field}", f"{zh}（{zh_side}）", f"{en}, {en_side}", width)
        for field, (zh, en, width) in SHOWN.items()
        for side, zh_side, en_side in SIDES
    )
    ids = tuple(Column(f"{side}.entry_id", f"条目（{zh}）", f"entry, {en}", 23) for side, zh, en in SIDES)
    return (*answers, *(scores if with_scores else ()), *both, *reasons, *ids, *SETTLED)


def write_workbook(path: Path, header: review_keys.Header, pairs: Sequence[Pair], *, with_scores: bool = False) -> None:
    """Write the workbook at `path`."""
    with open_book(path, header.census) as book:
        page = book.add_worksheet(review_keys.ANSWERS)
        shown = columns(with_scores=with_scores)
        formats = make_formats(book) | {
            "plain": book.add_format({}),
            "other": book.add_format({"font_color": "#C00000", "bold": True, "underline": 1}),
        }
        page.set_default_row(LINE_POINTS)
        write_headings(page, shown, len(pairs), formats)
        lock_page(page, frozen=ANSWER_COLUMNS + 1)
        page.fit_to_pages(pages_across(shown), 0)
        page.repeat_columns(ANSWER_COLUMNS)  # the number identifies the lines of further pages
        for line, pair in enumerate(pairs, HEADER_ROWS):
            _write_pair(page, line, pair, shown, formats)
        write_hidden(book, review_keys.render(header, pairs))


def _write_pair(page: Any, line: int, pair: Pair, shown: Sequence[Column], formats: Any) -> None:
    marked = {field: mark_differences(_short(pair.left[field]), _short(pair.right[field])) for field in MARKED}
    plain = {"speaks_for": pair.speaks_for, "speaks_against": pair.speaks_against, "also": _short(pair.also)}
    numbers: dict[str, float | None] = {
        "no": line - HEADER_ROWS + 1,
        "settles": pair.settles,
        "p_site": pair.p_site,
        "p_legal": pair.p_legal,
    }
    for place, column in enumerate(shown):
        side, _, field = column.field.partition(".")
        if place < ANSWER_COLUMNS:
            page.write_blank(line, place, None, formats["open"])
        elif side in {"left", "right"}:
            row = getattr(pair, side)
            parts = marked[field][side == "right"] if field in marked else [(_short(row[field]), False)]
            _write_parts(page, line, place, parts, formats)
        elif column.field in numbers:
            if (number := numbers[column.field]) is not None:
                page.write_number(line, place, round(number, 4), formats["text"])
        else:
            page.write_string(line, place, plain[column.field], formats["text"])


def _write_parts(page: Any, line: int, place: int, parts: Parts, formats: Any) -> None:
    if len(parts) < 2:  # rich strings have two parts or more
        differs = bool(parts) and parts[0][1]
        text = parts[0][0] if parts else ""
        page.write_string(line, place, text, formats["other"] if differs else formats["text"])
        return
    rich = [piece for text, differs in parts for piece in (formats["other" if differs else "plain"], text)]
    page.write_rich_string(line, place, *rich, formats["text"])


def _short(text: str) -> str:
    text = plain_text(text)
    return text if len(text) <= CHARACTERS_MAX else f"{text[:CHARACTERS_MAX]}…［已截断 cut］"
