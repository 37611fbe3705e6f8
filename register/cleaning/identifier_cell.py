"""The five identifier cells of one row, read together: what each holds, and the one key they share.  One row at a time.

Offices write numbers into each other's columns: a USCC as registration number, a
registration number as tax number.  Each cell is recognised by what it is, not by where
it stands; a moved or contradicting number is used or set aside with a remark.  A number
that may be a person's is withheld before anything else looks at it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from minglu.register.cleaning.redaction import holds_personal
from minglu.register.identifiers import Code, Fault, citizen, common_key, org_code, permit_no, reg_no, tax_no, uscc
from minglu.register.identifiers.citizen import is_citizen_start
from minglu.register.identifiers.compacting import compact_code, trim_number
from minglu.register.identifiers.damage import is_scientific
from minglu.register.identifiers.identifier_faults import damaged, personal, placeholder, telephone
from minglu.register.identifiers.placeholders import is_placeholder
from minglu.register.identifiers.wrapped_code import unwrap_code


class Identifier(Protocol):
    """A module of `identifiers`, by two of its verbs."""

    def is_valid(self, text: str) -> bool:
        """Return whether a text is valid."""

    def validate(self, text: str) -> Fault | None:
        """Return what is wrong with a text."""


COLUMNS = ("uscc", "org_code", "reg_no", "tax_no", "permit_no")
MODULES: Mapping[str, Identifier] = {
    "uscc": uscc,
    "org_code": org_code,
    "reg_no": reg_no,
    "tax_no": tax_no,
    "permit_no": permit_no,
}
NAMES = {
    "uscc": ("统一社会信用代码", "a USCC"),
    "org_code": ("组织机构代码", "an organisation code"),
    "reg_no": ("工商注册号", "a registration number"),
    "tax_no": ("纳税人识别号", "a tax number"),
    "permit_no": ("排污许可证编号", "a permit number"),
}
# S22-S24: a site without a code of its own has its parent's and two digits, in brackets or bare.
SUFFIXED = re.compile(r"(?P<code>[0-9A-Z]{18}|[0-9A-Z]{9})(?:\((?P<bracketed>\d{2})\)|(?P<bare>\d{2}))", re.ASCII)
HEAD_OFFICE = re.compile(r"(?P<body>[0-9A-Z]{8})B", re.ASCII)
CITIZEN_INSIDE = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
MOBILE = re.compile(r"(?:(?:00)?86|\+86|0)?1[3-9]\d{9}", re.ASCII)
LONGEST_SEEN = 32
LONGEST_PERMIT = 64
# Whose USCC counts first: the cell made for it, then the permit, which repeats it with a check, then moved ones.
TRUST = ("uscc", "permit_no", "tax_no", "org_code", "reg_no")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell holds."""

    kind: str = ""
    """The number it is: a column's name, "personal", or empty where it is none."""
    value: str = ""
    suffix: str = ""
    """Site suffix behind the number."""
    seen: str = ""
    """The compact text of an invalid number, as evidence for typing errors."""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The cleaned identifiers of one row; fields are named and meant as in the table `entries`."""

    uscc: str = ""
    uscc_seen: str = ""
    org_code: str = ""
    reg_no: str = ""
    tax_no: str = ""
    permit_no: str = ""
    permit_serial: str = ""
    site_suffix: str = ""
    withheld: tuple[str, ...] = ()
    """Columns whose raw value holds a person's number and must not be stored."""
    faults: tuple[tuple[str, Fault], ...] = ()
    """Column and what is wrong in it."""


NOTHING = Reading()


