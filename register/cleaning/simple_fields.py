"""Single cells that are neither a text nor one of the five identifiers: industry, district, phone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.redaction import holds_personal
from minglu.register.cleaning.spreadsheet_dates import is_date
from minglu.register.cleaning.text_cleaning import replace_where, says_nothing
from minglu.register.identifiers import Code, Fault, region_code
from minglu.register.identifiers.compacting import trim_number
from minglu.register.identifiers.identifier_faults import telephone, turned_into_date, visible, wrong_length

# GB/T 4754: a section letter A to T and two to four digits; a list may write the class's name behind it.
INDUSTRY = re.compile(r"([A-T])?\s?(\d{2,4})(?!\d)", re.ASCII)
INDUSTRY_CODE = re.compile(r"(?<![0-9.\-/])\d{4}(?![0-9.\-])|(?<![0-9A-Z])[A-T]\d{2,4}(?!\d)", re.ASCII)
LOST_ZERO = frozenset(["61", "62", "69", "71", "72", "81", "82", "89", "91", "92", "93"])
"""Divisions of services that are also groups of mines, 061 to 093, without their leading zero (GB/T 4754-2017)."""
DIVISIONS = range(1, 98)
GROUP_DIGITS = 3
LETTER_AT = 1
# TY01 boilers, TY02 furnaces ...: general knowledge of the permit catalogue.
GENERAL_PROCESS = "TY"
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})\D{0,3}(\d{7,8})(?!\d)", re.ASCII)
LOCAL = re.compile(r"(?<!\d)[2-9]\d{6,7}(?!\d)", re.ASCII)
PLAIN_PHONE = r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8})$"
# Digits alone, without an area code's zero, that are neither a mobile number nor a local one.
NO_PHONE = r"^(1[0-2][0-9]*|1[0-9]{0,9}|1[0-9]{11,}|[2-9][0-9]{0,5}|[2-9][0-9]{8,})$"
SAME_DIGITS = "(" + "|".join(f"{digit}{{7}}" for digit in range(10)) + ")$"


def read_industry_code(text: str) -> tuple[str, Fault | None]:
    """Return the digits of a GB/T 4754 code and what is wrong, the letter and a name behind it dropped.

    What can be read two ways is set aside, so that the industry's name or another list's code decides: three bare
    digits may be a group, or the class of a mine or farm without its leading zero; two may be a division of services,
    or a group of mines (061) without it; several codes leave open which is the trade; a date is none.
    The edition (2002, 2011, 2017) is not in the code and can't be derived from it.

    >>> read_industry_code("C3919"), read_industry_code("2211 木竹浆制造")
    (('3919', None), ('2211', None))
    >>> read_industry_code("C9919")[1].en
    'division 99 does not exist; expected 01 to 97'
    """
    cell = unicodedata.normalize("NFKC", trim_number(text)).strip().upper()
    if not cell:
        return "", None
    if is_date(cell):
        return "", turned_into_date()
    found = INDUSTRY.match(cell)
    if found is None:
        return "", _no_industry(cell)
    digits = found.group(2)
    others = {code for code in INDUSTRY_CODE.findall(cell[found.end() :]) if not digits.startswith(code)}
    if others:
        return "", Fault(
            Code.IND_CODE,
            f"含 {len(others) + 1} 个代码，无法判断主要行业；请只填主要行业代码",
            f"holds {len(others) + 1} codes; which is the main trade can't be told: give that one alone",
        )
    if lost := _lost_zero(cell, found):
        return "", lost
    if int(digits[:2]) in DIVISIONS:
        return digits, None
    return "", Fault(
        Code.IND_CODE,
        f"没有 {digits[:2]} 大类，应为 01 至 97",
        f"division {digits[:2]} does not exist; expected 01 to 97",
        position=found.start(2) + 1,
        found=digits[:2],
    )


def _lost_zero(cell: str, found: re.Match[str]) -> Fault | None:
    """Return the fault of a code that may have lost its leading zero, None where it can be read one way only."""
    digits = found.group(2)
    if cell in LOST_ZERO:
        return Fault(
            Code.IND_CODE,
            f"只有 2 位：可能是大类 {digits}，也可能是丢了前导 0 的中类 0{digits}；请将代码列设为文本后重新导出",
            f"has 2 digits: division {digits}, or group 0{digits} whose leading zero was lost; "
            "format the column as text",
            position=1,
            found=digits,
        )
    if len(digits) == GROUP_DIGITS and not found.group(1) and digits[0] != "0":
        return Fault(
            Code.IND_CODE,
            f"只有 3 位：可能是中类，也可能是丢了前导 0 的小类 0{digits}；请将代码列设为文本后重新导出",
            f"has 3 digits: a group, or class 0{digits} whose leading zero was lost; format the column as text",
            position=found.start(2) + 1,
            found=digits,
        )
    return None


def _no_industry(cell: str) -> Fault:
    digits = cell[LETTER_AT:] if cell[0].isalpha() else cell
    if cell.isascii() and digits.isdigit():
        return wrong_length(len(digits), "2, 3 or 4")
    if cell.startswith(GENERAL_PROCESS):
        return Fault(
            Code.IND_CODE,
            "是排污许可的通用工序，不是行业",
            "a general process of discharge permits, no industry",
            position=1,
            found=GENERAL_PROCESS,
        )
    seen = visible(cell[0])
    return Fault(
        Code.IND_CODE,
        f"以 {seen} 开头，应为可带门类字母的 2 至 4 位数字",
        f"begins with {seen}; expected 2 to 4 digits, a section letter before them or not",
        position=1,
        found=cell[0],
    )


def read_district_code(text: str, lengths: Sequence[int] = ()) -> tuple[str, Fault | None]:
    """Return a declared region or district code, digits only, and what is wrong; `lengths` are accepted besides.

    >>> read_district_code("３３０６０３１０７００１.0")
    ('330603107001', None)
    """
    if not text.strip():
        return "", None
    if text.strip().startswith(("0", "０", "+")) and holds_personal(text):
        return "", telephone()
    code = region_code.compact(text)
    fault = region_code.validate(text)
    if fault is not None and len(code) in lengths and code.isascii() and code.isdigit() and len(set(code)) > 1:
        fault = None
    return ("", fault) if fault is not None else (code, None)


def read_phones(texts: pa.Array) -> pa.Array:
    """Return `read_phone` of each text; plain numbers, and digits that plainly are none, never reach Python."""
    if says_nothing(texts):
        return texts
    plain = pc.match_substring_regex(texts, PLAIN_PHONE)
    none = pc.or_(pc.equal(texts, ""), pc.match_substring_regex(texts, NO_PHONE))
    joined = pc.if_else(none, "", pc.if_else(plain, pc.replace_substring(texts, "-", ""), texts))
    repeated = pc.match_substring_regex(joined, SAME_DIGITS)
    return replace_where(joined, pc.or_(repeated, pc.invert(pc.or_(plain, none))), read_phone)


def read_phone(text: str) -> str:
    """Return the digits of the first phone number in a cell, a mobile one first; empty where there is none.

    >>> read_phone("+86 0571-0000 0000"), read_phone("（0571）2000123转801")
    ('', '05712000123')
    """
    cell = unicodedata.normalize("NFKC", trim_number(text))
    cell = re.sub(r"\+86|(?<!\d)0086", " ", cell)
    mobile = MOBILE.search(re.sub(r"(?<=\d)[ \-](?=\d)", "", cell)) or MOBILE.search(cell)
    landline, local = LANDLINE.search(cell), LOCAL.search(cell)
    digits = (
        mobile.group()
        if mobile
        else landline.group(1) + landline.group(2)
        if landline
        else local.group()
        if local
        else ""
    )
    return "" if len(set(digits[-7:])) <= 1 else digits
