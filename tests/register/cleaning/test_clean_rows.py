"""Cleaning a batch of rows: one row out per row in, nothing personal stored, every value accounted for."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.register.cleaning.clean_rows import CLEANED, clean_rows
from minglu.register.rules import load_pack
from minglu.register.schemas import ENTRIES, FIELDS
from tests.register.cleaning.rows import rows

PACK = load_pack("pollution-2", None)


def clean(**record: str | None) -> dict:
    return clean_rows(rows(record), PACK).to_pylist()[0]


def test_columns_are_those_of_entries_and_the_verdict():
    """The table is ENTRIES with reject code, reason and faults behind; empty in, empty out."""
    cleaned = clean_rows(rows(), PACK)
    assert cleaned.schema == CLEANED
    assert cleaned.column_names[: len(ENTRIES)] == ENTRIES.names
    assert cleaned.num_rows == 0
    assert clean_rows(rows({"name": "某厂"}), PACK).schema.names == CLEANED.names


def test_a_messy_row_becomes_an_entry():
    """Width, brackets, traditional characters, number tails, letters before codes: all settled, raw values kept."""
    entry = clean(
        name="杭州市〔某某〕廠",
        former_name="甲　厂",
        uscc="９１１１０１０８５５１３８５０８２Q",
        permit_no="91110108551385082q001p",
        status="存续（在营、开业、在册）",
        industry_code="C3919",
        district_code="３３０６０３１０７００１.0",
        address="文一路１２－３号",
        phone="0571-2000123",
    )
    assert entry["name"] == "杭州市(某某)厂"
    assert entry["raw_name"] == "杭州市〔某某〕廠"
    assert entry["former_name"] == "甲厂"
    assert (entry["uscc"], entry["org_code"], entry["permit_serial"]) == ("91110108551385082Q", "551385082", "001")
    assert (entry["status"], entry["industry_code"]) == ("active", "3919")
    assert entry["district_code"] == "330603107001"
    assert entry["address"] == "文一路12-3号"
    assert entry["phone"] == "05712000123"
    assert (entry["lon"], entry["lat"], entry["entry_id"]) == (None, None, "")
    assert (entry["reject_code"], entry["faults"]) == ("", [])


REJECTED = [
    ({}, "NO_NAME"),
    ({"name": "无", "uscc": "9.133E+17", "phone": "13812345678"}, "NO_NAME"),
    ({"name": "\u200b ", "tax_no": "99999919990101001X00"}, "NO_NAME"),
    ({"name": "单位名称", "uscc": "统一社会信用代码"}, "HEADER_ROW"),
    ({"name": "单位名称", "uscc": "91110108551385082Q"}, ""),
    ({"name": "某厂"}, ""),
    ({"uscc": "91110108551385082Q"}, ""),
    ({"uscc": "9111010855138508Q"}, ""),
    ({"tax_no": "130200699229617"}, ""),
    ({"site_address": "某路1号"}, ""),
]


@pytest.mark.parametrize(("record", "code"), REJECTED)
def test_rows_that_name_no_unit_are_set_aside(record, code):
    """A row without name, number and address is a reject with a code; anything to go by keeps it."""
    entry = clean(**record)
    assert entry["reject_code"] == code
    assert bool(entry["reject_reason"]) == bool(code)


def test_faults_are_coded_per_field_in_order():
    """Each value set aside is listed with field, code and words in both languages."""
    entry = clean(name="某厂", uscc="9.133E+17", org_code="699229618", industry_code="C99", district_code="12345")
    assert [(fault["field"], fault["code"]) for fault in entry["faults"]] == [
        ("uscc", "ID_DAMAGED"),
        ("org_code", "ID_CHECK"),
        ("industry_code", "IND_CODE"),
        ("district_code", "ID_LENGTH"),
    ]
    assert all(" / " in fault["reason"] for fault in entry["faults"])
    assert (entry["uscc"], entry["org_code"], entry["industry_code"], entry["district_code"]) == ("", "", "", "")


def test_a_text_too_long_for_a_name_or_an_address_is_set_aside():
    """The row stays by what else it says, the raw value is kept, and nothing is read out of 501 letters."""
    entry = clean(name="9" * 501, former_name="甲" * 500, address="一路" * 400, site_address="青禾县一路1号")
    assert (entry["name"], entry["address"], entry["reject_code"]) == ("", "", "")
    assert (len(entry["former_name"]), entry["site_address"]) == (500, "青禾县一路1号")
    assert (len(entry["raw_name"]), len(entry["raw_address"])) == (501, 800)
    assert [(fault["field"], fault["code"]) for fault in entry["faults"]] == [
        ("name", "TEXT_LENGTH"),
        ("address", "TEXT_LENGTH"),
    ]
    assert entry["faults"][0]["reason"] == "501 字，应不超过 500 字 / 501 letters; expected at most 500"
    assert clean(name="9" * 501)["reject_code"] == "NO_NAME"


def test_industry_is_found_in_the_neighbour_column():
    """Words in the code's column and a code before the words are both understood."""
    assert clean(name="某厂", industry_code="电镀加工")["industry"] == "电镀加工"
    assert clean(name="某厂", industry="C3360 金属表面处理")["industry_code"] == "3360"
    assert clean(name="某厂", industry="制造业")["industry_code"] == ""


