"""A small county for the tests of trust: some sites of the sample, all their rows, as plain CSV files."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from minglu.register.build import build

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data"
KINDS = ("business", "tax", "permit")
HEADER_ROWS = {"business": 1, "tax": 3, "permit": 1}
SITES = 40
Row = tuple[str, ...]


@dataclass(frozen=True)
class Lists:
    """The lists of a county as texts: a heading and rows for each kind."""

    headings: Mapping[str, Row]
    rows: Mapping[str, Sequence[Row]]

    def with_rows(self, rows: Mapping[str, Sequence[Row]]) -> Lists:
        """Return the same lists with other rows."""
        return Lists(self.headings, rows)

    def column(self, kind: str, heading: str) -> int:
        """Return the place of a column."""
        return self.headings[kind].index(heading)


class Quiet:
    """No talk, no clock."""

    @contextmanager
    def stage(self, *, en, zh):  # noqa: ARG002
        """Enter a stage."""
        yield

    def note(self, *, en, zh):
        """Do nothing."""

    def times(self):
        """Return nothing that a clock told."""
        return {"schema": "minglu/run/1"}


@cache
def _sample(kind: str) -> tuple[Row, tuple[Row, ...]]:
    if kind == "tax":
        book = openpyxl.load_workbook(SAMPLE / "tax.xlsx", read_only=True)
        cells = [tuple("" if cell is None else str(cell) for cell in row) for row in book.worksheets[0].values]
        book.close()
    else:
        encoding = "gb18030" if kind == "business" else "utf-8-sig"
        cells = [tuple(row) for row in csv.reader(io.StringIO((SAMPLE / f"{kind}.csv").read_text(encoding)))]
    return cells[HEADER_ROWS[kind] - 1], tuple(cells[HEADER_ROWS[kind] :])


@cache
def lists(first: int = 0, sites: int = SITES) -> Lists:
    """Return all rows of `sites` sites of the sample that are on two lists at least."""
    truth = pq.read_table(SAMPLE / "truth.parquet")
    known = truth.group_by("site").aggregate([("list", "count_distinct")])
    several = known.filter(pc.greater(known.column("list_count_distinct"), 1)).column("site").to_pylist()
    chosen = pa.array(sorted(several)[first : first + sites], pa.string())
    truth = truth.filter(pc.is_in(truth.column("site"), chosen))
    headings, rows = {}, {}
    for kind in KINDS:
        headings[kind], every = _sample(kind)
        numbers = truth.filter(pc.equal(truth.column("list"), kind)).column("row").to_pylist()
        rows[kind] = [every[number - HEADER_ROWS[kind] - 1] for number in sorted(numbers)]
    return Lists(headings, rows)


def text(heading: Row, rows: Iterable[Row]) -> str:
    """Write one list as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([heading, *rows])
    return out.getvalue()


def write_lists(folder: Path, content: Lists) -> None:
    """Write one CSV file for each kind."""
    for kind in content.rows:
        (folder / f"{kind}.csv").write_text(text(content.headings[kind], content.rows[kind]), encoding="utf-8")


def write_layers(folder: Path) -> None:
    """Copy the sound district layer and its county."""
    for name in ("districts.gpkg", "county.gpkg"):
        shutil.copy(SAMPLE / name, folder)


def write_census(
    folder: Path, kinds: Iterable[str] = KINDS, *, more: Mapping[str, str] | None = None, top: str = ""
) -> Path:
    """Write a census file; `more` are further lines for a kind."""
    parts = [f'[census]\nname = "试验县"\nreference_date = 2027-12-31\n{top}']
    for kind in kinds:
        crs = {"business": "BD09", "tax": "GCJ02", "permit": "CGCS2000"}.get(kind, "CGCS2000")
        extra = (more or {}).get(kind, "")
        path = "" if "path =" in extra else f'path = "{kind}.csv"\n'
        shown = "" if "kind =" in extra else f'kind = "{kind}"\n'
        parts.append(f'[[lists]]\n{shown}{path}crs = "{crs}"\n{extra}')
    parts.append('[districts]\npath = "districts.gpkg"\ncode = "code"\nname = "name"\n[parent]\npath = "county.gpkg"\n')
    path = folder / "census.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def make_county(folder: Path, content: Lists | None = None) -> Path:
    """Write a whole small county; return its census file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = content or lists()
    write_lists(folder, content)
    write_layers(folder)
    return write_census(folder, [kind for kind in KINDS if kind in content.rows])


def run(census: Path, out: Path | None = None, **options: object) -> Path:
    """Build in this process."""
    out = out or census.parent / "out"
    build(census, out, progress=Quiet(), **options)
    return out


def digests(out: Path) -> dict[str, str]:
    """Return the SHA-256 of every output that promises the same bytes; run.json alone knows a clock."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def everything(out: Path) -> dict[str, bytes]:
    """Return every byte under `out`."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def table(out: Path, name: str) -> list[dict[str, object]]:
    """Return a stored table as rows."""
    return pq.read_table(out / "tables" / f"{name}.parquet").to_pylist()


def groups(out: Path) -> set[frozenset[tuple[str, str]]]:
    """Return the register as a partition: for each unit the (list, raw name and address) of its entries."""
    what = {row["entry_id"]: row for row in table(out, "entries")}
    units: dict[str, set[str]] = {}
    for row in table(out, "members"):
        units.setdefault(row["unit_id"], set()).add(row["entry_id"])
    return {frozenset((what[e]["list"], content_key(what[e])) for e in members) for members in units.values()}


def questions(out: Path) -> list[set[tuple[str, str]]]:
    """Return the pairs about one site that wait for a clerk, each row as in `groups`."""
    what = {row["entry_id"]: (row["list"], content_key(row)) for row in table(out, "entries")}
    pairs = table(out, "scored_pairs")
    asked = [pair for pair in pairs if (pair["verdict"], pair["relation"]) == ("review", "same_site")]
    return [{what[pair["left"]], what[pair["right"]]} for pair in asked]


def content_key(entry: Mapping[str, object]) -> str:
    """Return what the file said about an entry, whatever its row number."""
    return "|".join(f"{entry[key]}" for key in sorted(entry) if key.startswith("raw_"))
