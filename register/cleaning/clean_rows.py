"""Source rows made into entries: values cleaned, what can't be used set aside with a code.  Nothing is matched here.

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

from minglu.register.cleaning.identifier_cell import COLUMNS as NUMBER_COLUMNS
from minglu.register.cleaning.identifier_columns import FaultRow, NumberColumns, read_number_columns
from minglu.register.cleaning.redaction import without_phones
from minglu.register.cleaning.simple_fields import read_district_code, read_industry_code, read_phones
from minglu.register.cleaning.size_measures import read_cells as read_measures
from minglu.register.cleaning.text_cleaning import TextCleaner, cleaner_for, map_unique, one_array, status_of
from minglu.register.identifiers import Fault
from minglu.register.identifiers.identifier_faults import wrong_text_length
from minglu.register.identifiers.tax_no import WITHHELD
from minglu.register.rules.rule_pack import RulePack
from minglu.register.schemas import ENTRIES, FIELDS, PERSONAL_FIELDS, SOURCE_COLUMNS

TEXT_FIELDS = ("name", "former_name", "address", "site_address", "industry", "contact", "legal_person")
# What makes a row say something of a unit; `uscc_seen`, a mistyped code, can still be looked up by a person.
TELLING = ("name", "uscc", "uscc_seen", "org_code", "reg_no", "tax_no", "permit_no", "address", "site_address")
FAULT = pa.struct([("field", pa.string()), ("code", pa.string()), ("reason", pa.string())])
CLEANED = pa.schema(
    [*ENTRIES, ("reject_code", pa.string()), ("reject_reason", pa.string()), ("faults", pa.list_(FAULT))]
)
CELL_FAULTS_AFTER = 100
LONGEST_TEXT = 500
"""Letters of a name or an address: ten times what occurs.  The time to read one grows with the square of its length."""
MEASURED_FIELDS = ("name", "former_name", "address", "site_address")

AREA_FIELDS = ("city", "county", "town", "village")
PLACE_FIELDS = ("name", "former_name", "address", "site_address")
"""Texts in which some offices write a telephone number."""
Reader = Callable[[str], tuple[str, Fault | None]]


class RejectCode(Enum):
    """Why cleaning sets a whole row aside, in Chinese and English."""

    NO_NAME = ("无名称、无可用号码、无地址，不指向任何单位", "no name, no usable number, no address: names no unit")
    HEADER_ROW = ("表头重复出现，不是数据", "the heading repeated, no data")

    @property
    def reason(self) -> str:
        """Both languages in one text, as tables store it."""
        return f"{self.value[0]} / {self.value[1]}"


def clean_rows(rows: pa.Table, pack: RulePack, *, keep_personal: bool = False) -> pa.Table:
    """Clean a batch of source rows.

    Reads the columns of ROWS.  Returns `CLEANED`: the columns of ENTRIES (entry_id empty,
    lon, lat and precision_m null), reject_code and reject_reason ("" for a row that is
    kept), and faults, the values set aside or remarked on.  One row per row, in order.
    Unless `keep_personal`, raw phone, contact and legal person come back empty and a raw
    number that embeds a person's number comes back masked.  Never raises for any value.
    """
    raw = {field: one_array(rows.column(f"raw_{field}")) for field in FIELDS}
    cleaner = cleaner_for(pack.text)
    blank_words = frozenset(pack.text.blank_words)
    whole = {field: cleaner.batch(raw[field]) for field in TEXT_FIELDS}
    texts, too_long = _without_long(whole)
    numbers = read_number_columns(
        {column: raw[column] for column in NUMBER_COLUMNS},
        placeholders=frozenset(pack.identifiers.placeholders),
        blank_words=blank_words,
    )
    cells, faults = _read_cells(raw, texts, cleaner, pack)
    measures, unread = _measures(rows, pack)
    statuses = map_unique(raw["status"], lambda text: status_of(cleaner.in_one_form(text), pack.statuses))
    kept, extra = _raw_columns(raw, numbers, keep_personal=keep_personal), one_array(rows.column("extra"))
    if not keep_personal:
        texts, kept, extra = _hide_phones(texts, kept, extra)
    columns = {
        **{column.name: rows.column(column.name) for column in SOURCE_COLUMNS},
        **kept,
        **numbers.fields,
        **texts,
        **cells,
        "status": statuses,
        "phone": read_phones(raw["phone"]),
        "extra": extra,
        "measures": measures,
    }
    columns |= _rejections(columns, pack)
    columns["faults"] = _fault_lists([*numbers.faults, *faults, *too_long, *unread], rows.num_rows)
    return _assemble(columns, rows.num_rows)


def _without_long(texts: dict[str, pa.Array]) -> tuple[dict[str, pa.Array], list[FaultRow]]:
    """Set aside names and addresses of more than LONGEST_TEXT letters."""
    kept, faults = dict(texts), []
    for order, field in enumerate(MEASURED_FIELDS, CELL_FAULTS_AFTER + 2):
        letters = pc.utf8_length(texts[field])
        long = pc.fill_null(pc.greater(letters, LONGEST_TEXT), fill_value=False)
        if not pc.any(long).as_py():
            continue
        kept[field] = pc.if_else(long, "", texts[field])
        for row in np.flatnonzero(long.to_numpy(zero_copy_only=False)).tolist():
            fault = wrong_text_length(letters[row].as_py(), LONGEST_TEXT)
            faults.append(FaultRow(row, order, field, fault.code.name, fault.reason))
    return kept, faults


def _read_cells(
    raw: dict[str, pa.Array], texts: dict[str, pa.Array], cleaner: TextCleaner, pack: RulePack
) -> tuple[dict[str, pa.Array], list[FaultRow]]:
    """Read industry code and district code; words in the code's column serve as industry where that is empty."""

    def industry_of(text: str) -> tuple[str, Fault | None]:
        return read_industry_code(cleaner(text))

    def district_of(text: str) -> tuple[str, Fault | None]:
        return read_district_code("" if not cleaner(text) else text, pack.territory.code_lengths)

    industry_code, faults = _map_faults(raw["industry_code"], industry_of, "industry_code", CELL_FAULTS_AFTER)
    district_code, more = _map_faults(raw["district_code"], district_of, "district_code", CELL_FAULTS_AFTER + 1)
    from_text = map_unique(texts["industry"], lambda text: read_industry_code(text)[0])
    words = map_unique(raw["industry_code"], lambda text: _words(cleaner(text)))
    texts["industry"] = pc.if_else(pc.equal(texts["industry"], ""), words, texts["industry"])
    return {
        "industry_code": pc.if_else(pc.equal(industry_code, ""), from_text, industry_code),
        "district_code": district_code,
    }, [*faults, *more]


