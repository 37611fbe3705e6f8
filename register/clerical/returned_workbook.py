"""Workbooks that go out and come back: hidden keys written and checked, cells read, refusals that name their place.

The keys lie in a very hidden sheet, one JSON text a row: first a header, then one key per
row or sheet that people fill in.  The header holds a digest of itself and the keys, so that a change of any is found.
What the visible sheets look like, and what answers mean, is defined where they are made.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from minglu.register.clerical.sheet_problems import CellError, column_number, refuse
from minglu.register.sources.file_type import Format, sniff
from minglu.register.sources.workbooks.sandbox import open_workbook

HIDDEN = "_minglu"
CELL_LETTERS = 32_767
BOOK_PARTS = ("workbook.xml", "_rels/workbook.xml.rels")
SHEET_OF = re.compile(r'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
LINK = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
FORMULA = re.compile(r'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<(?:\w+:)?f\b')
VALUE = re.compile(r"<(?:\w+:)?(?:v|is|f)\b")
READABLE = frozenset({Format.XLSX, Format.XLS, Format.ODS})

Cells = Mapping[int, Sequence[str]]
"""Sheet row, from 1 -> the texts of its cells."""


def hidden_texts(schema: str, header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the texts of the hidden sheet."""
    texts, head = [_text(key) for key in keys], {"schema": schema, **header}
    return [_text(head | {"keys": _digest([_text(head), *texts])}), *texts]


def parse_hidden(schema: str, texts: Sequence[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read header and keys again; raises ValueError where they are not as they were written."""
    if not texts:
        raise ValueError
    header, keys = _record(texts[0]), list(texts[1:])
    digest = header.pop("keys", None)
    if digest != _digest([_text(header), *keys]) or header.pop("schema", None) != schema:
        raise ValueError
    return header, [_record(key) for key in keys]


def _record(text: str) -> dict[str, Any]:
    """Read one JSON object; anything else, brackets without end included, is a ValueError."""
    try:
        record = json.loads(text)
    except RecursionError as error:
        raise ValueError from error
    if not isinstance(record, dict):
        raise ValueError  # noqa: TRY004 - foreign text, no mistake of ours
    return record


def write_hidden(book: Any, texts: Sequence[str]) -> None:
    """Add the hidden sheet to an xlsxwriter workbook; a text longer than a cell goes on in the next."""
    page = book.add_worksheet(HIDDEN)
    for line, text in enumerate(texts):
        for place, start in enumerate(range(0, len(text), CELL_LETTERS)):
            page.write_string(line, place, text[start : start + CELL_LETTERS])
    page.protect()
    page.very_hidden()


def read_hidden(path: Path, schema: str, *, command: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return header and keys of a workbook; raises SourceError where `command` did not write it like this."""
    rows = read_cells(path, HIDDEN, command=command)
    try:
        return parse_hidden(schema, ["".join(row) for _, row in sorted(rows.items()) if any(row)])
    except (ValueError, KeyError, TypeError, AttributeError):
        foreign(path, command)


def read_cells(path: Path, sheet: str, *, command: str) -> Cells:
    """Read a sheet in the sandbox for source lists: no cell takes effect.  Raises SourceError where there is none."""
    kind = sniff(path)
    if kind not in READABLE:
        foreign(path, command)
    with open_workbook(path, kind, sheet) as book:
        if not book.chosen and sheet == HIDDEN:
            foreign(path, command)
        if not book.chosen:
            refuse(
                path,
                sheet,
                ("(sheet)", "（工作表）"),
                "there is no sheet of this name. Give it back the name that it had",
                "没有该名称的工作表。请恢复原名",
            )
        found: dict[int, Sequence[str]] = {}
        book.next_traits()
        for batch in book.next_sheet():
            found |= zip(batch.column("row").to_pylist(), batch.column("cells").to_pylist(), strict=True)
    return found


def find_formulas(path: Path, sheet: str) -> frozenset[tuple[int, int]]:
    """Return sheet row (from 1) and column (from 0) of every formula in a sheet of an xlsx file that was read before.

    A program that does not calculate stores a formula without a value: that answer would be lost without a word.  In
    the other formats a cell always holds what its formula showed.
    """
    content = _sheet_parts(path).get(sheet, "")
    return frozenset((int(row), column_number(letters)) for letters, row in FORMULA.findall(content))


def find_other_sheets(path: Path, known: Collection[str]) -> list[str]:
    """Return the names of further sheets of an xlsx file in which something stands."""
    parts = _sheet_parts(path)
    return [name for name, content in parts.items() if name not in known and VALUE.search(content)]


def _sheet_parts(path: Path) -> dict[str, str]:
    """Return the XML text of each sheet of an xlsx file that was read before, by name; nothing for other formats."""
    if sniff(path) is not Format.XLSX:
        return {}
    with zipfile.ZipFile(path) as parts:
        book, links = (parts.read(f"xl/{name}").decode("utf-8", "replace") for name in BOOK_PARTS)
        targets = {key: target for one in LINK.findall(links) for key, target in [_link(one)]}
        found = {}
        for name, link in SHEET_OF.findall(book):
            part = targets.get(link, "").removeprefix("/xl/")
            found[html.unescape(name)] = parts.read(f"xl/{part}").decode("utf-8", "replace") if part else ""
    return found


def _link(text: str) -> tuple[str, str]:
    """Return key and target of a link between the parts of a workbook."""
    attributes = dict(re.findall(r'\b(Id|Target)="([^"]*)"', text))
    return attributes.get("Id", ""), attributes.get("Target", "")


def foreign(path: Path, command: str) -> NoReturn:
    """Refuse a workbook that `command` did not write."""
    raise CellError(
        en=f"{path.name}: this is no workbook that `minglu {command}` wrote, or its hidden sheet was changed. "
        "Fill in a sheet as written and save it under any name as .xlsx.",
        zh=f"{path.name}：不是 `minglu {command}` 生成的工作簿，或其隐藏表已被改动。请在原表上填写，另存为 .xlsx。",
    )


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
