"""Texts that are none: mojibake, dates, unknown characters; each with a code, none as evidence."""

import pytest

from minglu.register.cleaning.clean_rows import clean_rows
from minglu.register.cleaning.text_cleaning import TextCleaner
from minglu.register.rules import load_pack
from tests.register.cleaning.rows import one, rows

PACK = load_pack("pollution-2", None)
CLEAN = TextCleaner(PACK.text)
NAMES = [
    "青禾县宏远食品有限公司",
    "甲村粮油厂",
    "杭州浦东纸业",
    "李庄砖瓦厂",
    "浙江张江镇五金店",
    "福建省晋江市陈埭鞋厂",
]
MISREAD = [
    *((name, name.encode().decode("gbk", "ignore")) for name in NAMES),
    *((name, name.encode("gbk").decode("latin-1")) for name in NAMES),
    *((name, name.encode().decode("gbk", "replace")) for name in NAMES),
    *((name, name.encode("ascii", "replace").decode()) for name in NAMES),
    *((name, "锟斤拷" + name) for name in NAMES[:2]),
]


@pytest.mark.parametrize(("name", "read"), MISREAD)
def test_a_name_in_a_wrong_encoding_is_a_fault_and_no_evidence(name, read):
    """The row stays, its raw name stays, nothing is matched by it."""
    entry = one(name=read)
    assert (entry["name"], entry["raw_name"], entry["reject_code"]) == ("", read, "")
    assert [fault["code"] for fault in entry["faults"]] == ["TEXT_DAMAGED"]
    assert one(name=name)["faults"] == []


@pytest.mark.parametrize(
    "name", ["联通营业厅", "麻辣烫烫粉店", "Café Müller咖啡", "何以解忧？书店", "涞水县涓流水厂", "淄博鑫鑫厂"]
)
def test_a_true_name_is_never_called_damaged(name):
    """Rare characters, accents and one question mark are no sign of a wrong encoding."""
    assert one(name=name)["faults"] == []


@pytest.mark.parametrize(
    "cell", ["2027-03-05", "2027/3/5", "3月5日", "5-Mar", "Mar-05", "2027-03-05 00:00:00", "2027年3月5日"]
)
@pytest.mark.parametrize("field", ["site_address", "name", "industry_code"])
def test_a_date_is_no_address_name_or_trade(field, cell):
    """Excel made it of 3-5 or 313: a fault, the value is not used."""
    entry = one(**{"uscc": "91110108551385082Q", field: cell})
    assert entry[field] == ""
    assert [fault["code"] for fault in entry["faults"]] == ["TEXT_DATE"]


@pytest.mark.parametrize("column_rows", [1, 5000])
def test_characters_that_no_table_knows_stay_and_are_reported(column_rows):
    """U+31352 and a private character keep two names apart, the same on every Python."""
    names = ["青禾县\U00031352丰厂", "青禾县\U00031360丰厂", "青禾县\ue000丰厂"]
    found = clean_rows(rows(*({"name": name} for name in names * column_rows)), PACK).to_pylist()
    assert [entry["name"] for entry in found[:3]] == names
    assert {fault["code"] for entry in found for fault in entry["faults"]} == {"TEXT_CHARACTER"}


def test_radicals_become_the_ideographs_that_they_look_like():
    """Texts out of PDF files: the Supplement (no NFKC form) as well as Kangxi radicals."""
    assert CLEAN("⻘禾县⻰凤⻝品有限公司") == CLEAN("青禾县龙凤食品有限公司")
    assert CLEAN("⽂⼒⽊业") == "文力木业"
    assert CLEAN("⾺⼭⾦属") == CLEAN("马山金属")


@pytest.mark.parametrize(
    "mark", ["\\N", "NaT", "<NA>", "(null)", "nil", "#NULL!", "#DIV/0!", "无", "/", "—", "[NULL]", "（空白）"]
)
@pytest.mark.parametrize(
    "field", ["name", "site_address", "uscc", "permit_no", "industry_code", "district_code", "status"]
)
def test_words_for_nothing_are_nothing_in_every_column(field, mark):
    """No value, no fault."""
    entry = one(**{"former_name": "甲厂", "tax_no": "91110108551385082Q", field: mark})
    assert entry[field] in ("", "unknown", "91110108551385082Q")
    assert entry["faults"] == []


def test_quotes_round_a_whole_name_are_a_wrapping():
    """As programs write text for Excel; quotation marks inside a name belong to it."""
    assert CLEAN('="青禾县甲厂"') == CLEAN('"青禾县甲厂"') == "青禾县甲厂"
    assert CLEAN('"老味道"豆制品坊') == '"老味道"豆制品坊'
