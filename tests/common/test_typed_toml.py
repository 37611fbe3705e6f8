"""Tables of TOML made into dataclasses: strict, with every mistake of a table reported at once."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import msgspec
import pytest

from minglu.common.typed_toml import check_keys, make
from minglu.errors import RuleError


@dataclasses.dataclass(frozen=True)
class Limits:
    """A table with a range."""

    name: str
    share: Annotated[float, msgspec.Meta(ge=0, le=1)]
    count: int = 3


def test_every_mistake_of_a_table_is_reported_at_once():
    """A person corrects a file once, not once for each mistake."""
    with pytest.raises(RuleError) as caught:
        make(Limits, {"nme": "a", "share": 2.5, "count": "4"}, where="x.toml [limits]")
    assert [line.partition(":")[0] for line in caught.value.en.splitlines()] == [
        "x.toml [limits]",
        "x.toml [limits]",
        "x.toml [limits].share",
        "x.toml [limits].count",
    ]
    assert "Did you mean 'name'?" in caught.value.en
    assert "expected a number <= 1" in caught.value.en
    assert len(caught.value.zh.splitlines()) == 4


def test_a_whole_number_is_a_number_and_a_text_is_not():
    assert make(Limits, {"name": "a", "share": 1}, where="x") == Limits("a", 1.0)
    with pytest.raises(RuleError, match="found '1'; expected a number"):
        make(Limits, {"name": "a", "share": "1"}, where="x")


def test_keys_that_are_unknown_or_missing_are_named_together():
    with pytest.raises(RuleError, match="unknown key 'b'") as caught:
        check_keys(["b"], known=["a", "c"], required=["a"], where="x")
    assert "key 'a' is missing" in caught.value.en
