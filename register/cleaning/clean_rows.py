"""Cleaning: source rows become entries; unusable values are set aside with a code.

A bad value is a fault beside the row, a row that says nothing of any unit is a reject
beside the others: no row is dropped and none is moved.  Raw values stay as they came,
but for what reaches a natural person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.cleaning.identifier_cell import COLUMNS as NUMBER_COLUMNS
from minglu.register.cleaning.identifier_columns import FaultRow, NumberColumns, read_number_columns
from minglu.register.cleaning.redaction import hide_personal
from minglu.register.cleaning.simple_fields import read_district_code, read_industry_code, read_phones
from minglu.register.cleaning.size_measures import read_cells as read_measures
from minglu.register.cleaning.status_words import read_status
from minglu.register.cleaning.text_cleaning import (
    TextCleaner,
    cleaner_for,
    empty_texts,
    map_unique,
    one_array,
    says_nothing,
)
from minglu.register.cleaning.text_faults import FIELDS as CHECKED_FIELDS
from minglu.register.cleaning.text_faults import set_aside_cells, set_aside_texts
from minglu.register.identifiers import Code, Fault
from minglu.register.identifiers.tax_no import WITHHELD
from minglu.register.rules.rule_pack import RulePack
from minglu.register.schemas import ENTRIES, FIELDS, PERSONAL_FIELDS, SOURCE_COLUMNS

TEXT_FIELDS = ("name", "former_name", "address", "site_address", "industry", "contact", "legal_person")
# What makes a row say something of a unit; `uscc_seen`, a mistyped code, can still be looked up by a person.
IDENTIFYING = ("name", "uscc", "uscc_seen", "org_code", "reg_no", "tax_no", "permit_no", "address", "site_address")
FAULT = pa.struct([("field", pa.string()), ("code", pa.string()), ("reason", pa.string())])
CLEANED = pa.schema(
    [*ENTRIES, ("reject_code", pa.string()), ("reject_reason", pa.string()), ("faults", pa.list_(FAULT))]
)
CELL_FAULTS_AFTER = 100
LAST_FAULTS = CELL_FAULTS_AFTER + 2 + len(CHECKED_FIELDS)
AREA_FIELDS = ("city", "county", "town", "village")
TEXT_CELLS = ("name", "former_name", "address", "site_address", "industry", "status", "industry_code", "district_code")
"""Columns in which some offices write a person's number, beside the five identifiers and the coordinates."""
Reader = Callable[[str], tuple[str, Fault | None]]


class RejectCode(Enum):
    """Why cleaning sets a whole row aside, in Chinese and English."""

    NO_NAME = ("无名称、无可用号码、无地址，不指向任何单位", "no name, no usable number, no address: names no unit")
    HEADER_ROW = ("表头重复出现，不是数据", "the heading repeated, no data")

    @property
    def reason(self) -> Bilingual:
        """Both languages, as tables store them."""
        return Bilingual(self.value[0], self.value[1])


def clean_rows(rows: pa.Table, pack: RulePack, *, keep_personal: bool = False, keep_unused: bool = False) -> pa.Table:
    """Clean a batch of source rows.

    Reads the columns of ROWS.  Returns `CLEANED`: the columns of ENTRIES (entry_id empty,
    lon, lat and precision_m null), reject_code and reject_reason ("" for a row that is
    kept), and faults, the values set aside or remarked on.  One row per row, in order.
    Unless `keep_personal`, raw phone, contact and legal person come back empty, and what
    reaches a natural person is hidden in all other columns.  Unless `keep_unused`, columns
    that nothing reads (`extra`) come back empty.  Never raises for any value.
    """
    # Long: one column after the other, in the order in which they need each other.
    stored = {field: one_array(rows.column(f"raw_{field}")) for field in FIELDS}
    raw, broken = set_aside_cells(stored, LAST_FAULTS + 2)
    cleaner = cleaner_for(pack.text)
    blank_words = frozenset(pack.text.blank_words)
    cleaned = {field: cleaner.batch(raw[field]) for field in TEXT_FIELDS}
    texts, unusable = set_aside_texts(cleaned, raw, CELL_FAULTS_AFTER + 2)
    numbers = read_number_columns(
        {column: raw[column] for column in NUMBER_COLUMNS},
        placeholders=frozenset(pack.identifiers.placeholders),
        blank_words=blank_words,
        shapes=pack.identifiers.shapes,
    )
    cells, faults = _read_cells(raw, texts, cleaner, pack)
    measures, unread = _measures(rows, pack)
    kept, extra = _raw_columns(stored, numbers, keep_personal=keep_personal), one_array(rows.column("extra"))
    if not keep_unused:
        extra = empty_texts(len(extra))
    if not keep_personal:
        used = {**numbers.fields, "district_code": cells["district_code"]}
        texts, kept, extra = _hide_personal(texts, kept, used, extra)
    columns = {
        **{column.name: rows.column(column.name) for column in SOURCE_COLUMNS},
        **kept,
        **numbers.fields,
        **texts,
        **cells,
        "phone": read_phones(raw["phone"]),
        "extra": extra,
        "measures": measures,
    }
    columns |= _rejections(columns, pack, damaged=_damaged_names([*unusable, *broken], rows.num_rows))
    columns["faults"] = _fault_lists([*numbers.faults, *faults, *unusable, *unread, *broken], rows.num_rows)
    return _assemble(columns, rows.num_rows)