def read_numbers(
    cells: Mapping[str, str],
    *,
    placeholders: frozenset[str] = frozenset(),
    blank_words: frozenset[str] = frozenset(),
    shapes: re.Pattern[str] | None = None,
) -> Numbers:
    """Read the identifier cells of one row (`COLUMNS` -> raw text) together.

    >>> found = read_numbers({"reg_no": "91110108551385082Q", "permit_no": "91110108551385082Q001P"})
    >>> found.uscc, found.org_code, found.permit_serial
    ('91110108551385082Q', '551385082', '001')
    >>> read_numbers({"tax_no": "110108551385082"}).org_code
    '551385082'
    """
    readings = {
        column: read_cell(
            column, cells.get(column) or "", placeholders=placeholders, blank_words=blank_words, shapes=shapes
        )
        for column in COLUMNS
    }
    code = next((value for _, value in _usccs(readings)), "")
    licence = _of_kind(readings, "permit_no") or readings["permit_no"].seen[:LONGEST_PERMIT]
    tax = _of_kind(readings, "tax_no") or (readings["tax_no"].value if readings["tax_no"].kind == "uscc" else "")
    organisation = _of_kind(readings, "org_code")
    declared = organisation if shapes is not None and shapes.fullmatch(organisation) else ""
    key = common_key(uscc_text=code, permit_text=licence, tax_text=tax, org_text=organisation, declared=declared)
    return Numbers(
        uscc=code,
        uscc_seen="" if code else _seen(readings),
        org_code=key,
        reg_no=_of_kind(readings, "reg_no"),
        tax_no=tax,
        permit_no=licence,
        permit_serial=permit_no.serial(licence),
        site_suffix=next((reading.suffix for reading in readings.values() if reading.suffix), ""),
        withheld=tuple(column for column, reading in readings.items() if reading.kind == "personal"),
        faults=tuple(_faults(readings, code, key)),
    )


def read_cell(
    column: str,
    text: str,
    *,
    placeholders: frozenset[str] = frozenset(),
    blank_words: frozenset[str] = frozenset(),
    shapes: re.Pattern[str] | None = None,
) -> Reading:
    """Determine what one cell contains, whichever column it is in; `shapes` are those that the census declares.

    >>> read_cell("org_code", "69922961-7(02)").suffix
    '02'
    >>> read_cell("uscc", "9.13301007109E+17").fault.code.name
    'ID_DAMAGED'
    """
    text = trim_number(text)
    code = compact_code(text)
    if not code or text.lower() in blank_words or unicodedata.normalize("NFKC", text).strip().lower() in blank_words:
        return NOTHING
    if is_scientific(text):
        # a rounded number still shows where and when a person was born
        return Reading(kind="personal" if is_citizen_start(text) else "", fault=damaged())
    if is_placeholder(code) or code in placeholders:
        return Reading(fault=placeholder())
    if citizen.holds_citizen_number(code):  # one in thirty passes the check of a USCC by chance: asked before it
        return Reading(kind="personal", fault=personal())
    if uscc.is_valid(code):
        return _found(column, "uscc", code)
    if shapes is not None and column != "permit_no" and shapes.fullmatch(code):
        return Reading(kind="org_code", value=code)
    if MOBILE.fullmatch(code):  # one in eleven passes as an organisation code and a site's number
        return Reading(kind="personal", fault=telephone())
    suffixed = _read_suffixed(column, code)
    if suffixed is not None:
        return suffixed
    if tax_no.is_personal(code) and not (column == "reg_no" and len(code) == reg_no.LENGTH):
        return Reading(kind="personal", fault=personal())
    return _read_other(column, code, text)


def _read_suffixed(column: str, code: str) -> Reading | None:
    """Read a parent's code with a site suffix, or the head office's form: 8 characters and B."""
    found = SUFFIXED.fullmatch(code)
    if found:
        suffix = found.group("bracketed") or found.group("bare")
        for kind in ("uscc", "org_code"):
            if MODULES[kind].is_valid(found.group("code")):
                return _found(column, kind, found.group("code"), suffix=suffix)
    head = HEAD_OFFICE.fullmatch(code)
    if head and column == "org_code":
        body = head.group("body")
        return _found(column, "org_code", body + org_code.check_character(body), suffix="B")
    return None


