"""Look-alike characters fold to one."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.homoglyphs import classes, shape, shapes


@pytest.mark.parametrize(
    ("left", "right"), [("未来", "末来"), ("己", "巳"), ("土", "士"), ("日", "曰"), ("入", "人"), ("杨氏", "扬氏")]
)
def test_look_alikes_have_one_shape(left: str, right: str) -> None:
    """末 and 未, 己 and 巳 ..."""
    assert shape(left) == shape(right)


@pytest.mark.parametrize(("left", "right"), [("张记", "李记"), ("金", "鑫"), ("东", "西")])
def test_other_characters_keep_theirs(left: str, right: str) -> None:
    """Different brands stay different."""
    assert shape(left) != shape(right)


def test_representatives_stand_for_themselves() -> None:
    """Folding twice is folding once, for every class."""
    assert all(shape(one) == one for one in classes().values())


@given(st.lists(st.text(alphabet="未末己已巳张A"), max_size=5))
def test_columns_look_like_their_texts(texts: list[str]) -> None:
    """A batch gives what the value function gives."""
    assert shapes(pa.array(texts, pa.string())).to_pylist() == [shape(text) for text in texts]