def _measures(rows: pa.Table, pack: RulePack) -> tuple[pa.Array, list[FaultRow]]:
    """Read what the rows state of size and permit class, of which most lists have no column."""
    blank_words = frozenset(pack.text.blank_words)
    order = CELL_FAULTS_AFTER + len(MEASURED_FIELDS) + 2
    texts = one_array(rows.column("measures"))
    return _map_faults(texts, lambda text: read_measures(text, pack.scope.measures, blank_words), "measures", order)


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


def _hide_phones(
    texts: dict[str, pa.Array], raw: dict[str, pa.Array], extra: pa.Array
) -> tuple[dict[str, pa.Array], dict[str, pa.Array], pa.Array]:
    """Hide telephone numbers in names, addresses and unused columns; a raw cell with one becomes its cleaned text."""
    texts, raw = dict(texts), dict(raw)
    for field in PLACE_FIELDS:
        hidden = without_phones(texts[field])
        untouched = pc.fill_null(pc.equal(hidden, texts[field]), fill_value=True)
        raw[f"raw_{field}"] = pc.if_else(untouched, raw[f"raw_{field}"], hidden)
        texts[field] = hidden
    raw |= {f"raw_{field}": without_phones(raw[f"raw_{field}"]) for field in AREA_FIELDS}
    return texts, raw, without_phones(extra)


def _rejections(columns: dict[str, pa.Array], pack: RulePack) -> dict[str, pa.Array]:
    """Return reject_code and reject_reason of each row."""
    heading = pa.array(sorted({unicodedata.normalize("NFKC", word) for word in pack.headers.aliases["name"]}))
    is_heading = pc.is_in(columns["name"], value_set=heading)
    for field in ("uscc", "org_code", "reg_no", "tax_no"):
        is_heading = pc.and_(is_heading, pc.equal(columns[field], ""))
    silent = pc.equal(columns[TELLING[0]], "")
    for field in TELLING[1:]:
        silent = pc.and_(silent, pc.equal(columns[field], ""))
    code = pc.if_else(silent, RejectCode.NO_NAME.name, pc.if_else(is_heading, RejectCode.HEADER_ROW.name, ""))
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