def _read_cells(
    raw: dict[str, pa.Array], texts: dict[str, pa.Array], cleaner: TextCleaner, pack: RulePack
) -> tuple[dict[str, pa.Array], list[FaultRow]]:
    """Read industry code, district code and status; words in a code's column serve as industry where that is empty."""

    def status_of(text: str) -> tuple[str, Fault | None]:
        return read_status(cleaner(text), pack.statuses)

    def industry_of(text: str) -> tuple[str, Fault | None]:
        return read_industry_code(cleaner(text))

    def district_of(text: str) -> tuple[str, Fault | None]:
        return read_district_code("" if not cleaner(text) else text, pack.territory.code_lengths)

    industry_code, faults = _map_faults(raw["industry_code"], industry_of, "industry_code", CELL_FAULTS_AFTER)
    district_code, more = _map_faults(raw["district_code"], district_of, "district_code", CELL_FAULTS_AFTER + 1)
    status, unclear = _map_faults(raw["status"], status_of, "status", LAST_FAULTS + 1)
    from_text = map_unique(texts["industry"], lambda text: read_industry_code(text)[0])
    words = map_unique(raw["industry_code"], lambda text: _words(cleaner(text)))
    texts["industry"] = pc.if_else(pc.equal(texts["industry"], ""), words, texts["industry"])
    return {
        "industry_code": pc.if_else(pc.equal(industry_code, ""), from_text, industry_code),
        "district_code": district_code,
        "status": status,
    }, [*faults, *more, *unclear]


def _measures(rows: pa.Table, pack: RulePack) -> tuple[pa.Array, list[FaultRow]]:
    """Read what the rows state of size and permit class, of which most lists have no column."""
    blank_words = frozenset(pack.text.blank_words)
    texts = one_array(rows.column("measures"))
    return _map_faults(
        texts, lambda text: read_measures(text, pack.scope.measures, blank_words), "measures", LAST_FAULTS
    )


def _words(text: str) -> str:
    """Return an industry's name from a cell that should hold its code."""
    return text.lstrip("ABCDEFGHIJKLMNOPQRST0123456789-|:. ") if any(ord(c) > 0x2E7F for c in text) else ""


def _map_faults(texts: pa.Array, read: Reader, field: str, order: int) -> tuple[pa.Array, list[FaultRow]]:
    """Return what `read` makes of each text, asked once per distinct text, and the faults row by row."""
    encoded = texts.dictionary_encode()
    made = [read(text) for text in encoded.dictionary.to_pylist()]
    values = pa.array([value for value, _ in made], pa.string()).take(encoded.indices)
    wrong = np.array([fault is not None for _, fault in made], dtype=bool)
    indices = encoded.indices.to_numpy()
    rows = np.flatnonzero(wrong[indices]) if made else np.array([], dtype=np.int64)
    found = ((row, made[indices[row]][1]) for row in rows.tolist())
    return values, [FaultRow(row, order, field, fault.code.name, fault.reason) for row, fault in found if fault]


