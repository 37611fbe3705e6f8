"""Rule data of the parsers: sourced, without contradictions, and strict about keys."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from minglu.errors import RuleError
from minglu.matching.parsing import wordlists

RULES = Path(wordlists.__file__).parents[1] / "rules"
FILES = ["forms.toml", "trades.toml", "branches.toml", "sounds.toml", "regions.toml"]


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_a_source_and_a_year(name: str) -> None:
    """Each row says where it comes from and since when it stands."""
    for rows in tomllib.loads((RULES / name).read_text(encoding="utf-8")).values():
        assert all(row["source"] and row["since"] > 2020 for row in rows)


@pytest.mark.parametrize(
    ("name", "key"), [("forms.toml", "form"), ("branches.toml", "branch"), ("trades.toml", "trade")]
)
def test_no_word_means_two_things(name: str, key: str) -> None:
    """A word stands in one row of its table."""
    words = [
        word for row in tomllib.loads((RULES / name).read_text(encoding="utf-8"))[key] for word in row["words"].split()
    ]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_unknown_key_is_an_error_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt key is refused, in both languages, with the nearest name."""
    (tmp_path / "forms.toml").write_text(
        'form = [{ canonicl = "厂", words = "厂", source = "x", since = 2027 }]', encoding="utf-8"
    )
    monkeypatch.setattr(wordlists, "_RULES", tmp_path)
    with pytest.raises(RuleError, match="canonical") as caught:
        wordlists.read_rows("forms.toml", "form", ["canonical", "words"])
    assert "未知" in caught.value.zh
