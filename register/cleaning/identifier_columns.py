"""The five identifier columns of a batch, read together: the batch function of `numbers.read_numbers`.

Cells that are blank or plainly valid in their own column are seen by arrays only; the
rest go through `read_cell`, each distinct text once.  Both ways agree for every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.identifier_cell import (
    COLUMNS,
    LONGEST_PERMIT,
    LONGEST_SEEN,
    TRUST,
    Reading,
    conflict,
    read_cell,
)
from minglu.register.cleaning.text_cleaning import empty_texts, one_array, says_nothing
from minglu.register.identifiers import Code, citizen, org_code, permit_no, reg_no, uscc
from minglu.register.identifiers.declared_shape import shapes_pattern
from minglu.register.identifiers.fixed import fixed_width

NUMBER_FIELDS = ("uscc", "uscc_seen", "org_code", "reg_no", "tax_no", "permit_no", "permit_serial", "site_suffix")
KINDS = ("", *COLUMNS, "personal")


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault of one row; `order` sorts the faults of a row."""

    row: int
    order: int
    field: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """The readings of one column: arrays as long as the batch."""

    kind: np.ndarray
    """Index into KINDS."""
    value: pa.Array
    suffix: pa.Array
    seen: pa.Array
    hard: Mapping[int, Reading]
    """Readings of the cells that went through Python, by row."""

    def of_kind(self, kind: str) -> pa.Array:
        """Return the values of one kind, empty elsewhere."""
        mask = self.kind == KINDS.index(kind)
        return pc.if_else(pa.array(mask), self.value, "") if mask.any() else empty_texts(len(mask))


@dataclass(frozen=True, slots=True)
class NumberColumns:
    """The cleaned identifier columns, rows to withhold by column, and faults."""

    fields: Mapping[str, pa.Array]
    withheld: Mapping[str, pa.Array]
    faults: tuple[FaultRow, ...]


def read_number_columns(
    columns: Mapping[str, pa.Array],
    *,
    placeholders: frozenset[str],
    blank_words: frozenset[str],
    shapes: Iterable[str] = (),
) -> NumberColumns:
    """Read the raw columns `COLUMNS` of a batch together; one value per row in every array that comes back."""
    read_one = partial(read_cell, placeholders=placeholders, blank_words=blank_words, shapes=shapes_pattern(shapes))
    read = {
        name: _read_column(name, one_array(columns[name]), placeholders, blank_words, partial(read_one, name))
        for name in COLUMNS
    }
    usccs = _usccs(read)
    code = _coalesce(usccs[name] for name in TRUST)
    licence = _own_first(read, "permit_no")
    licence = _coalesce([licence, pc.utf8_slice_codeunits(read["permit_no"].seen, 0, LONGEST_PERMIT)])
    tax = _coalesce([_own_first(read, "tax_no"), read["tax_no"].of_kind("uscc")])
    organisation = _organisations(tax)
    from_code = pc.utf8_slice_codeunits(_coalesce([code, _units(licence)]), 8, 17)
    key = _coalesce([from_code, _own_first(read, "org_code"), _h9_organisations(licence), organisation])
    shaped = pc.match_substring_regex(licence, r"^[0-9A-Z]{18}[0-9]{3}[A-Z]$")
    fields = {
        "uscc": code,
        "uscc_seen": pc.if_else(pc.equal(code, ""), _seen(read), ""),
        "org_code": key,
        "reg_no": _own_first(read, "reg_no"),
        "tax_no": tax,
        "permit_no": licence,
        "permit_serial": pc.if_else(shaped, pc.utf8_slice_codeunits(licence, 18, 21), ""),
        "site_suffix": _coalesce(column.suffix for column in read.values()),
    }
    withheld = {name: pa.array(column.kind == KINDS.index("personal")) for name, column in read.items()}
    return NumberColumns(fields, withheld, tuple(_faults(read, usccs, code, key)))


def _read_column(
    name: str,
    raw: pa.Array,
    placeholders: frozenset[str],
    blank_words: frozenset[str],
    read_one: Callable[[str], Reading],
) -> Column:
    blank = pc.is_in(raw, value_set=pa.array(["", *sorted(blank_words)], pa.string()))
    kind, value = _plain(name, raw)
    kind[pc.is_in(value, value_set=pa.array(sorted(placeholders), pa.string())).to_numpy(zero_copy_only=False)] = 0
    rest = np.flatnonzero((kind == 0) & ~blank.to_numpy(zero_copy_only=False))
    value = pc.if_else(pa.array(kind > 0), value, "")
    encoded = raw.take(pa.array(rest)).dictionary_encode()
    readings = [read_one(text) for text in encoded.dictionary.to_pylist()]
    indices = encoded.indices.to_numpy()
    hard = dict(zip(rest.tolist(), (readings[i] for i in indices.tolist()), strict=True))
    kind[rest] = np.array([KINDS.index(reading.kind) for reading in readings], dtype=np.int8)[indices]
    mask = np.zeros(len(raw), dtype=bool)
    mask[rest] = True

    def scattered(onto: pa.Array, texts: list[str]) -> pa.Array:
        return pc.replace_with_mask(onto, pa.array(mask), pa.array(texts, pa.string()).take(encoded.indices))

    empty = empty_texts(len(raw))
    return Column(
        kind=kind,
        value=scattered(value, [reading.value for reading in readings]),
        suffix=scattered(empty, [reading.suffix for reading in readings]),
        seen=scattered(empty, [reading.seen for reading in readings]),
        hard=hard,
    )


