"""Characters by tables of Unicode that are the same on every Python: what is assigned, which radicals are ideographs.

Python's own tables grow with each release.  What a list's text becomes must not depend on the machine, so
only characters that Unicode 14.0 assigns are folded, dropped or normalised; all others stay as they came.
Data and sources: `unicode_forms.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

SURROGATES = "\ud800-\udfff"
LONG_SPAN = 150
"""Characters; shorter runs of assigned ones are looked at one by one."""


@cache
def _forms() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("minglu.register.cleaning").joinpath("unicode_forms.toml").read_text("utf-8")
    forms: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)["forms"]
    return forms


@cache
def equivalent_ideographs() -> Mapping[str, str]:
    """Return CJK radical or stroke -> the unified ideograph that it looks like.

    >>> equivalent_ideographs()["⻘"], equivalent_ideographs()["⻝"]
    ('青', '食')
    """
    return {pair[0]: pair[1] for pair in _forms()["equivalent"]["pairs"].split()}


@cache
def unusual_class() -> str:
    """Return, for a regular expression of Arrow, a short class that holds every character that is not assigned."""
    spans = [span.partition("-") for span in _forms()["assigned"]["ranges"].split()]
    long = [(first, last) for first, _, last in spans if last and int(last, 16) - int(first, 16) >= LONG_SPAN]
    return "[^" + "".join(rf"\x{{{first}}}-\x{{{last}}}" for first, last in long) + "]"


@cache
def unassigned() -> re.Pattern[str]:
    """Return a pattern of characters that Unicode 14.0 does not assign, private ones among them, surrogates not.

    >>> bool(unassigned().search("𱍒丰")), bool(unassigned().search("㐀龘"))
    (True, False)
    """
    spans = [span.partition("-") for span in _forms()["assigned"]["ranges"].split()]
    assigned = "".join(f"\\U{int(first, 16):08X}-\\U{int(last or first, 16):08X}" for first, _, last in spans)
    return re.compile(f"([^{assigned}{SURROGATES}]+)")


def is_unassigned(character: str) -> bool:
    """Return whether a character is one that no table of Unicode 14.0 knows, or a private one."""
    return unassigned().match(character) is not None


def nfkc(text: str) -> str:
    """Return the text in NFKC as Unicode 14.0 defines it; characters of later versions stay as they are.

    >>> nfkc("Ａ①ﬁ"), nfkc("甲𱍒乙")
    ('A1fi', '甲𱍒乙')
    """
    if text.isascii() or unicodedata.is_normalized("NFKC", text) or unassigned().search(text) is None:
        return unicodedata.normalize("NFKC", text)
    return "".join(
        part if place % 2 else unicodedata.normalize("NFKC", part)
        for place, part in enumerate(unassigned().split(text))
    )
