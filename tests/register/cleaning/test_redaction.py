"""What reaches a natural person is hidden in every column and spelling; codes, doors and coordinates are not."""

import itertools
import json

import pyarrow as pa
import pytest

from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.cleaning.redaction import hide_personal
from tests.register.cleaning.rows import PACK, rows

CANARIES = [
    *(
        "330106199001010018",
        "330106 19900101 0018",
        "330106-19900101-0018",
        "33010619900101001X",
        "３３０１０６１９９００１０１００１８",
    ),
    *(
        "330106900101001",
        "13911110001",
        "139 1111 0001",
        "139-1111-0001",
        "139.1111.0001",
        "+8613911110001",
        "+86 139 1111 0001",
    ),
    *(
        "86-139-1111-0001",
        "008613911110001",
        "013911110001",
        "１３９１１１１０００１",
        "１３９－１１１１－０００１",
        "0571-88110005",
    ),
    *(
        "(0571)88110005",
        "（０５７１）８８１１０００５",
        "057188110005",
        "0571 8811 0005",
        "+86 571 88110005",
        "6222021234567890123",
    ),
]
COLUMNS = [
    *("name", "former_name", "address", "site_address", "industry", "industry_code", "status", "district_code"),
    *("uscc", "org_code", "reg_no", "tax_no", "permit_no", "lon", "lat", "phone", "contact", "legal_person", "extra"),
]
OLDER = "330106900101001"
CODES = ("uscc", "org_code", "reg_no", "tax_no", "permit_no", "district_code")
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@pytest.mark.parametrize("column", COLUMNS)
def test_no_stored_column_holds_a_persons_number(column):
    """A canary in every column and spelling; `phone` and the like are in memory only, their raw cells are empty.

    Fifteen digits of the older form in a column of codes can't be told from a registration number or a district's code.
    """
    canaries = [one for one in CANARIES if one != OLDER or column not in CODES]
    records = [
        (number, {"former_name": "乙厂", column: frame.format(number)})
        for number, frame in itertools.product(canaries, ("{}", "甲厂(联系{})", "电话：{}", "{} 张三"))
    ]
    entries = clean_rows(rows(*(record for _, record in records)), PACK).to_pylist()
    for (number, _), entry in zip(records, entries, strict=True):
        stored = [str(value) for name, value in entry.items() if name not in ("phone", "contact", "legal_person")]
        assert not any(digits_of(number)[-10:] in digits_of(value) for value in stored), (number, stored)


@pytest.mark.parametrize("canary", CANARIES)
def test_kept_unused_columns_hold_no_persons_number(canary):
    """With keep_unused alone: whatever an unused column says, and in a heading as well; the text is still JSON."""
    told = {"备注": f"老板 {canary}", canary: "某", "老板": canary, "次": f'a"{canary}"\\{canary}'}
    record = {"name": "甲厂", "extra": json.dumps(told, ensure_ascii=False)}
    kept = clean_rows(rows(record), PACK, keep_unused=True).to_pylist()[0]
    assert digits_of(canary)[-10:] not in digits_of(kept["extra"])
    assert len(json.loads(kept["extra"])) == len(told)


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("extra", "lon", "lat")])
def test_keeping_persons_alone_keeps_no_unused_column(column):
    """With keep_personal alone the cells of known columns stay as they came; unused ones are not stored."""
    cell = "甲厂 330106199001010018 张三"
    record = {
        "former_name": "乙厂",
        column: cell,
        "extra": json.dumps({"备注": "李四 13911110001"}, ensure_ascii=False),
    }
    kept = clean_rows(rows(record), PACK, keep_personal=True).to_pylist()[0]
    assert kept[f"raw_{column}"] == cell
    assert kept["extra"] == ""
    assert not any("李四" in str(value) or "13911110001" in str(value) for value in kept.values())


def digits_of(text):
    """Return the digits of a text, full width folded."""
    return "".join(one for one in text.translate(DIGITS) if one.isdigit())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "西湖区第13街1-3-5号",
            "G320国道1391号",
            "330106102202",
            "91330106MA0001683X",
            "120.13911110003",
            "沪西99113333333333333号",
        ),
        *(
            "2027-12-31 10:00:00",
            "和平路5号5幢2单元301室",
            "91330106MA0001683X001P",
            "东经120°12′30.5″",
            "3391 有色金属铸造",
        ),
    ],
)
def test_addresses_codes_and_coordinates_stay(text):
    """Digits that reach nobody are left alone, in small columns and large ones."""
    assert hide_personal(pa.array([text])).to_pylist() == [text]
    assert hide_personal(pa.array([text] * 5000)).to_pylist() == [text] * 5000
