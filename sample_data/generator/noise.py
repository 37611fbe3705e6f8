"""Corruptions of names, addresses, codes and coordinates, as clerks, scanners and spreadsheets make them.

Each function changes some entries of an array of text in place and tells no one: what is
true stands in the truth table.  Which entries are hit is decided by `hit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

PLACEHOLDERS = ("111111111111111111", "000000000000000000", "PDY00001", "无", "999999999999999999")
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#"} | {
    ord("("): "（",
    ord(")"): "）",
}


def hit(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """Return the positions that a corruption of this share hits."""
    return np.flatnonzero(rng.random(count) < share)


def change(texts: np.ndarray, places: np.ndarray, rng: np.random.Generator, edit: Callable[[str, float], str]) -> None:
    """Apply edit(text, chance in 0..1) to the texts at the given places."""
    chances = rng.random(len(places))
    for place, chance in zip(places.tolist(), chances.tolist(), strict=True):
        texts[place] = edit(texts[place], chance)


def swap_like(table: Mapping[str, str]) -> Callable[[str, float], str]:
    """Return an edit that puts a like character in the place of one that has any."""

    def edit(text: str, chance: float) -> str:
        known = [index for index, character in enumerate(text) if character in table]
        if not known:
            return text
        index = known[int(chance * len(known))]
        others = table[text[index]]
        return text[:index] + others[int(chance * 997) % len(others)] + text[index + 1 :]

    return edit


def shorten(pairs: Sequence[Sequence[str]]) -> Callable[[str, float], str]:
    """Return an edit that writes one word of an address the short way: pairs of (standard, habit)."""

    def edit(text: str, chance: float) -> str:
        fitting = [(standard, habit) for standard, habit in pairs if standard in text]
        if not fitting:
            return text
        standard, habit = fitting[int(chance * len(fitting))]
        return text.replace(standard, habit, 1)

    return edit


def swap_neighbours(text: str, chance: float) -> str:
    """Exchange two neighbouring characters that differ."""
    places = [index for index in range(len(text) - 1) if text[index] != text[index + 1]]
    if not places:
        return text
    index = places[int(chance * len(places))]
    return text[:index] + text[index + 1] + text[index] + text[index + 2 :]


def mistype_code(text: str, chance: float) -> str:
    """Swap two neighbours, or write one wrong character, or lose one, in a code."""
    kind = int(chance * 1_000) % 10
    if kind < 4:
        return swap_neighbours(text, chance)
    index = int(chance * len(text))
    if kind == 9:
        return text[:index] + text[index + 1 :]
    wrong = _CODE_CHARACTERS[int(chance * 9_973) % 31]
    if wrong == text[index]:
        wrong = "7" if wrong != "7" else "1"
    return text[:index] + wrong + text[index + 1 :]


def widen(text: str, chance: float) -> str:
    """Write digits, letters and brackets in full width, or let a space slip in."""
    if chance < 0.35 and len(text) > 3:
        index = 2 + int(chance * 37) % (len(text) - 2)
        return text[:index] + (" " if chance < 0.2 else "\u3000") + text[index:]
    return text.translate(_FULL_WIDTH)


def wide_brackets(text: str, chance: float) -> str:
    """Write brackets the Chinese way, as most offices do."""
    return text.replace("(", "（").replace(")", "）") if chance < 0.6 else text


def excel_text(code: str) -> str:
    """Show an all-digit code as a spreadsheet shows it in a text export."""
    return f"{int(code):.5E}".replace("E+0", "E+")


def excel_number(code: str) -> float:
    """Return an all-digit code as a spreadsheet stores it: fifteen digits are left."""
    return float(f"{int(code):.14E}")


def degrees_text(value: float, chance: float) -> str:
    """Write a coordinate as degree, minute, second, in one of the ways people do."""
    degree, minute, second = split_degrees(value)
    if chance < 0.6:
        return f"{degree}°{minute}′{second:05.2f}″"
    if chance < 0.8:
        return f"{degree}度{minute}分{second:.1f}秒"
    return f"{degree} {minute} {second:.1f}"


def split_degrees(value: float) -> tuple[int, int, float]:
    """Split degrees into degree, minute and second (two decimals, below 60)."""
    hundredths = round(value * 360_000)
    degree, rest = divmod(hundredths, 360_000)
    minute, second = divmod(rest, 6_000)
    return degree, minute, second / 100
