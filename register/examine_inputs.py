"""Every check that a build makes of its inputs, without building: all problems at once, each with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.errors import MingluError
from minglu.register.cleaning.make_entries import clean_batch, value_faults
from minglu.register.config.census_file import Census, read_census
from minglu.register.identifiers import Code
from minglu.register.run_inputs import FoundInputs, open_inputs
from minglu.register.sources.list_reading import InputReport, ListReading

MUST, SHOULD, NOTE = "must", "should", "note"
KEY_FIELDS = ("name",)
"""Fields that every row of a list should have."""
LISTED_PLACES = 3
CLEANED_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know or to do before a build."""

    weight: str
    """must: no build before it is done; should: rows or values are lost without it; note: good to know."""
    en: str
    zh: str

    def text(self, language: str) -> str:
        """Return the remark in `language`."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, the heaviest first."""

    remarks: tuple[Remark, ...]
    refusal: int
    """The exit code of the build's refusal, 0 where it would start."""

    @property
    def exit_code(self) -> int:
        """0 where nothing is to be done, 1 where something should be, else that of the refusal."""
        return self.refusal or int(any(remark.weight == SHOULD for remark in self.remarks))

    def as_dict(self) -> dict[str, object]:
        """Return plain values for `--json`."""
        return asdict(self)


class _NoStages:
    """A run of stages that nobody watches."""

    def stage(self, *, en: str, zh: str) -> nullcontext[None]:  # noqa: ARG002 -- named like the protocol's
        """Enter a stage without a word."""
        return nullcontext()


def examine(census_path: Path) -> Examination:
    """Read and check everything that the census file names; raises nothing for what is wrong with it."""
    try:
        census = read_census(census_path)
    except MingluError as problem:
        return Examination(tuple(_refusals(problem)), problem.exit_code)
    with ExitStack() as opened:
        found = open_inputs(census, stages=_NoStages(), opened=opened)
        refused = [remark for problem in found.problems.found for remark in _refusals(problem)]
        others = [*_about_lists(census, found), *_about_layers(found)]
    ordered = [*refused, *(remark for weight in (SHOULD, NOTE) for remark in others if remark.weight == weight)]
    return Examination(tuple(ordered), found.problems.found[0].exit_code if found.problems.found else 0)


def _refusals(problem: MingluError) -> Iterator[Remark]:
    for en, zh in zip(problem.en.splitlines(), problem.zh.splitlines(), strict=False):
        yield Remark(MUST, en, zh)


def _about_lists(census: Census, found: FoundInputs) -> Iterator[Remark]:
    for reading in found.readings:
        for report in reading.inputs:
            yield from _about_input(report)
            yield from _blank_keys(reading, report)
        yield from _set_aside(reading)
        yield from _wrong_values(reading, census)


def _about_input(report: InputReport) -> Iterator[Remark]:
    """Return how a file or sheet was understood, where that is worth a look."""
    where = _where(report)
    for signal in report.signals:
        yield Remark(SHOULD, f"{where}: {signal.en}", f"{where}：{signal.zh}")
    if not report.rows:
        yield Remark(SHOULD, f"{where}: no data row was found. Check the sheet.", f"{where}：没有数据行，请检查。")
    if report.unknown:
        columns = ", ".join(report.unknown)
        yield Remark(
            NOTE,
            f"{where}: columns that nothing uses: {columns}. Name one under `columns` of its [[lists]] if it matters.",
            f"{where}：未使用的列：{columns}。如需使用，请在该名单的 `columns` 中指明。",
        )
    for sheet in report.skipped_sheets:
        yield Remark(
            SHOULD,
            f"{report.file}: not read: {sheet.en}. Name it with `sheet` if it holds units.",
            f"{report.file}：未读取：{sheet.zh}。如含单位，请用 `sheet` 指明。",
        )


