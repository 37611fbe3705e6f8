"""What `minglu inspect` counts: how a file is read, and what its columns are worth.  Printing: `inspect_lines`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.config.list_spec import ListSpec
from minglu.register.identifiers import Code, Fault, org_code, permit_no, reg_no, region_code, tax_no, uscc
from minglu.register.identifiers.damage import is_scientific
from minglu.register.rules import HeaderRules
from minglu.register.sources.list_reading import InputReport
from minglu.register.sources.read_list import read_list

VALIDATORS: Mapping[str, Callable[[str], Fault | None]] = {
    "uscc": uscc.validate,
    "org_code": org_code.validate,
    "reg_no": reg_no.validate,
    "tax_no": tax_no.validate,
    "permit_no": permit_no.validate,
    "district_code": region_code.validate,
}
NOT_INVALID = frozenset({Code.ID_DAMAGED.name, Code.ID_PERSONAL.name, Code.ID_PREFIX.name})
BLANK = r"^[\s\p{Z}]*$"


@dataclass(frozen=True, slots=True)
class ColumnCount:
    """What one column is worth; holds counts, never values."""

    field: str
    """Canonical field."""
    heading: str
    """The heading as found."""
    filled: int
    """Cells with content."""
    blank: int
    """Cells without."""
    damaged: int
    """Numbers that a spreadsheet rounded (9.133E+17)."""
    invalid: int
    """Values that no such identifier can have, damaged ones not counted; 0 for other fields."""
    faults: Mapping[str, int]
    """Code of the fault -> cells."""


@dataclass(frozen=True, slots=True)
class InputInspection:
    """One file or sheet."""

    report: InputReport
    """How it was understood."""
    columns: tuple[ColumnCount, ...]
    """Its canonical columns, in canonical order."""
    rejects: Mapping[str, int]
    """Code -> rows set aside while reading."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that is known about a list file on its own."""

    file: str
    """Name of the file."""
    inputs: tuple[InputInspection, ...]
    """One per sheet that holds a list; one for other formats."""

    def as_dict(self) -> dict[str, object]:
        """Return plain values for `--json`."""
        return asdict(self)

    def as_lines(self, language: str) -> tuple[str, ...]:
        """Return the lines to print, in "zh" or "en"."""
        from minglu.register.sources.inspection_text import inspection_lines  # noqa: PLC0415 - it needs this class

        return inspection_lines(self, language)


def inspect_file(
    path: Path,
    headers: HeaderRules,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    header_row: int | None = None,
) -> Inspection:
    """Read `path` alone, as a list of a census would be read, and count.

    Raises SourceError where it can't be read in full.
    """
    spec = ListSpec(
        name="list",
        kind="other",
        path=path.name,
        base=path.absolute().parent,
        sheet=sheet,
        encoding=encoding,
        header_row=header_row,
    )
    reading = read_list(spec, headers)
    inputs = tuple(
        InputInspection(
            report,
            _column_counts(_of_sheet(reading.rows, report.sheet), report.columns),
            dict(sorted(Counter(_of_sheet(reading.rejects, report.sheet).column("code").to_pylist()).items())),
        )
        for report in reading.inputs
    )
    return Inspection(path.name, inputs)


def _of_sheet(table: pa.Table, sheet: str) -> pa.Table:
    return table.filter(pc.equal(table.column("sheet"), sheet))


def _column_counts(rows: pa.Table, headings: Mapping[str, str]) -> tuple[ColumnCount, ...]:
    return tuple(_column_count(field, heading, rows.column(f"raw_{field}")) for field, heading in headings.items())


def _column_count(field: str, heading: str, cells: pa.ChunkedArray) -> ColumnCount:
    blank = int(pc.sum(pc.match_substring_regex(cells, BLANK)).as_py() or 0)
    faults: Counter[str] = Counter()
    for value in pc.value_counts(cells).to_pylist() if len(cells) else []:
        if fault := _fault(field, value["values"]):
            faults[fault] += value["counts"]
    damaged = faults[Code.ID_DAMAGED.name]
    invalid = sum(count for code, count in faults.items() if code not in NOT_INVALID)
    return ColumnCount(field, heading, len(cells) - blank, blank, damaged, invalid, dict(sorted(faults.items())))


def _fault(field: str, text: str) -> str:
    """Return the code of what is wrong with one cell, empty for nothing; blank cells are not wrong."""
    if not text.strip():
        return ""
    if is_scientific(text):
        return Code.ID_DAMAGED.name
    validate = VALIDATORS.get(field)
    fault = validate(text) if validate is not None else None
    return fault.code.name if fault is not None else ""
