"""Where the header of a list is, and which column holds which canonical field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from minglu.errors import SourceError
from minglu.register.schemas import FIELDS, PERSONAL_FIELDS
from minglu.register.sources.headings import Aliases, Meaning, bare_key, heading_key

HEAD_ROWS = 40
"""Titles and notes above a header never took more."""
MOST_LINES = 3
"""Rows of one header: a group, its parts, and the parts of an angle."""
COLUMNS_LIMIT = 2_000
KEY_FIELDS = frozenset({"name", "uscc", "org_code", "reg_no", "tax_no", "permit_no"})
"""A header names at least one of these: a list without them can't be linked."""
SENSITIVE_FIELDS = frozenset({*PERSONAL_FIELDS, "tax_no"})

Row = tuple[int, Sequence[str]]
"""Physical row number and cells."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what."""

    header_row: int
    """Physical row of the header's last line."""
    headings: tuple[str, ...]
    """One per column, as found; the lines of a header of two or three rows, joined by a space."""
    fields: Mapping[str, int]
    """Canonical field -> column, 0-based."""
    angles: Mapping[str, tuple[int, ...]]
    """lon / lat -> columns of degree, minute and, where there is one, second."""
    rivals: tuple[str, ...]
    """Headings that meant a field already taken by a preferred heading."""
    near: tuple[tuple[str, str], ...]
    """Headings that look like a field that no column was taken for, and that field."""
    unknown: tuple[int, ...]
    """Columns of no canonical field, kept as they came."""
    measures: Mapping[str, int]
    """Measure, as "id" or "id|unit" -> column of `unknown` that states it."""
    withheld: tuple[int, ...]
    """Unused columns with personal data, not kept."""
    skipped_rows: int
    """Rows above the header with as many filled cells as half of it: more than titles have."""
    repeated: frozenset[tuple[str, ...]]
    """The header's lines, to recognise them when they come again further down."""

    @property
    def named(self) -> int:
        """Columns up to the last heading; those behind it have none, and mostly no content."""
        return len(trimmed(self.headings))

    def found(self) -> dict[str, str]:
        """Return field -> heading as found, in canonical order."""
        return {
            field: " | ".join(self.headings[column] for column in self.columns_of(field))
            for field in FIELDS
            if field in self.fields or field in self.angles
        }

    def columns_of(self, field: str) -> tuple[int, ...]:
        """Return the columns that make up `field`."""
        return (self.fields[field],) if field in self.fields else self.angles[field]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One to three lines that may be the header, and what they would mean."""

    lines: tuple[Row, ...]
    fields: Mapping[str, int]
    angles: Mapping[str, tuple[int, ...]]

    @property
    def score(self) -> int:
        """Columns that mean something; three for an angle in three columns."""
        return len(self.fields) + sum(len(columns) for columns in self.angles.values())


def find_layout(
    where: str, head: Sequence[Row], aliases: Aliases, overrides: Mapping[str, str], header_row: int | None
) -> Layout:
    """Find the header among the first rows.

    `where` names file and sheet for errors.  Raises SourceError where no header is found, or a column
    named in the census file is not there.
    """
    best = best_candidate(head, aliases, overrides, header_row)
    if best is None:
        raise _no_header(where, head, overrides, header_row)
    if missing := [heading for heading in overrides.values() if _column_named(best, heading) is None]:
        raise _no_column(where, missing[0], _headings(best.lines))
    return _layout(where, best, aliases, head)


def has_header(head: Sequence[Row], aliases: Aliases, overrides: Mapping[str, str]) -> bool:
    """Return whether a sheet has a header good enough to be read without being named."""
    best = best_candidate(head, aliases, overrides, None)
    return best is not None and best.score >= 2


def best_candidate(
    head: Sequence[Row], aliases: Aliases, overrides: Mapping[str, str], header_row: int | None
) -> _Candidate | None:
    """Return the line, or the two or three lines, that name most fields; the first of equals, fewer lines first."""
    starts = [i for i, (row, _) in enumerate(head) if header_row is None or row == header_row]
    spans = [(i, i + lines) for lines in range(1, MOST_LINES + 1) for i in starts if i + lines <= len(head)]
    best: _Candidate | None = None
    for start, end in spans:
        candidate = _candidate(tuple(head[start:end]), aliases, overrides, below=head[end:])
        if best is None or candidate.score > best.score:
            best = candidate
    if best is None or not (KEY_FIELDS.intersection(best.fields) or (header_row is not None and best.fields)):
        return None
    return best


def _candidate(
    lines: tuple[Row, ...], aliases: Aliases, overrides: Mapping[str, str], *, below: Sequence[Row]
) -> _Candidate:
    """Read lines as a header; of two columns of one meaning the one with values below it is taken, then the preferred.

    Where neither or both have values, the first of those preferred is.
    """
    headings = _headings(lines)
    readings = _readings(lines)
    fields = {
        field: at
        for field, text in overrides.items()
        if (at := _index(headings, text)) is not None and not _is_part(aliases.meaning(readings[at]))
    }
    taken = set(fields.values())
    angles: dict[str, dict[str, int]] = {}
    ranked: dict[str, tuple[bool, int, int]] = {}
    for column, texts in enumerate(readings):
        meaning = aliases.meaning(texts) if column not in taken else None
        if meaning is None or meaning.field in fields:
            continue
        if meaning.part:
            angles.setdefault(meaning.field, {}).setdefault(meaning.part, column)
        else:
            blank = not any(column < len(cells) and cells[column].strip() for _, cells in below)
            rank = (blank, meaning.preference, column)
            ranked[meaning.field] = min(ranked.get(meaning.field, rank), rank)
    fields |= {field: column for field, (*_, column) in ranked.items()}
    return _Candidate(lines, fields, _whole_angles(angles, fields))


def _is_part(meaning: Meaning | None) -> bool:
    """Return whether a heading is the degree, minute or second of an angle: `columns` may name one of three."""
    return meaning is not None and meaning.part != ""


def _whole_angles(angles: Mapping[str, Mapping[str, int]], fields: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Keep angles with degrees and minutes; a lone degree column, `经度（度）`, is a decimal one."""
    whole: dict[str, tuple[int, ...]] = {}
    for field, parts in angles.items():
        if field in fields or "degree" not in parts:
            continue
        if "minute" in parts:
            whole[field] = tuple(parts[part] for part in ("degree", "minute", "second") if part in parts)
        else:
            fields[field] = parts["degree"]
    return whole