def _blank_keys(reading: ListReading, report: InputReport) -> Iterator[Remark]:
    """Report where a field that every row should have is missing: as a column, or in single rows."""
    rows = reading.rows.filter(
        pc.and_(pc.equal(reading.rows["file"], report.file), pc.equal(reading.rows["sheet"], report.sheet))
    )
    for name in KEY_FIELDS:
        cells = pc.utf8_trim_whitespace(pc.fill_null(rows.column(f"raw_{name}"), ""))
        blank = rows.filter(pc.equal(cells, ""))
        if blank.num_rows:
            heading = report.columns.get(name, name)
            places = _places(blank)
            yield Remark(
                SHOULD,
                f"{_where(report)}, column {heading}: {blank.num_rows} blank cells, {places}. Fill them in or ask.",
                f"{_where(report)} 列“{heading}”：{blank.num_rows} 个空单元格，{places}。请补填或核实。",
            )


def _set_aside(reading: ListReading) -> Iterator[Remark]:
    """Count the rows that reading sets aside, by code, with the first places."""
    for code in sorted(set(reading.rejects.column("code").to_pylist())):
        rows = reading.rejects.filter(pc.equal(reading.rejects.column("code"), code))
        reason, places = Bilingual.parse(rows.column("reason")[0].as_py()), _places(rows)
        yield Remark(
            NOTE,
            f"{rows.num_rows} rows are set aside as {code} ({reason.en}), {places}.",
            f"{rows.num_rows} 行记为 {code}（{reason.zh}），{places}。",
        )


def _wrong_values(reading: ListReading, census: Census) -> Iterator[Remark]:
    """Count the values that cleaning would not use, by field and code, with the first places."""
    pieces = (reading.rows.slice(start, CLEANED_ROWS) for start in range(0, reading.rows.num_rows, CLEANED_ROWS))
    faults = [value_faults(clean_batch(piece, pack=census.pack, keep_personal=False)) for piece in pieces]
    if not faults:
        return
    table = pa.concat_tables(faults)
    kinds = (
        table.group_by(["list", "field", "code"])
        .aggregate([("row", "count")])
        .sort_by([("row_count", "descending"), ("field", "ascending"), ("code", "ascending")])
    )
    for kind in kinds.to_pylist():
        rows = table.filter(pc.and_(pc.equal(table["field"], kind["field"]), pc.equal(table["code"], kind["code"])))
        places, name, meaning = _places(rows), kind["list"], Code[kind["code"]]
        heading = next(
            (one.columns[kind["field"]] for one in reading.inputs if kind["field"] in one.columns), kind["field"]
        )
        yield Remark(
            SHOULD,
            f"{name}, column {heading}: {rows.num_rows} values: {meaning.en} ({meaning.name}), {places}. "
            "Look at them in the list; the rows stay.",
            f"{name} 列“{heading}”：{rows.num_rows} 个值{meaning.zh}（{meaning.name}），{places}。"
            "请在名单中核实；该行保留。",
        )


def _about_layers(found: FoundInputs) -> Iterator[Remark]:
    if found.territory is None:
        return
    en, zh = (found.territory.as_lines(language) for language in ("en", "zh"))
    weight = NOTE if found.territory.clean else SHOULD
    for line_en, line_zh in zip(en, zh, strict=True):
        yield Remark(weight, line_en.strip(), line_zh.strip())
    for finding_en, finding_zh in zip(found.territory.rows("en"), found.territory.rows("zh"), strict=True):
        yield Remark(SHOULD, " | ".join(map(str, finding_en)), " | ".join(map(str, finding_zh)))


def _where(report: InputReport) -> str:
    return " ".join(filter(None, (report.file, report.sheet)))


def _places(rows: pa.Table) -> str:
    """Return the first places as FILE SHEET #ROW, the way they are asked for elsewhere."""
    first = rows.select(["file", "sheet", "row"]).slice(0, LISTED_PLACES).to_pylist()
    listed = ", ".join(" ".join(filter(None, (row["file"], row["sheet"]))) + f"#{row['row']}" for row in first)
    return listed + (" …" if rows.num_rows > LISTED_PLACES else "")
