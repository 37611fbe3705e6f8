"""The identifier cells of a row: recognised wherever they stand, withheld where personal, the batch as the value."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.register.cleaning.identifier_cell import COLUMNS, Numbers, read_cell, read_numbers
from minglu.register.cleaning.identifier_columns import NUMBER_FIELDS, read_number_columns
from minglu.register.identifiers import uscc
from minglu.register.identifiers.declared_shape import shapes_pattern
from minglu.register.rules import load_pack

PACK = load_pack("pollution-2", None)
RULES = {
    "placeholders": frozenset(PACK.identifiers.placeholders),
    "blank_words": frozenset(PACK.text.blank_words),
}
USCC, OTHER = "91110108551385082Q", "91130200699229617X"
PERSONAL = "99999919990101001X00"


def codes(found: Numbers) -> list[tuple[str, str]]:
    return [(column, fault.code.name) for column, fault in found.faults]


CASES = [
    ({"uscc": USCC}, {"uscc": USCC, "org_code": "551385082"}, []),
    ({"tax_no": USCC}, {"uscc": USCC, "tax_no": USCC, "org_code": "551385082"}, []),
    (
        {"permit_no": f"{USCC}002P"},
        {"uscc": USCC, "permit_no": f"{USCC}002P", "permit_serial": "002", "org_code": "551385082"},
        [],
    ),
    ({"reg_no": USCC}, {"uscc": USCC, "org_code": "551385082"}, [("reg_no", "ID_MOVED")]),
    ({"org_code": USCC}, {"uscc": USCC, "org_code": "551385082"}, [("org_code", "ID_MOVED")]),
    ({"permit_no": USCC}, {"uscc": USCC, "org_code": "551385082"}, [("permit_no", "ID_MOVED")]),
    ({"uscc": "55138508-2"}, {"org_code": "551385082"}, [("uscc", "ID_MOVED")]),
    ({"uscc": "110108000000016"}, {"reg_no": "110108000000016"}, [("uscc", "ID_MOVED")]),
    ({"tax_no": "110108000000016"}, {"reg_no": "110108000000016"}, [("tax_no", "ID_MOVED")]),
    ({"reg_no": "110108551385082"}, {"tax_no": "110108551385082", "org_code": "551385082"}, [("reg_no", "ID_MOVED")]),
    ({"tax_no": "110108551385082"}, {"tax_no": "110108551385082", "org_code": "551385082"}, []),
    ({"tax_no": "130200699229617"}, {"tax_no": "130200699229617"}, [("tax_no", "ID_AMBIGUOUS")]),
    (
        {"tax_no": "130200699229617", "org_code": "69922961-7"},
        {"tax_no": "130200699229617", "org_code": "699229617"},
        [],
    ),
    ({"uscc": f"{USCC}(02)"}, {"uscc": USCC, "site_suffix": "02", "org_code": "551385082"}, []),
    ({"uscc": f"{USCC}03"}, {"uscc": USCC, "site_suffix": "03", "org_code": "551385082"}, []),
    ({"org_code": "551385082（01）"}, {"org_code": "551385082", "site_suffix": "01"}, []),
    ({"org_code": "55138508B"}, {"org_code": "551385082", "site_suffix": "B"}, []),
    (
        {"uscc": USCC, "org_code": "69922961-7"},
        {"uscc": USCC, "org_code": "551385082"},
        [("org_code", "ID_CONFLICT")],
    ),
    (
        {"uscc": USCC, "permit_no": f"{OTHER}001P"},
        {"uscc": USCC, "org_code": "551385082", "permit_no": f"{OTHER}001P", "permit_serial": "001"},
        [("permit_no", "ID_CONFLICT")],
    ),
    ({"uscc": "91110108551385082O"}, {"uscc_seen": "91110108551385082O"}, [("uscc", "ID_CHARACTER")]),
    ({"uscc": "9111010855138508Q"}, {"uscc_seen": "9111010855138508Q"}, [("uscc", "ID_LENGTH")]),
    ({"uscc": "9.133E+17"}, {}, [("uscc", "ID_DAMAGED")]),
    ({"uscc": "913301007109000000"}, {}, [("uscc", "ID_DAMAGED")]),
    (
        {"uscc": "9.133E+17", "tax_no": USCC},
        {"uscc": USCC, "tax_no": USCC, "org_code": "551385082"},
        [("uscc", "ID_DAMAGED")],
    ),
    ({"uscc": "1" * 18, "org_code": "PDY000012"}, {}, [("uscc", "ID_PLACEHOLDER"), ("org_code", "ID_PLACEHOLDER")]),
    ({"org_code": "123456789", "reg_no": "暂无", "tax_no": "/", "uscc": "N/A"}, {}, [("org_code", "ID_PLACEHOLDER")]),
    ({"permit_no": "浙AB2017A0001"}, {"permit_no": "浙AB2017A0001"}, [("permit_no", "ID_LENGTH")]),
    ({"tax_no": PERSONAL}, {"withheld": ("tax_no",)}, [("tax_no", "ID_PERSONAL")]),
    ({"uscc": PERSONAL[:18]}, {"withheld": ("uscc",)}, [("uscc", "ID_PERSONAL")]),
    ({"permit_no": f"x{PERSONAL[:18]}y"}, {"withheld": ("permit_no",)}, [("permit_no", "ID_PERSONAL")]),
    ({"tax_no": "9.9999919990101E+17"}, {"withheld": ("tax_no",)}, [("tax_no", "ID_DAMAGED")]),
    ({"tax_no": "9.90101190000031E+19"}, {"withheld": ("tax_no",)}, [("tax_no", "ID_DAMAGED")]),
    ({}, {}, []),
]


@pytest.mark.parametrize(("cells", "expected", "faults"), CASES, ids=range(len(CASES)))
def test_numbers_are_recognised_by_what_they_are(cells, expected, faults):
    """A number counts as what it is wherever it stands; every oddity is remarked on."""
    found = read_numbers(cells, **RULES)
    said = {field: getattr(found, field) for field in (*NUMBER_FIELDS, "withheld") if getattr(found, field)}
    assert said == expected
    assert codes(found) == faults


def test_a_personal_number_leaves_no_trace():
    """Nothing of a person's number is in any field or fault of the row."""
    for column in COLUMNS:
        found = read_numbers({column: PERSONAL}, **RULES)
        assert "999999" not in repr(found)