def _plain(name: str, raw: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Return kind and value of cells that are valid and at home as they stand; kind 0 for all others."""
    kind, value = _at_home(name, raw)
    sure = np.flatnonzero(kind)
    held = pc.match_substring_regex(value.take(pa.array(sure)), f"^{citizen.MODERN.pattern}")
    kind[sure[np.asarray(held)]] = 0  # a person's number may pass any check by chance
    return kind, value


def _at_home(name: str, raw: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Return the same before any person's number is taken out."""
    kind = np.zeros(len(raw), dtype=np.int8)
    value = raw
    match name:
        case "uscc":
            kind[uscc.usccs_valid(raw)] = KINDS.index("uscc")
        case "org_code":
            hyphened = pc.match_substring_regex(raw, r"^[0-9A-Z]{8}-[0-9X]$")
            value = pc.if_else(hyphened, pc.replace_substring(raw, "-", ""), raw)
            kind[org_code.org_codes_valid(value)] = KINDS.index("org_code")
        case "reg_no":
            kind[reg_no.reg_nos_valid(raw)] = KINDS.index("reg_no")
        case "tax_no":
            kind[uscc.usccs_valid(raw)] = KINDS.index("uscc")
            kind[pc.not_equal(_organisations(raw), "").to_numpy(zero_copy_only=False)] = KINDS.index("tax_no")
        case "permit_no":
            kind[permit_no.permits_valid(raw)] = KINDS.index("permit_no")
    return kind, value


def _organisations(numbers: pa.Array) -> pa.Array:
    """Return the organisation code of each compact 15-digit tax number that is surely one, else an empty text."""
    if says_nothing(numbers):
        return numbers
    rows, table = fixed_width(numbers, reg_no.LENGTH)
    digits = ((table[:, :6] >= ord("0")) & (table[:, :6] <= ord("9"))).all(axis=1)
    sure = digits & org_code.bytes_valid(table[:, 6:]) & ~reg_no.bytes_valid(table)
    mask = np.zeros(len(numbers), dtype=bool)
    mask[rows[sure]] = True
    return pc.if_else(pa.array(mask), pc.utf8_slice_codeunits(numbers, 6, 15), "")


def _units(licences: pa.Array) -> pa.Array:
    """Return the valid USCC that begins each permit number, its tail damaged or not, else an empty text."""
    units = pc.utf8_slice_codeunits(licences, 0, permit_no.UNIT_LENGTH)
    return pc.if_else(pa.array(uscc.usccs_valid(units)), units, "")


def _h9_organisations(licences: pa.Array) -> pa.Array:
    """Return the organisation code inside the rare H9 permit numbers, else an empty text."""
    rare = pc.starts_with(licences, "H9")
    codes = [permit_no.unit_org_code(text) for text in licences.filter(rare).to_pylist()]
    return pc.replace_with_mask(pc.if_else(rare, "", ""), rare, pa.array(codes, pa.string()))


def _usccs(read: Mapping[str, Column]) -> dict[str, pa.Array]:
    """Return the valid USCC that each column holds, empty where it holds none."""
    found = {}
    for name, column in read.items():
        licences = column.of_kind("permit_no")
        if says_nothing(licences):
            found[name] = column.of_kind("uscc")
            continue
        found[name] = _coalesce([column.of_kind("uscc"), _units(licences)])
    return found


def _own_first(read: Mapping[str, Column], kind: str) -> pa.Array:
    return _coalesce(column.of_kind(kind) for column in (read[kind], *read.values()))


def _coalesce(arrays: Iterable[pa.Array]) -> pa.Array:
    """Return the first text that is not empty, row by row."""
    first, *others = arrays
    for other in others:
        if says_nothing(first):
            first = other
        elif not says_nothing(other):
            first = pc.if_else(pc.equal(first, ""), other, first)
    return first


def _seen(read: Mapping[str, Column]) -> pa.Array:
    """Return the invalid text that most likely was a USCC."""
    if says_nothing(read["uscc"].seen) and says_nothing(read["tax_no"].seen):
        return read["uscc"].seen
    shape = rf"^[0-9A-Za-z]{{1,{LONGEST_SEEN}}}$"
    cell, tax = read["uscc"].seen, read["tax_no"].seen
    near = rf"^[0-9A-Za-z]{{{uscc.LENGTH - 1},{uscc.LENGTH + 1}}}$"
    return _coalesce(
        [
            pc.if_else(pc.match_substring_regex(cell, shape), cell, ""),
            pc.if_else(pc.match_substring_regex(tax, near), tax, ""),
        ]
    )


def _faults(
    read: Mapping[str, Column], usccs: Mapping[str, pa.Array], code: pa.Array, key: pa.Array
) -> Iterable[FaultRow]:
    """Yield the faults of the cells, then the contradictions between the cells of a row."""
    for order, (name, column) in enumerate(read.items()):
        for row, reading in column.hard.items():
            fault = reading.fault
            if fault is None:
                continue
            if fault.code is Code.ID_AMBIGUOUS and reading.value[6:] == key[row].as_py():
                continue
            yield FaultRow(row, order, name, fault.code.name, fault.reason)
    for order, name in enumerate(TRUST, len(COLUMNS)):
        yield from _conflicts(usccs[name], code, order, name, "uscc")
    for order, (name, column) in enumerate(read.items(), 2 * len(COLUMNS)):
        yield from _conflicts(column.of_kind("org_code"), key, 2 * order, name, "org_code")
        yield from _conflicts(_organisations(column.of_kind("tax_no")), key, 2 * order + 1, name, "tax_no")


def _conflicts(values: pa.Array, trusted: pa.Array, order: int, field: str, kind: str) -> Iterable[FaultRow]:
    if says_nothing(values):
        return
    differs = pc.and_(pc.not_equal(values, ""), pc.not_equal(values, trusted))
    fault = conflict(kind)
    for row in np.flatnonzero(differs.to_numpy(zero_copy_only=False)).tolist():
        yield FaultRow(row, order, field, fault.code.name, fault.reason)