def _read_other(column: str, code: str, text: str) -> Reading:
    """Read a number that is no USCC: by its own column's rules first, then by what its length makes possible."""
    fault = MODULES[column].validate(code)
    if fault is None and column != "tax_no":
        return _found(column, column, code)
    kind = _kind_by_length(column, code)
    if kind and (column == "tax_no" or kind != "ambiguous"):
        return _found(column, {"ambiguous": "tax_no"}.get(kind, kind), code)
    wrapped = unwrap_code(text)
    if wrapped is not None and not citizen.holds_citizen_number(wrapped[1]):
        return _found(column, *wrapped)
    if CITIZEN_INSIDE.search(code):
        return Reading(kind="personal", fault=personal())
    if holds_personal(text):
        return Reading(kind="personal", fault=telephone())
    unusable = fault is None or fault.code in (Code.ID_DAMAGED, Code.ID_PLACEHOLDER)
    return Reading(seen="" if unusable else code, fault=fault)


def _kind_by_length(column: str, code: str) -> str:
    """Return the column in which a number would be at home, "ambiguous", or an empty text."""
    match len(code):
        case 9:
            return "org_code" if org_code.is_valid(code) else ""
        case 15:
            kinds = {"organisation": "tax_no", "registration": "reg_no", "ambiguous": "ambiguous"}
            return kinds.get(tax_no.kind(code), "")
        case 18 | 22 if column != "permit_no":
            return "permit_no" if permit_no.is_valid(code) else ""
    return ""


def _found(column: str, kind: str, value: str, *, suffix: str = "") -> Reading:
    """Return a recognised number, with a remark where it is not at home in its column."""
    at_home = column == kind or (column, kind) == ("tax_no", "uscc")
    ambiguous = kind == "tax_no" and tax_no.kind(value) == "ambiguous"
    fault = tax_no.validate(value) if ambiguous else None
    if not at_home:
        chinese, english = NAMES[kind]
        fault = Fault(Code.ID_MOVED, f"填的是{chinese}，已按此使用", f"holds {english}; used as such")
    return Reading(kind=kind, value=value, suffix=suffix, fault=fault)


def _of_kind(readings: Mapping[str, Reading], kind: str) -> str:
    """Return the number of a kind, from its own column first."""
    own = readings[kind]
    found = (own, *readings.values())
    return next((reading.value for reading in found if reading.kind == kind), "")


def _usccs(readings: Mapping[str, Reading]) -> Iterator[tuple[str, str]]:
    """Yield column and code of every valid USCC of the row, the most trusted first."""
    for column in TRUST:
        reading = readings[column]
        code = permit_no.unit_code(reading.value) if reading.kind == "permit_no" else reading.value
        if code and reading.kind in ("uscc", "permit_no"):
            yield column, code


def _seen(readings: Mapping[str, Reading]) -> str:
    """Return the invalid text that most likely was a USCC."""
    for column in ("uscc", "tax_no"):
        seen = readings[column].seen
        plausible = seen.isascii() and seen.isalnum() and len(seen) <= LONGEST_SEEN
        if plausible and (column == "uscc" or abs(len(seen) - uscc.LENGTH) <= 1):
            return seen
    return ""


def _faults(readings: Mapping[str, Reading], code: str, key: str) -> Iterator[tuple[str, Fault]]:
    """Yield what is wrong in each cell, then what contradicts between cells."""
    for column, reading in readings.items():
        settled = reading.fault is not None and reading.fault.code is Code.ID_AMBIGUOUS and reading.value[6:] == key
        if reading.fault is not None and not settled:
            yield column, reading.fault
    for column, other in _usccs(readings):
        if other != code:
            yield column, conflict("uscc")
    for column, reading in readings.items():
        if reading.kind == "org_code" and reading.value != key:
            yield column, conflict("org_code")
        if reading.kind == "tax_no" and tax_no.kind(reading.value) == "organisation" and reading.value[6:] != key:
            yield column, conflict("tax_no")


def conflict(kind: str) -> Fault:
    """Return the fault of a number that contradicts a more trusted one of its row."""
    chinese, english = NAMES[kind]
    return Fault(
        Code.ID_CONFLICT,
        f"{chinese}与同一行中更可信的号码不一致，未作关联键",
        f"{english} that contradicts a more trusted number of the row; not used as key",
    )