CHARACTERS = st.sampled_from("0123456789ABDXQPZ.-+E(）0")
SEEDS = [USCC, OTHER, "551385082", "55138508-2", "110108000000016", "110108551385082", "130200699229617", f"{USCC}001P", f"{OTHER}01",
         PERSONAL, PERSONAL[:18], "9.133E+17", "无", "/", "111111111", "55138508B", "H9330100699229617a001P", "浙A1", ""]  # fmt: skip


@st.composite
def cells(draw):
    """Return one row: numbers in their own or another column, whole or with one character changed."""
    row = {}
    for column in COLUMNS:
        text = draw(st.sampled_from(SEEDS))
        if text and draw(st.integers(0, 3)) == 0:
            place = draw(st.integers(0, len(text) - 1))
            text = text[:place] + draw(CHARACTERS) + text[place + 1 :]
        row[column] = draw(st.just(text) | st.none() | st.text(max_size=5)) if draw(st.booleans()) else text
    return row


@given(st.lists(cells(), max_size=6))
@settings(max_examples=100)
def test_batch_and_value_agree(rows):
    """A batch's columns are what `read_numbers` says row by row: fields, withheld cells and faults in order."""
    columns = {column: pa.array([row[column] for row in rows], pa.string()) for column in COLUMNS}
    read = read_number_columns(columns, **RULES)
    faults = sorted(read.faults, key=lambda fault: (fault.row, fault.order))
    for place, row in enumerate(rows):
        expected = read_numbers(row, **RULES)
        assert {field: read.fields[field][place].as_py() for field in NUMBER_FIELDS} == {
            field: getattr(expected, field) for field in NUMBER_FIELDS
        }
        assert tuple(column for column in COLUMNS if read.withheld[column][place].as_py()) == expected.withheld
        said = [(fault.field, fault.code, fault.reason) for fault in faults if fault.row == place]
        assert said == [(column, fault.code.name, fault.reason) for column, fault in expected.faults]


def passing_citizen_numbers(count):
    """Make citizen's numbers of an area that does not exist, whose check and whose check as a USCC both fit by chance."""
    found, serial = [], 0
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    while len(found) < count:
        body = f"919919{1950 + serial % 50}{1 + serial % 12:02d}{1 + serial % 28:02d}{serial % 1000:03d}"
        number = (
            body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
        )
        found += [number] if uscc.is_valid(number) else []
        serial += 1
    return found


@pytest.mark.parametrize("tail", ["", "00", "001P"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_citizen_number_that_passes_for_a_uscc_is_withheld(column, tail):
    """One in thirty does: alone, with two digits of a tax number, with the serial of a permit."""
    for number in passing_citizen_numbers(5):
        row = read_numbers({column: number + tail}, **RULES)
        assert row.withheld == (column,)
        assert not any(number in str(getattr(row, name)) for name in NUMBER_FIELDS)
        columns = {name: pa.array([number + tail if name == column else ""]) for name in COLUMNS}
        batch = read_number_columns(columns, **RULES)
        assert batch.withheld[column].to_pylist() == [True]
        assert not any(number in batch.fields[name][0].as_py() for name in NUMBER_FIELDS)


@pytest.mark.parametrize("tail", ["001", "01P", "001p1", ".0"])
def test_a_permit_with_a_damaged_tail_keeps_the_key_of_its_unit(tail):
    """What all lists share stands in front: row and batch both take it from there."""
    columns = {name: pa.array([USCC + tail if name == "permit_no" else ""]) for name in COLUMNS}
    assert read_numbers({"permit_no": USCC + tail}, **RULES).org_code == "551385082"
    assert read_number_columns(columns, **RULES).fields["org_code"].to_pylist() == ["551385082"]


def test_codes_of_another_register_serve_by_their_declared_shape():
    """Eight digits are a code where the census says so, in any column of codes; a telephone or a person's number is none."""
    shapes = shapes_pattern(["99999999", "A-999999"])
    found = read_numbers({"reg_no": "4374-3761"}, shapes=shapes)
    assert (found.org_code, found.faults) == ("43743761", ())
    assert read_numbers({"uscc": "h123456"}, shapes=shapes).org_code == "H123456"
    assert read_numbers({"reg_no": "43743761"}).org_code == ""
    assert read_cell("org_code", "13800138000", shapes=shapes).kind == "personal"
    assert read_cell("permit_no", "43743761", shapes=shapes).kind == ""
    batch = read_number_columns(
        {column: pa.array(["4374-3761" if column == "reg_no" else ""]) for column in COLUMNS},
        placeholders=frozenset(),
        blank_words=frozenset(),
        shapes=["99999999"],
    )
    assert (batch.fields["org_code"].to_pylist(), batch.faults) == (["43743761"], ())
