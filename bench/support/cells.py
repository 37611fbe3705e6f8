"""What lists really lack: cleaned entries with columns or lists taken away, one function per case ("cell").

A cell is a pure function of the entries: which rows lose a value depends on their entry_id alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.arrays import Flags
from minglu.register.cleaning.identifier_cell import read_numbers

CODES = ("uscc", "uscc_seen", "org_code", "reg_no", "permit_no", "permit_serial", "site_suffix")
"""Every column that repeats a code; a permit number begins with the code of its holder."""
PEOPLE = ("phone", "contact", "legal_person")
POINT = ("lon", "lat", "precision_m")
NAMES = ("entry_id", "list", "name", "former_name", "site", "legal_unit")
HOUSEHOLD = "92"
Cell = Callable[[pa.Table], pa.Table]


def blank(entries: pa.Table, columns: Sequence[str], where: Flags | None = None) -> pa.Table:
    """Empty columns, in the rows `where` (all without it): text to "", numbers to null."""
    mask = pa.array(np.ones(entries.num_rows, dtype=np.bool_) if where is None else where)
    for name in columns:
        place, field = entries.schema.get_field_index(name), entries.schema.field(name)
        empty = pa.scalar("" if pa.types.is_string(field.type) else None, field.type)
        entries = entries.set_column(place, field, pc.if_else(mask, empty, entries[name]))
    return entries


def of_list(entries: pa.Table, *lists: str) -> Flags:
    """Return which rows stand on one of the lists."""
    return np.asarray(pc.is_in(entries["list"], pa.array(lists)))


def half(entries: pa.Table) -> Flags:
    """Return about half of the rows, by a checksum of their entry_id."""
    return np.array([zlib.crc32(one.encode()) & 1 for one in entries["entry_id"].to_pylist()], dtype=np.bool_)


def old_tax_numbers(entries: pa.Table) -> pa.Table:
    """Give the tax list 15-digit numbers: region and organisation code of a unit; those of a household name a person.

    The number is read by the product's own cleaning; what it finds there is what linkage gets.
    """
    tax = of_list(entries, "tax")
    codes = [""] * entries.num_rows
    for row in np.flatnonzero(tax):
        code = entries["uscc"][int(row)].as_py()
        if code and not code.startswith(HOUSEHOLD):
            codes[row] = read_numbers({"tax_no": code[2:17]}).org_code
    masked = blank(entries, ("uscc", "uscc_seen", "org_code", "reg_no", "site_suffix"), tax)
    found = pc.if_else(pa.array(tax), pa.array(codes, pa.string()), masked["org_code"])
    place = masked.schema.get_field_index("org_code")
    return masked.set_column(place, masked.schema.field(place), found)


def seats_only(entries: pa.Table) -> pa.Table:
    """Leave one address a row, and no word on whether it is the seat or the place of operation."""
    own = pc.if_else(pc.equal(entries["address"], ""), entries["site_address"], entries["address"])
    place = entries.schema.get_field_index("address")
    return blank(entries.set_column(place, entries.schema.field(place), own), ("site_address",))


CELLS: Mapping[str, Cell] = {
    "as_is": lambda entries: entries,
    "no_permit_codes": lambda entries: blank(entries, CODES, of_list(entries, "permit")),
    "no_codes": lambda entries: blank(entries, CODES),
    "old_tax_numbers": old_tax_numbers,
    "no_phone_person": lambda entries: blank(entries, PEOPLE),
    "no_industry": lambda entries: blank(entries, ("industry_code",)),
    "no_points": lambda entries: blank(entries, POINT),
    "seats_only": seats_only,
    "names_only": lambda entries: blank(entries, [name for name in entries.column_names if name not in NAMES]),
    "two_lists": lambda entries: entries.filter(of_list(entries, "business", "permit")),
    "one_list": lambda entries: entries.filter(of_list(entries, "business")),
    "half_codes": lambda entries: blank(entries, CODES, half(entries)),
    "half_codes_bare": lambda entries: blank(blank(entries, CODES, half(entries)), (*PEOPLE, "industry_code")),
}
"""Name -> what it does to the entries; `half_codes_bare` lacks telephone, person and industry as well."""
