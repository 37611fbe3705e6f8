"""The one way to make an identifier compact: full width to half, upper case, separators out."""

from __future__ import annotations

import re
import unicodedata

# Spaces, dashes, dots, quotes, brackets' and underscores' work is to be read by people; no identifier holds one.
SEPARATORS = re.compile(r"[\s\-_.·•,;:'\"`’‘“”‐‑‒–—―−~/\\]+")
INVISIBLE = ("Cc", "Cf", "Cs", "Mn")


def compact_code(text: str) -> str:
    """Return an identifier's characters alone, upper case; letters O and I are left for the check to find.

    >>> compact_code(" ９１１３０２００-69922961 7x ")
    '91130200699229617X'
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text).upper()
    if not folded.isascii():
        folded = "".join(c for c in folded if unicodedata.category(c) not in INVISIBLE)
    return SEPARATORS.sub("", folded.replace("\x00", ""))


def trim_number(text: str) -> str:
    """Return a text without the ".0" that a number column left behind its digits.

    >>> trim_number("330603 107001.0"), trim_number("1.05")
    ('330603 107001', '1.05')
    """
    if "." not in text:
        return text.strip()
    head, dot, tail = text.strip().partition(".")
    only_digits = head.isascii() and "".join(head.split()).isdigit()
    return head if dot and only_digits and tail and not tail.strip("0") else text.strip()
