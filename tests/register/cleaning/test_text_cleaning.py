"""Cleaned texts: one form per character, the same by value and by batch, whatever comes in."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.register.cleaning.text_cleaning import TextCleaner, map_unique
from minglu.register.rules import load_pack

PACK = load_pack("pollution-2", None)
CLEAN = TextCleaner(PACK.text)
DIRT = st.sampled_from([*"厂廠萬 （〔【[{）\t\n\u3000\u200b\u202e\ufeff\u0301A1é①ﬁㇰ無-—·•'\x00🏭\ue000", "无", "N/A"])
TEXTS = st.lists(DIRT | st.text(max_size=3), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("杭州　某某（集团）有限公司", "杭州某某(集团)有限公司"),
        ("杭 州 某 某 厂", "杭州某某厂"),
        ("ABC  Paper  Mill 分厂", "ABC Paper Mill分厂"),
        ("〔原某某廠〕【甲】", "(原某某厂)(甲)"),
        ("甲公司\u200b\u202e（原乙厂）\ufeff", "甲公司(原乙厂)"),
        ("文一路１２－３号", "文一路12-3号"),
        ("文一路12—3号", "文一路12-3号"),
        ("第①车间\r\n", "第1车间"),
        ("臺灣路", "台湾路"),
        ("暂无", ""),
        ("（空）", ""),
        ("Null", ""),
        ("——", ""),
        ("#N/A", ""),
        ("\x00", ""),
        ("", ""),
        ("无锡某某厂", "无锡某某厂"),
    ],
)
def test_texts_take_one_form(raw, cleaned):
    """Width, brackets, dashes, spaces, invisible and traditional characters are settled."""
    assert CLEAN(raw) == cleaned


@pytest.mark.parametrize("character", "乾后里系著于发面干谷斗昇甯堃喆")
def test_characters_with_a_meaning_of_their_own_stay(character):
    """A character that is correct in simplified text is never folded into another."""
    assert CLEAN(f"某{character}厂") == f"某{character}厂"


@given(TEXTS)
@settings(max_examples=200)
def test_cleaning_twice_changes_nothing(text):
    """Cleaning is idempotent."""
    once = CLEAN(text)
    assert CLEAN(once) == once


@given(st.lists(TEXTS | st.none(), max_size=10))
@settings(max_examples=100)
def test_batch_and_value_agree(texts):
    """A column cleaned at once is what its texts are one by one; null is empty."""
    column = pa.array(texts, pa.string())
    expected = [CLEAN(text or "") for text in texts]
    assert CLEAN.batch(column).to_pylist() == expected
    assert CLEAN.batch(column, columnwise_from=0).to_pylist() == expected


def test_long_and_broken_texts_are_only_texts():
    """A million characters, a lone surrogate: a cleaned text, no exception."""
    assert len(CLEAN("厂" * 1_000_000)) == 1_000_000
    assert CLEAN("甲\ud800厂") == "甲厂"
    assert CLEAN("（" + " " * 100_000 + "）") == "()"


def test_batches_of_nothing():
    """An empty column and one of nulls only are fine."""
    assert CLEAN.batch(pa.array([], pa.string())).to_pylist() == []
    assert CLEAN.batch(pa.chunked_array([pa.nulls(2, pa.string())])).to_pylist() == ["", ""]
    assert map_unique(pa.array([None, "a", "a"]), str.upper).to_pylist() == ["", "A", "A"]
