"""Reading one list: every file and sheet of it, in order, into ROWS, REJECTS and one report per input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from minglu.common.bilingual import Bilingual
from minglu.errors import SourceError
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules import HeaderRules
from minglu.register.schemas import FIELDS, REJECTS, ROWS
from minglu.register.sources import attestation
from minglu.register.sources.assemble_rows import Batch, Origin, assemble
from minglu.register.sources.file_type import Format, name_disagrees, sniff
from minglu.register.sources.header import Layout, Row, find_layout, has_header
from minglu.register.sources.headings import Aliases
from minglu.register.sources.list_paths import find_files, relative_name
from minglu.register.sources.list_reading import InputReport, ListReading
from minglu.register.sources.parquet_source import parquet_batches, parquet_head
from minglu.register.sources.row_rejects import SetAside
from minglu.register.sources.text_files.open_text import TextSource, open_text, take_head
from minglu.register.sources.workbooks.merged_cells import MergedCells
from minglu.register.sources.workbooks.sandbox import Traits, Workbook, open_workbook
from minglu.register.sources.workbooks.sheet_remarks import describe_traits


@dataclass(frozen=True, slots=True)
class _File:
    """One file of a list, with what is known before it is read."""

    path: Path
    name: str
    kind: Format
    digest: str


@dataclass(frozen=True, slots=True)
class _Input:
    """One input that was read: its batches and its report."""

    batches: tuple[Batch, ...]
    report: InputReport


def read_list(spec: ListSpec, headers: HeaderRules) -> ListReading:
    """Read all files of a list.

    Raises SourceError for a file that can't be read in full, has no recognisable header, or is not what the sender
    attested.  A list without any row is no error: its report says so.
    """
    files = find_files(spec)
    inputs = [part for path in files for part in _read_file(spec, path, len(files), headers)]
    batches = [batch for part in inputs for batch in part.batches]
    rows = pa.concat_tables([ROWS.empty_table(), *(batch.rows for batch in batches)])
    rejects = pa.concat_tables([REJECTS.empty_table(), *(batch.rejects for batch in batches)])
    ragged = rejects.column("code").to_pylist().count(SetAside.ROW_RAGGED.name)
    attestation.check_rows(spec, len(rows) + ragged)
    return ListReading(rows, rejects, tuple(part.report for part in inputs))


def _read_file(spec: ListSpec, path: Path, files: int, headers: HeaderRules) -> list[_Input]:
    name = relative_name(path, spec.base)
    try:
        before = attestation.stamp(path)
        digest = attestation.file_digest(path)
        attestation.check_digest(spec, name, digest, files)
        file = _File(path, name, sniff(path), digest)
        parts = _read_kind(spec, file, headers)
        attestation.check_still(path, name, before)
    except OSError as problem:
        raise SourceError(
            en=f"{name}: {type(problem).__name__}; the file can't be read. Check that it may be opened.",
            zh=f"{name}：{type(problem).__name__}；文件无法读取。请检查访问权限。",
        ) from problem
    return parts


def _read_kind(spec: ListSpec, file: _File, headers: HeaderRules) -> list[_Input]:
    if file.kind is Format.TEXT:
        return [_read_text(spec, file, headers)]
    if file.kind is Format.PARQUET:
        return [_read_parquet(spec, file, headers)]
    return _read_workbook(spec, file, headers)


def _read_text(spec: ListSpec, file: _File, headers: HeaderRules) -> _Input:
    aliases = Aliases(headers)
    source = open_text(file.path, aliases, spec.columns, encoding=spec.encoding)
    head, records = take_head(source.batches, spec.header_row)
    where = f"{file.name} ({source.encoding})"
    layout = find_layout(where, head, aliases, spec.columns, spec.header_row)
    batches = _assemble(records, layout, Origin(spec.name, file.name, ""), headers, ragged=True)
    return _Input(
        batches, _report(spec, file, layout, batches, encoding=source.encoding, signals=_cut(source, batches))
    )


def _read_parquet(spec: ListSpec, file: _File, headers: HeaderRules) -> _Input:
    layout = find_layout(file.name, parquet_head(file.path), Aliases(headers), spec.columns, None)
    origin = Origin(spec.name, file.name, "")
    batches = _assemble(parquet_batches(file.path), layout, origin, headers, ragged=False)
    return _Input(batches, _report(spec, file, layout, batches))


def _read_workbook(spec: ListSpec, file: _File, headers: HeaderRules) -> list[_Input]:
    aliases = Aliases(headers)
    with open_workbook(file.path, file.kind, spec.sheet) as book:
        if spec.sheet is not None and spec.sheet not in book.sheets:
            raise _no_sheet(file.name, spec.sheet, book.sheets)
        inputs: list[_Input] = []
        skipped = {
            sheet: Bilingual(f"{sheet}：隐藏", f"{sheet}: hidden") for sheet in book.hidden if sheet != spec.sheet
        }
        for sheet, traits, records, head in _sheets(book, spec.header_row):
            named = spec.sheet is not None or len(book.chosen) == 1 or spec.header_row is not None
            if not named and not has_header(head, aliases, spec.columns):
                if count := sum(len(batch) for batch in records):
                    zh, en = f"没有可识别的表头，{count} 行", f"no recognisable header, {count} rows"
                    skipped[sheet] = Bilingual(f"{sheet}：{zh}", f"{sheet}: {en}")
                continue
            layout = find_layout(f"{file.name} [{sheet}]", head, aliases, spec.columns, spec.header_row)
            merged = MergedCells(traits.merged, layout.header_row)
            origin = Origin(spec.name, file.name, sheet)
            batches = _assemble(merged.fill(records), layout, origin, headers, ragged=False)
            shown = tuple(describe_traits(traits, layout, merged.filled))
            inputs.append(
                _Input(
                    batches, _report(spec, file, layout, batches, sheet=sheet, signals=shown, hidden_parts=len(shown))
                )
            )
    if not inputs:
        raise _no_list(file.name, list(skipped.values()))
    return [_with_skipped(part, skipped) for part in inputs]


def _sheets(
    book: Workbook, header_row: int | None
) -> Iterator[tuple[str, Traits, Iterator[pa.RecordBatch], list[Row]]]:
    for sheet in book.chosen:
        traits, batches = book.next_traits(), book.next_sheet()
        head, records = take_head(batches, header_row)
        yield sheet, traits, records, head
        for _ in batches:  # a skipped sheet is drained: the next one stands behind it in the pipe
            pass


def _assemble(
    records: Iterable[pa.RecordBatch], layout: Layout, origin: Origin, headers: HeaderRules, *, ragged: bool
) -> tuple[Batch, ...]:
    return tuple(assemble(batch, layout, origin, headers, ragged=ragged) for batch in records)


def _report(
    spec: ListSpec,
    file: _File,
    layout: Layout,
    batches: tuple[Batch, ...],
    *,
    sheet: str = "",
    encoding: str = "",
    signals: tuple[Bilingual, ...] = (),
    hidden_parts: int = 0,
) -> InputReport:
    rows = sum(len(batch.rows) for batch in batches)
    return InputReport(
        list=spec.name,
        file=file.name,
        sheet=sheet,
        format=file.kind.value,
        encoding=encoding,
        sha256=file.digest,
        size=file.path.stat().st_size,
        header_row=layout.header_row,
        columns=layout.found(),
        measures=tuple(layout.headings[column] for column in sorted(layout.measures.values())),
        unknown=tuple(
            layout.headings[column]
            for column in layout.unknown
            if layout.headings[column] and column not in layout.measures.values()
        ),
        withheld=tuple(layout.headings[column] for column in layout.withheld),
        rows=rows,
        blank_rows=sum(batch.blank_rows for batch in batches),
        rejected=sum(len(batch.rejects) for batch in batches),
        attested=attestation.is_attested(spec),
        signals=(*signals, *_remarks(spec, file, layout, rows)),
        skipped_sheets=(),
        hidden_parts=hidden_parts + len(layout.near),
    )


def _cut(source: TextSource, batches: tuple[Batch, ...]) -> tuple[Bilingual, ...]:
    """Return the cheap signs that a text file was cut: it has no other protection."""
    signals = []
    if not source.ends_with_newline:
        signals.append(
            Bilingual("末行没有换行符，文件可能被截断", "the last line has no line end: the file may be cut")
        )
    if batches and batches[-1].last_ragged:
        signals.append(Bilingual("末行单元格数不足，文件可能被截断", "the last row is ragged: the file may be cut"))
    return tuple(signals)


def _remarks(spec: ListSpec, file: _File, layout: Layout, rows: int) -> tuple[Bilingual, ...]:
    signals = []
    if name_disagrees(file.path, file.kind):
        kind = file.kind.value
        signals.append(Bilingual(f"扩展名与内容不符，内容为 {kind}", f"the content is {kind}, not what the name says"))
    signals.extend(
        Bilingual(
            f"“{heading}”与已选列含义相同，未使用", f"'{heading}' means the same as a chosen column and is not used"
        )
        for heading in layout.rivals
    )
    signals.extend(
        Bilingual(
            f"“{heading}”像是“{FIELDS[field]}”，未使用；确属该项的，在普查配置的 columns 中写明",
            f"'{heading}' looks like {field} and is not used; if it is, name it in `columns` of the census file",
        )
        for heading, field in layout.near
    )
    if layout.skipped_rows:
        count = layout.skipped_rows
        signals.append(
            Bilingual(
                f"表头之前有 {count} 行像数据的内容未读",
                f"{count} rows above the header look like data and are not read",
            )
        )
    if rows == 0:
        signals.append(Bilingual("名单没有数据行", "the list has no data rows"))
    if not attestation.is_attested(spec):
        signals.append(attestation.NOT_ATTESTED)
    return tuple(signals)


def _with_skipped(part: _Input, skipped: Mapping[str, Bilingual]) -> _Input:
    report = replace(part.report, skipped_sheets=tuple(skipped.values()), unread_sheets=tuple(skipped))
    return replace(part, report=report)


def _no_sheet(name: str, wanted: str, sheets: tuple[str, ...]) -> SourceError:
    found = ", ".join(sheets)
    return SourceError(
        en=f"{name}: no sheet '{wanted}'; found: {found}. Correct `sheet` in the census file.",
        zh=f"{name}：没有工作表“{wanted}”；现有：{found}。请修改普查配置文件中的 sheet。",
    )


def _no_list(name: str, skipped: list[str]) -> SourceError:
    found = "; ".join(skipped) or "-"
    return SourceError(
        en=f"{name}: no sheet holds a list ({found}); expected headings such as 单位名称. Give `sheet`.",
        zh=f"{name}：没有可读的名单工作表（{found}）；应有“单位名称”等列名。请填写 sheet 与 header_row。",
    )
