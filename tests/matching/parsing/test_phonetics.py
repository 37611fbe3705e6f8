"""Homophones sound alike; confusable sounds are alike in the loose reading only."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.phonetics import loose_sound, loose_sounds, readings, sound, sounds

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=8)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("张记", "zhang ji"), ("宏达", "hong da"), ("洪达", "hong da"), ("长兴", "chang xing"), ("重庆", "chong qing"),
        ("厦门", "xia men"), ("吕氏", "lv shi"), ("银行", "yin hang"), ("永乐", "yong le"), ("六安", "liu an"),
        ("A9汽修", "a9qi xiu"), ("", ""),
    ],
)  # fmt: skip
def test_names_have_their_common_reading(text: str, heard: str) -> None:
    """Polyphones take the reading that they have in names."""
    assert sound(text) == heard


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("陈", "程"),
        ("林", "宁"),
        ("林", "凌"),
        ("张", "赞"),
        ("石", "四"),
        ("春", "村"),
        ("黄", "房"),
        ("福", "湖"),
        ("荣", "龙"),
        ("江", "建"),
    ],
)
def test_confusable_sounds_are_alike_only_loosely(left: str, right: str) -> None:
    """n/ng, n/l, zh/z, ch/c, sh/s, hu/f, r/l."""
    assert sound(left) != sound(right)
    assert loose_sound(left) == loose_sound(right)


@pytest.mark.parametrize(("left", "right"), [("张", "李"), ("东", "丹"), ("大", "达力"), ("高", "郭")])
def test_other_sounds_stay_apart(left: str, right: str) -> None:
    """Folding joins confusions, nothing else."""
    assert loose_sound(left) != loose_sound(right)


def test_latin_words_are_heard_by_metaphone() -> None:
    """PHONE and FONE sound alike; short codes such as A9 keep their letters."""
    assert loose_sound("PHONE电子") == loose_sound("FONE电子")
    assert loose_sound("A9") == "a9"


@given(st.lists(HAN | st.text(alphabet="张记ABC9é", max_size=5), max_size=5))
def test_columns_sound_like_their_texts(texts: list[str]) -> None:
    """A batch gives what the value functions give."""
    column = pa.array(texts, pa.string())
    assert sounds(column).to_pylist() == [sound(text) for text in texts]
    assert loose_sounds(column).to_pylist() == [loose_sound(text) for text in texts]


def test_every_common_character_has_one_reading() -> None:
    """The table holds the 20,902 ideographs of GBK and nothing but letters."""
    assert len(readings()) > 20_000
    assert all(syllable[:-1].isalpha() and syllable.isascii() for syllable in readings().values())