def _readings(lines: tuple[Row, ...]) -> list[tuple[str, ...]]:
    """Return, per column, the texts under which it may be known, the most specific first."""
    if len(lines) == 1:
        return [(text,) if text.strip() else () for text in lines[0][1]]
    return [tuple("".join(parts[start:]) for start in range(len(parts))) for parts in _stacked(lines)]


def _stacked(lines: tuple[Row, ...]) -> list[tuple[str, ...]]:
    """Return the headings of each column from top to bottom, blanks left out.

    An upper heading spreads to the right over blank cells that have a lower one, as far as no line above it begins a
    new group.
    """
    width = max(len(cells) for _, cells in lines)
    rows = [[cell.strip() for cell in cells] + [""] * (width - len(cells)) for _, cells in lines]
    begins = [[bool(cell) for cell in row] for row in rows]
    for level, row in enumerate(rows[:-1]):
        for column in range(1, width):
            lower = [any(below[at] for below in rows[level + 1 :]) for at in (column - 1, column)]
            new_group = any(above[column] for above in begins[:level])
            if not row[column] and all(lower) and not new_group:
                row[column] = row[column - 1]
    return [tuple(cell for cell in column if cell) for column in zip(*rows, strict=True)]


def _headings(lines: tuple[Row, ...]) -> tuple[str, ...]:
    if len(lines) == 1:
        return tuple(" ".join(cell.split()) for cell in lines[0][1])
    return tuple(" ".join(" ".join(parts).split()) for parts in _stacked(lines))


def _index(headings: Sequence[str], wanted: str) -> int | None:
    for key in (str.strip, heading_key, bare_key):
        keys = [key(heading) for heading in headings]
        if key(wanted) and key(wanted) in keys:
            return keys.index(key(wanted))
    return None


def _column_named(candidate: _Candidate, heading: str) -> int | None:
    return _index(_headings(candidate.lines), heading)


