"""Where two texts differ, character by character, for marking on a sheet."""

from __future__ import annotations

from difflib import SequenceMatcher

Parts = list[tuple[str, bool]]
"""A text in parts, each with whether it differs from the other side."""
CHARACTERS_MAX = 300
"""Longer texts are marked whole or not at all: comparing takes the square of their length."""


def mark_differences(left: str, right: str) -> tuple[Parts, Parts]:
    """Return both texts in parts; joined, the parts are the text.

    Where one side is missing nothing is marked: a missing value is no difference.

    >>> mark_differences("瑞丰家具厂", "瑞峰家具厂")
    ([('瑞', False), ('丰', True), ('家具厂', False)], [('瑞', False), ('峰', True), ('家具厂', False)])
    >>> mark_differences("", "瑞丰")
    ([], [('瑞丰', False)])
    """
    if max(len(left), len(right)) > CHARACTERS_MAX and left and right:
        return [(left, left != right)], [(right, left != right)]
    if not left or not right:
        return [(text, False) for text in (left,) if text], [(text, False) for text in (right,) if text]
    one: Parts = []
    two: Parts = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        differs = tag != "equal"
        if a < b:
            one.append((left[a:b], differs))
        if c < d:
            two.append((right[c:d], differs))
    return one, two
