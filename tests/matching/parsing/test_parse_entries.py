"""Batches give what the value functions give, in any order of rows."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.address_text import NEEDS_CARE, SPLIT, parse_address, plain_address, split_address
from minglu.matching.parsing.addresses import describe_addresses, split_addresses
from minglu.matching.parsing.grammar import grammar_of
from minglu.matching.parsing.homoglyphs import shape
from minglu.matching.parsing.name_text import TO_PEEL, NameParts, parse_name, peel
from minglu.matching.parsing.names import describe_names
from minglu.matching.parsing.parse_entries import FEATURES, describe
from minglu.matching.parsing.phonetics import loose_sound, sound
from minglu.matching.parsing.street_part import read_shape, shape_of
from minglu.matching.parsing.vocabulary import vocabulary
from tests.matching import invented
from tests.matching.parsing import test_address_text, test_name_text

WORDS = vocabulary([*invented.AREA, *test_name_text.WORDS.places, *test_address_text.WORDS.places])
NAMES = sorted({*invented.entries(400)["name"].to_pylist(), *(case[0].strip() for case in test_name_text._cases()), ""})
ADDRESSES = sorted(
    {
        *invented.entries(400)["address"].to_pylist(),
        *(line.split("|")[0] for line in test_address_text.CASES.splitlines()),
    }
)


def _names_one_by_one(names: list[str]) -> list[tuple[object, ...]]:
    return [tuple(parse_name(name, WORDS)) for name in names]


def _names_at_once(names: list[str]) -> list[tuple[object, ...]]:
    columns = describe_names(pa.array(names, pa.string()), grammar_of(WORDS))
    rows = zip(*(columns[field].to_pylist() for field in NameParts._fields), strict=True)
    return [tuple(tuple(part) if isinstance(part, list) else part for part in row) for row in rows]


def test_columns_of_names_are_read_like_single_names() -> None:
    """The tries agree with the reading that is written down in `names`."""
    assert _names_at_once(NAMES) == _names_one_by_one(NAMES)


@given(st.lists(test_name_text.MESSY, unique=True, max_size=4))
def test_columns_of_messy_names_are_read_like_single_names(names: list[str]) -> None:
    """Also for text that no clerk ever wrote."""
    names = [name.encode("utf-8", "ignore").decode() for name in names]
    assert _names_at_once(names) == _names_one_by_one(names)


def _addresses_at_once(addresses: list[str]) -> list[dict[str, str]]:
    columns = describe_addresses(pa.array(addresses, pa.string()), grammar_of(WORDS))
    return pa.table(columns).to_pylist()


def _addresses_one_by_one(addresses: list[str]) -> list[dict[str, str]]:
    wanted = ("county", "town", "village", "park", "road", "number", "room", "building", "key", "text")
    return [{name: getattr(parse_address(address, WORDS), name) for name in wanted} for address in addresses]


def test_columns_of_addresses_are_read_like_single_addresses() -> None:
    """Halves read once and joined again give the same parts."""
    assert _addresses_at_once(ADDRESSES) == _addresses_one_by_one(ADDRESSES)


@given(st.lists(test_address_text.MESSY, max_size=4))
def test_columns_of_messy_addresses_are_read_like_single_addresses(addresses: list[str]) -> None:
    """Also for text that no clerk ever wrote."""
    addresses = [address.encode("utf-8", "ignore").decode() for address in addresses]
    assert _addresses_at_once(addresses) == _addresses_one_by_one(addresses)


PIECES = st.sampled_from(
    [
        *WORDS.places,
        *(place.rstrip("省市县区镇乡村") for place in WORDS.places),
        *(
            "岚东省",
            "红旗市",
            "朝阳",
            "朝阳区",
            "城关镇",
            "东湖村",
            "大东社区",
            "街道办事处",
            "行政村",
            "工业园",
            "开发区",
        ),
        *(
            "人民路",
            "北街",
            "建设二路",
            "大道",
            "市场",
            "A座",
            "6组",
            "三组",
            "二十三号",
            "88号",
            "3幢",
            "201室",
            "(东门)",
            "对面",
        ),
    ]
)


@given(st.lists(st.lists(PIECES, max_size=7).map("".join), max_size=4))
def test_columns_of_composed_addresses_are_read_like_single_addresses(addresses: list[str]) -> None:
    """Also for areas, roads and numbers in any order."""
    assert _addresses_at_once(addresses) == _addresses_one_by_one(addresses)


@given(test_address_text.MESSY | st.lists(PIECES, max_size=5).map("".join))
def test_tails_are_read_by_their_shape(text: str) -> None:
    """No pattern asks which digit or capital stands somewhere."""
    assert read_shape(text) == read_shape(shape_of(text))


@given(st.lists(test_name_text.MESSY | test_address_text.MESSY, min_size=1, max_size=4))
def test_text_without_a_sign_needs_no_care(texts: list[str]) -> None:
    """The quick patterns are wider than needed, never narrower."""
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    for text, careful, rich in zip(
        texts,
        pa.compute.match_substring_regex(pa.array(texts), NEEDS_CARE).to_pylist(),
        pa.compute.match_substring_regex(pa.array(texts), TO_PEEL).to_pylist(),
        strict=True,
    ):
        assert careful or plain_address(text) == text
        assert rich or tuple(peel(text, grammar_of(WORDS))) == (text, text, "", "", ())


def test_split_means_the_same_in_both_engines() -> None:
    """RE2 and `re` cut every address at the same place."""
    plain = [plain_address(address) for address in ADDRESSES]
    halves = pa.compute.extract_regex(pa.array(plain), SPLIT).to_pylist()
    assert [(half["area"], half["street"]) for half in halves] == [split_address(address) for address in plain]


@given(st.lists(test_address_text.MESSY | st.sampled_from(ADDRESSES), max_size=4))
def test_columns_are_split_like_single_addresses(addresses: list[str]) -> None:
    """Cut by bytes at the first digit, or by the pattern where the name of a road holds one: the same place."""
    plain = [plain_address(address.encode("utf-8", "ignore").decode()) for address in addresses]
    heads, tails = split_addresses(pa.array(["前", *plain], pa.string()).slice(1))
    assert list(zip(heads.to_pylist(), tails.to_pylist(), strict=True)) == [split_address(address) for address in plain]


def test_describe_has_one_row_per_entry_and_every_column() -> None:
    """Same order, no nulls, the declared schema, sounds and shapes of the brand."""
    entries = invented.entries(300)
    features = describe(entries, WORDS)
    assert features.schema.equals(FEATURES)
    assert features["entry_id"].to_pylist() == entries["entry_id"].to_pylist()
    assert all(column.null_count == 0 for column in features.columns)
    for row in features.to_pylist():
        assert row["brand_sound"] == sound(row["brand"])
        assert row["brand_loose"] == loose_sound(row["brand"])
        assert row["core_sound"] == sound(row["core"])
        assert row["brand_shape"] == shape(row["brand"])


def test_production_address_falls_back_to_the_registered_one() -> None:
    """site_ columns come from site_address, or from address where that is silent; nulls are silence."""
    entries = pa.table(
        {
            "entry_id": ["a", "b", "c"],
            "name": ["丰华厂", None, "丰华厂(原兴旺食品厂)"],
            "former_name": ["", "", "旧日食品厂；古早机械厂"],
            "address": ["人民路7号", "人民路7号", None],
            "site_address": ["文化巷3号", "", None],
        }
    )
    features = describe(entries, WORDS)
    assert features["site_key"].to_pylist() == ["文化巷#3", "人民路#7", ""]
    assert features["reg_key"].to_pylist() == ["人民路#7", "人民路#7", ""]
    assert features["formers"].to_pylist() == [[], [], ["兴旺食品", "古早机械", "旧日食品"]]
    assert features["name_key"].to_pylist() == ["丰华厂", "", "丰华厂"]


@pytest.mark.parametrize("rows", [0, 1])
def test_small_tables_are_described(rows: int) -> None:
    """No row and one row are tables like any other."""
    assert describe(invented.entries(1).slice(0, rows), WORDS).num_rows == rows


def test_sliced_and_chunked_tables_are_described_alike() -> None:
    """How Arrow holds the rows does not show."""
    entries = invented.entries(60)
    chunked = pa.concat_tables([entries.slice(0, 7), entries.slice(7, 50), entries.slice(57)])
    assert describe(chunked, WORDS) == describe(entries, WORDS)
    assert describe(entries.slice(11, 20), WORDS) == describe(entries, WORDS).slice(11, 20).combine_chunks()


def test_order_of_rows_is_irrelevant() -> None:
    """Shuffled entries have the same parts."""
    entries = invented.entries(200)
    order = list(range(200))
    random.Random(5).shuffle(order)
    assert describe(entries.take(order), WORDS).to_pylist() == describe(entries, WORDS).take(order).to_pylist()


def test_describing_the_cleaned_text_again_changes_nothing() -> None:
    """Parts of the one spelling are the parts of the raw address."""
    entries = invented.entries(200)
    once = describe(entries, WORDS)
    again = describe(
        entries.set_column(3, "address", once["reg_text"]).set_column(4, "site_address", once["site_text"]), WORDS
    )
    for column in FEATURES.names:
        assert again[column].to_pylist() == once[column].to_pylist(), column


def test_hash_seed_does_not_show() -> None:
    """Two processes with different hash seeds give the same bytes."""
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import invented, pyarrow as pa;"
        "from minglu.matching.parsing.parse_entries import describe; from minglu.matching.parsing.vocabulary import learn;"
        "rows = invented.entries(150); words = learn(rows['name'].to_pylist(), rows['address'].to_pylist(), invented.AREA);"
        "sys.stdout.write(words.digest + hashlib.sha256(str(describe(rows, words).to_pylist()).encode()).hexdigest())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parents[1])],
            check=True, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": value},
        ).stdout
        for value in ("0", "7")
    }  # fmt: skip
    assert len(outputs) == 1


PIECES = [
    "云溪",
    "市",
    "白鹿县",
    "青石区",
    "丰华",
    "张记",
    "机械",
    "餐饮",
    "饭店",
    "砖厂",
    "加工",
    "有限公司",
    "有限责任公司",
    "股份",
    "集团",
    "合作社",
    "厂",
    "店",
    "部",
    "站",
    "分公司",
    "二分厂",
    "第三车间",
    "(",
    ")",
    "（",
    "）",
    "原",
    "曾用名",
    "：",
    "、",
    "二期",
    "工程",
    "个体户",
    "#",
    "1",
    "2号",
    "A",
    "B座",
    "超市",
    "市场",
    "街道",
    "镇",
    "村",
    "委会",
    "社区",
    "路",
    "建设二",
    "号",
    "之一",
    "幢",
    "3",
    "201",
    "室",
    "楼",
    "层",
    "单元",
    "弄",
    "五",
    "组",
    "对面",
    "旁",
    "内",
    "国道",
    "104",
    "高速",
    "工业园",
    "开发区",
    "-",
    "附",
    "十",
    "百",
    "𠮷",
    "东",
    "门面",
    "期",
    "大道",
    "新村",
    "研究院",
    "分店",
    "总店",
    "经营部",
    "停产",
    "宁波",
]


def test_texts_made_of_real_pieces_keep_every_promise() -> None:
    """Words put together at random, where parsers err: columns like single texts, fixed points, nothing invented."""
    chance = random.Random(11)
    texts = sorted({"".join(chance.choices(PIECES, k=chance.randint(1, 9))) for _ in range(1500)})
    assert _names_at_once(texts) == _names_one_by_one(texts)
    assert _addresses_at_once(texts) == _addresses_one_by_one(texts)
    for text in texts:
        address, name = parse_address(text, WORDS), parse_name(text, WORDS)
        assert parse_address(address.text, WORDS) == address
        assert parse_name(name.key, WORDS).key == name.key
        assert set(name.core) <= set(name.key)