def _layout(where: str, best: _Candidate, aliases: Aliases, head: Sequence[Row]) -> Layout:
    headings = _headings(best.lines)
    if len(headings) > COLUMNS_LIMIT:
        raise too_wide(where, len(headings))
    used = {*best.fields.values(), *(column for columns in best.angles.values() for column in columns)}
    rivals: list[str] = []
    unknown: list[int] = []
    withheld: list[int] = []
    measures: dict[str, int] = {}
    readings = _readings(best.lines)
    for column, heading in enumerate(headings):
        if column in used:
            continue
        meaning = aliases.meaning(readings[column])
        if meaning is not None and heading:
            rivals.append(heading)
        personal = _is_personal(heading, meaning, aliases)
        (withheld if personal else unknown).append(column)
        if not personal and (measure := aliases.measure(readings[column])):
            measures.setdefault(measure, column)
    return Layout(
        header_row=best.lines[-1][0],
        headings=headings,
        fields=best.fields,
        angles=best.angles,
        rivals=tuple(rivals),
        near=_near_misses([headings[column] for column in unknown], best, aliases),
        unknown=tuple(unknown),
        measures=measures,
        withheld=tuple(withheld),
        skipped_rows=_rows_like_data(head, best),
        repeated=frozenset(trimmed(tuple(cells)) for _, cells in best.lines),
    )


def _near_misses(headings: Sequence[str], best: _Candidate, aliases: Aliases) -> tuple[tuple[str, str], ...]:
    """Return the unused headings that look like a field without a column, and the field."""
    found = [(heading, aliases.resembling(heading)) for heading in headings if heading]
    return tuple((heading, field) for heading, field in found if field and not {field} & {*best.fields, *best.angles})


def _rows_like_data(head: Sequence[Row], best: _Candidate) -> int:
    least = max(3, sum(map(bool, _headings(best.lines))) // 2)
    return sum(row < best.lines[0][0] and sum(bool(cell.strip()) for cell in cells) >= least for row, cells in head)


def _is_personal(heading: str, meaning: Meaning | None, aliases: Aliases) -> bool:
    return (meaning is not None and meaning.field in SENSITIVE_FIELDS) or aliases.is_personal(heading)


def trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells up to the last one with content."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def too_wide(where: str, columns: int) -> SourceError:
    """Return the error for a sheet with more columns than any list."""
    return SourceError(
        en=f"{where}: {columns:,} columns; expected at most {COLUMNS_LIMIT:,}. Save the list's columns alone.",
        zh=f"{where}：共 {columns:,} 列；上限为 {COLUMNS_LIMIT:,} 列。请仅保留名单所需各列后另存。",
    )


def _no_column(where: str, wanted: str, headings: Sequence[str]) -> SourceError:
    shown = [heading for heading in headings if heading]
    near = difflib.get_close_matches(wanted, shown, n=1, cutoff=0.4)
    hint_en, hint_zh = (f" Nearest: '{near[0]}'.", f"最接近的是“{near[0]}”。") if near else ("", "")
    found = ", ".join(shown[:40])
    return SourceError(
        en=f"{where}: no column '{wanted}'; found: {found}.{hint_en} Correct `columns` in the census file.",
        zh=f"{where}：没有“{wanted}”列；现有各列：{found}。{hint_zh}请修改普查配置文件中的 columns。",
    )


def _no_header(where: str, head: Sequence[Row], overrides: Mapping[str, str], header_row: int | None) -> SourceError:
    if overrides and not any(_index(cells, text) is not None for _, cells in head for text in overrides.values()):
        first = next((cells for _, cells in head if sum(bool(cell.strip()) for cell in cells) > 1), ())
        # Headings have no digits; a first row that has some may be data, which no message repeats.
        if all(not any(letter.isdigit() for letter in cell) for cell in first):
            return _no_column(where, next(iter(overrides.values())), tuple(first))
    shape = ", ".join(f"{row}: {_shape(cells)}" for row, cells in head[:5]) or "-"
    asked_en, asked_zh = f"no header in the first {HEAD_ROWS} rows", f"前 {HEAD_ROWS} 行中找不到表头"
    if header_row and any(row == header_row for row, _ in head):
        asked_en, asked_zh = f"row {header_row} holds no known heading", f"第 {header_row} 行没有可识别的列名"
    elif header_row:
        asked_en, asked_zh = f"row {header_row} is not in the file", f"文件中没有第 {header_row} 行"
    return SourceError(
        en=(
            f"{where}: {asked_en}; expected headings such as 单位名称. Cells per row (text + number): "
            f"{shape}. Give `header_row` and `columns` in the census file."
        ),
        zh=(
            f"{where}：{asked_zh}；应有“单位名称”“统一社会信用代码”等列名。各行单元格数（文本+数字）：{shape}。"
            "请在普查配置文件中填写 header_row 与 columns。"
        ),
    )


def _shape(cells: Sequence[str]) -> str:
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = sum(cell.replace(".", "", 1).isdigit() for cell in filled)
    return f"{len(filled) - numbers}+{numbers}"
