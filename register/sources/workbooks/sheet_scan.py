"""What a worksheet's XML says beside its values: hidden parts, filters, errors, formulas without a value.

A parser of values shows an error cell and a formula that no program has calculated as blank, and a
hidden row like any other.  The XML of an .xlsx sheet is searched for them by pattern: one pass, no tree.
Formats other than .xlsx are not looked into.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from minglu.register.sources.workbooks.zip_preflight import column_number, open_archive

_HIDDEN = rb'\shidden="(?:1|true)"'
_ROW = re.compile(rb"<(?:\w+:)?row(?=\s)[^>]*?" + _HIDDEN + rb"[^>]*>")
_ROW_NUMBER = re.compile(rb'\sr="(\d+)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col(?=\s)[^>]*?" + _HIDDEN + rb"[^>]*>")
_SPAN = re.compile(rb'\s(min|max)="(\d+)"')
_FILTERED = re.compile(rb"<(?:\w+:)?(?:filterColumn|filters|customFilters)[\s>]")
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s([^>]*?\bt="e"[^>]*)>(?:<(?:\w+:)?f[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)<'
)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*?)?(?:/>|>([^<]*)</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class SheetTraits:
    """What is to be known of a sheet beside its values; rows and columns count from 1."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    filtered: bool = False
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    """Row -> column -> the error that the cell shows, or "=" and the formula that has no value."""
    errors: int = 0
    formulas: int = 0


def scan_sheets(path: Path, wanted: list[str], last_column: int) -> dict[str, SheetTraits]:
    """Return the traits of the wanted sheets of an .xlsx workbook; no hidden column beyond `last_column` counts."""
    with open_archive(path) as archive:
        parts = {name: part for name, part in _parts(archive) if name in wanted}
        return {name: _scan(archive.read(part), last_column) for name, part in parts.items()}


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name and the archive's entry that holds it."""
    entries = {name.replace("\\", "/").lstrip("/"): name for name in archive.namelist()}
    book, links = entries.get("xl/workbook.xml"), entries.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return
    targets = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in ET.fromstring(archive.read(links))  # noqa: S314 (no entities: the preflight refuses declarations)
    }
    for element in ET.fromstring(archive.read(book)).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] == "sheet" and (
            part := entries.get(targets.get(element.get(_RELATION, ""), ""))
        ):
            yield element.get("name", ""), part


def _scan(xml: bytes, last_column: int) -> SheetTraits:
    traits = SheetTraits(filtered=_FILTERED.search(xml) is not None)
    for found in _ROW.finditer(xml):
        if number := _ROW_NUMBER.search(found[0]):
            traits.hidden_rows.append(int(number[1]))
    for found in _COLUMN.finditer(xml):
        span = {name: int(number) for name, number in _SPAN.findall(found[0])}
        traits.hidden_columns += range(span.get(b"min", 1), min(span.get(b"max", 0), last_column) + 1)
    for found in _ERROR.finditer(xml) if b't="e"' in xml else ():
        traits.errors += _note(traits, found[1], found[2])
    for found in _FORMULA.finditer(xml) if b"<f" in xml or b":f" in xml else ():
        traits.formulas += _note(traits, found[1], b"=" + (found[2] or b""))
    return traits


def _note(traits: SheetTraits, attributes: bytes, text: bytes) -> bool:
    """Keep what a cell shows; say whether its place is known."""
    cell = _CELL.search(attributes)
    if cell is not None:
        shown = html.unescape(text.decode("utf-8", "replace"))
        traits.cells.setdefault(int(cell[2]), {})[column_number(cell[1].decode())] = shown
    return cell is not None
