"""What can be read two ways excludes nobody: trades that may have lost a zero, powers without a unit, mixed fuels."""

import json

import pytest

from tests.register.cleaning.rows import one


@pytest.mark.parametrize(
    "cell", ["61", "81", "91", "62", "71", "610", "5169、2921", "5169,2921", "C2921;F5169", "1900-11-09"]
)
def test_an_ambiguous_trade_is_set_aside(cell):
    """Another list's code, the industry's words or the name decide then."""
    entry = one(name="甲厂", industry_code=cell)
    assert entry["industry_code"] == ""
    assert len(entry["faults"]) == 1


@pytest.mark.parametrize(("cell", "code"), [("H61", "61"), ("61住宿业", "61"), ("0610", "0610"), ("2921", "2921")])
def test_a_plain_trade_is_read(cell, code):
    """A section letter or a name behind the digits says which."""
    assert one(name="甲厂", industry_code=cell)["industry_code"] == code


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("boiler_output|?", "0.7", 1.0),
        ("boiler_output|?", "0.9", 0.9 / 0.7),
        ("boiler_output|?", "0.5吨", 0.5),
        ("boiler_output|?", "700kW", 1.0),
        ("boiler_output", "0.7", 0.7),
        ("boiler_output|MW", "0.7", 1.0),
        ("fuel", "电", "electric"),
        ("fuel", "天然气", "gas"),
        ("fuel", "天然气（电点火）", None),
        ("fuel", "电、天然气", None),
        ("fuel", "非电", None),
        ("fuel", "电厂余热", None),
        ("permit_class", "重点管理", "key"),
        ("permit_class", "非重点", None),
    ],
)
def test_sizes_and_fuels_are_read_whole_or_reported(key, cell, value):
    """A number of an open unit is read as large as it may be; a fuel inside another word is no fuel."""
    entry = one(name="甲小学锅炉房", measures=json.dumps({key: cell}, ensure_ascii=False))
    found = json.loads(entry["measures"] or "{}").get(key.partition("|")[0])
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert [fault["code"] for fault in entry["faults"]] == ([] if value is not None else ["SIZE_UNREADABLE"])


@pytest.mark.parametrize(
    "cell",
    [
        *(
            '="91110108551385082Q"',
            "统一社会信用代码：91110108551385082Q",
            "代码91110108551385082Q",
            "91110108551385082Q(副本)",
        ),
        *(
            "91110108551385082Q_1",
            "信用代码:91110108551385082Q",
            "91110108551385082Q（1-1）",
            "'91110108551385082Q",
            '"91110108551385082Q"',
        ),
        *(
            "91110108551385082Q 副本2",
            "【91110108551385082Q】",
            "9111 0108 5513 8508 2Q",
            "USCC: 91110108551385082Q",
            "91110108551385082Q（原注册号）",
        ),
    ],
)
@pytest.mark.parametrize("column", ["uscc", "tax_no"])
def test_a_code_in_a_wrapping_is_read(column, cell):
    """A label, quotes, (副本) or a counter round one valid code."""
    entry = one(name="甲厂", **{column: cell})
    assert entry["uscc"] == "91110108551385082Q"
    assert entry["faults"] == []


def test_two_codes_in_one_cell_are_none():
    """Which of them is meant can't be told."""
    assert one(name="甲厂", uscc="91110108551385082Q/91350100M000100Y43")["uscc"] == ""
