"""The vocabulary: places, brands, trades, forms, habits, as arrays.  The words are data in vocabulary/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "vocabulary"
CLASSES = ("industry", "facility", "livestock", "other", "boiler")
CHINESE_DIGITS = "零一二三四五六七八九"


def words(values: Sequence[str]) -> np.ndarray:
    """Return the values as an array of str objects (never of fixed width)."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a generated set is written with."""

    territory: Mapping[str, Any]
    names: Mapping[str, Any]
    forms: Mapping[str, Any]
    habits: Mapping[str, Any]
    trades: tuple[Mapping[str, Any], ...]
    institutions: tuple[Mapping[str, Any], ...]
    markets: tuple[Mapping[str, Any], ...]
    rates: Mapping[str, float]
    """Knobs that this vocabulary sets, unless the user sets them."""

    def likes(self, habit: str) -> dict[str, str]:
        """Return for each character of the groups under `habit` the others of its group."""
        table: dict[str, str] = {}
        for group in self.habits[habit]:
            for character in group:
                table[character] = table.get(character, "") + group.replace(character, "")
        return table


def load(name: str) -> Vocabulary:
    """Read vocabulary/NAME.toml."""
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        territory=data["territory"],
        names=data["names"],
        forms=data["forms"],
        habits=data["habits"],
        trades=tuple(data["trades"]),
        institutions=tuple(data["institutions"]),
        markets=tuple(data["markets"]),
        rates=data["rates"],
    )


def chinese_number(number: int) -> str:
    """Write a number below 10,000 in Chinese.

    >>> chinese_number(108), chinese_number(12), chinese_number(2050)
    ('一百零八', '十二', '二千零五十')
    """
    text, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + CHINESE_DIGITS[digit] + sign
            gap = False
        else:
            gap = True
    return text[1:] if text.startswith("一十") else text or "零"