def _raw_columns(raw: dict[str, pa.Array], numbers: NumberColumns, *, keep_personal: bool) -> dict[str, pa.Array]:
    """Return the raw columns as they may be stored."""
    kept = dict(raw)
    if not keep_personal:
        for field in PERSONAL_FIELDS:
            kept[field] = pc.if_else(pc.is_valid(raw[field]), "", raw[field])
        for field, withheld in numbers.withheld.items():
            kept[field] = pc.if_else(withheld, WITHHELD, raw[field])
    return {f"raw_{field}": values for field, values in kept.items()}


def _hide_personal(
    texts: dict[str, pa.Array], raw: dict[str, pa.Array], used: dict[str, pa.Array], extra: pa.Array
) -> tuple[dict[str, pa.Array], dict[str, pa.Array], pa.Array]:
    """Hide what reaches a natural person in texts, raw cells and unused columns; a raw cell that is used stays."""
    texts, raw = dict(texts), dict(raw)
    for field in CHECKED_FIELDS:
        texts[field] = hide_personal(texts[field])
    for field in (*TEXT_CELLS, *AREA_FIELDS, *NUMBER_COLUMNS, "lon", "lat"):
        cells = raw[f"raw_{field}"]
        if says_nothing(cells):
            continue
        hidden = hide_personal(pc.if_else(pc.equal(cells, used[field]), "", cells) if field in used else cells)
        raw[f"raw_{field}"] = pc.if_else(pc.equal(cells, used[field]), cells, hidden) if field in used else hidden
    return texts, raw, hide_personal(extra)


def _damaged_names(faults: Iterable[FaultRow], rows: int) -> pa.Array:
    """Return for each row whether it has a name that can't be read: it still is a unit."""
    damaged = np.zeros(rows, dtype=bool)
    unreadable = {Code.TEXT_DAMAGED.name, Code.CELL_ERROR.name, Code.CELL_FORMULA.name}
    damaged[[fault.row for fault in faults if fault.field == "name" and fault.code in unreadable]] = True
    return pa.array(damaged)


def _rejections(columns: dict[str, pa.Array], pack: RulePack, *, damaged: pa.Array) -> dict[str, pa.Array]:
    """Return reject_code and reject_reason of each row."""
    heading = pa.array(sorted({unicodedata.normalize("NFKC", word) for word in pack.headers.aliases["name"]}))
    is_heading = pc.is_in(columns["name"], value_set=heading)
    for field in ("uscc", "org_code", "reg_no", "tax_no"):
        is_heading = pc.and_(is_heading, pc.equal(columns[field], ""))
    missing = pc.invert(damaged)
    for field in IDENTIFYING:
        missing = pc.and_(missing, pc.equal(columns[field], ""))
    code = pc.if_else(missing, RejectCode.NO_NAME.name, pc.if_else(is_heading, RejectCode.HEADER_ROW.name, ""))
    return {
        "reject_code": code,
        "reject_reason": map_unique(code, lambda name: RejectCode[name].reason if name else ""),
    }


def _fault_lists(faults: Iterable[FaultRow], rows: int) -> pa.Array:
    """Return one list of faults per row, in a fixed order."""
    ordered = sorted(faults, key=lambda fault: (fault.row, fault.order, fault.field, fault.code))
    counts = np.bincount(np.array([fault.row for fault in ordered], dtype=np.int64), minlength=rows)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    structs = pa.StructArray.from_arrays(
        [
            pa.array([fault.field for fault in ordered], pa.string()),
            pa.array([fault.code for fault in ordered], pa.string()),
            pa.array([fault.reason for fault in ordered], pa.string()),
        ],
        fields=list(FAULT),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), structs)


def _assemble(columns: dict[str, pa.Array], rows: int) -> pa.Table:
    """Put the columns into the declared order; what a later stage fills is empty or null."""
    empty = {name: pa.array([""] * rows, pa.string()) for name in ("entry_id", "area_code")}
    nulls = {name: pa.nulls(rows, pa.float64()) for name in ("lon", "lat", "precision_m")}
    everything = columns | empty | nulls
    return pa.table([everything[name] for name in CLEANED.names], names=CLEANED.names).cast(CLEANED)