def test_district_codes_of_the_pack_are_accepted():
    """Fictional regions and every length the pack names are fine."""
    assert clean(name="某厂", district_code="990101001001007")["district_code"] == "990101001001007"
    assert clean(name="某厂", district_code="无")["faults"] == []


PERSONAL = {
    "name": "某店",
    "tax_no": "99999919990101001X00",
    "phone": "13812345678",
    "contact": "张某某",
    "legal_person": "李某某",
}


def test_nothing_personal_may_be_stored():
    """Raw phone, contact, legal person come back empty, a number that embeds a person's masked."""
    entry = clean(**PERSONAL)
    stored = {name: value for name, value in entry.items() if name not in ("phone", "contact", "legal_person")}
    text = json.dumps(stored, ensure_ascii=False)
    for value in ("999999", "13812345678", "张某某", "李某某"):
        assert value not in text
    assert entry["tax_no"] == ""
    assert "withheld" in entry["raw_tax_no"]
    assert (entry["phone"], entry["contact"], entry["legal_person"]) == ("13812345678", "张某某", "李某某")


def test_personal_raw_values_stay_where_the_census_says_so():
    """With keep_personal the raw columns are left as they came."""
    entry = clean_rows(rows(PERSONAL), PACK, keep_personal=True).to_pylist()[0]
    assert entry["raw_phone"] == "13812345678"
    assert entry["raw_tax_no"] == "99999919990101001X00"
    assert entry["tax_no"] == ""


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("13812345678、0571-2000123", "13812345678"),
        ("0571-20001234-801", "057120001234"),
        ("（0571）20001234", "057120001234"),
        ("20001234", "20001234"),
        ("13812345678.0", "13812345678"),
        ("00000000000", ""),
        ("0571-88888888", ""),
        ("1.38123E+10", ""),
        ("无", ""),
        ("", ""),
    ],
)
def test_phones_become_digits(cell, digits):
    """The first real number of a cell, mobile before landline; fillers are nothing."""
    assert clean(name="某厂", phone=cell)["phone"] == digits


VALUES = st.sampled_from(
    ["", None, "无", "某某廠", "91110108551385082Q", "9.1E+17", "99999919990101001X00", "C3919", "330603", "13812345678",
     "停产", "\u202e某\x00", "🏭"]
) | st.text(max_size=6)  # fmt: skip
RECORDS = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))


@given(st.lists(RECORDS, max_size=3))
@settings(max_examples=15)
def test_rows_in_are_rows_out_in_any_company(records):
    """One row per row in order; a row is cleaned the same alone and among others."""
    source = rows(*records)
    together = clean_rows(source, PACK)
    assert together.column("row").to_pylist() == source.column("row").to_pylist()
    alone = [clean_rows(source.slice(place, 1), PACK).to_pylist()[0] for place in range(len(records))]
    assert together.to_pylist() == alone


@given(RECORDS)
@settings(max_examples=25)
def test_cleaning_what_was_cleaned_changes_nothing(record):
    """Cleaned values fed in again as raw values come out the same."""
    first = clean(**record)
    if first["reject_code"]:
        return
    raw_only = ("lon", "lat", "status", "org_code", "district_code", "city", "county", "town", "village")
    fields = [field for field in FIELDS if field not in raw_only]
    again = clean(**{field: first[field] for field in fields})
    for field in ("name", "former_name", "address", "uscc", "reg_no", "tax_no", "permit_no", "industry_code", "phone"):
        assert again[field] == first[field], field


def test_hostile_cells_are_only_cells():
    """A million characters, nulls, marks that turn text around: values, never an exception."""
    for text in ("9" * 10_000, "\x00" * 100, "\u202e91110108551385082Q", "🏭" * 1_000, "厂" * 10_000):
        entry = clean(**dict.fromkeys(FIELDS, text))
        assert entry["row"] == 2
    entry = clean(name="厂" * 1_000_000, uscc="9" * 1_000_000)
    assert (entry["name"], len(entry["raw_name"])) == ("", 1_000_000)


@pytest.mark.parametrize("number", ["19900000000", "１９９０００００000", "0571-12345678"])
def test_a_telephone_number_in_an_address_or_an_unused_column_is_hidden(number):
    """Some offices write it there; the rest of the cell stays, and with keep_personal all of it does."""
    plain = "0571-12345678" if "-" in number else "19900000000"
    record = {
        "name": f"某厂(联系{number})",
        "address": f"和平路5号（电话{number}）",
        "site_address": f"和平路5号 {number}",
        "extra": json.dumps({"备注": f"张三{plain}"}, ensure_ascii=False),
    }
    entry = clean(**record)
    assert not any(hidden in str(entry) for hidden in (number, plain))
    assert entry["address"] == "和平路5号(电话***)"
    assert entry["extra"] == ""
    kept = clean_rows(rows(record), PACK, keep_unused=True).to_pylist()[0]
    assert json.loads(kept["extra"]) == {"备注": "张三***"}
    kept = clean_rows(rows(record), PACK, keep_personal=True, keep_unused=True).to_pylist()[0]
    assert kept["raw_address"] == record["address"]
    assert kept["extra"] == record["extra"]
