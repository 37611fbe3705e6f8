"""Numbers that a spreadsheet damaged: scientific notation, and digits lost past the fifteenth.

A spreadsheet keeps 15 significant digits.  An 18-digit code typed as a number comes
out as `9.13301007109E+17`, as `913301007109000000`, or, through a careless reader,
as `913301007108999936`: plausible and wrong.  Source: measured on real readers.
"""

from __future__ import annotations

import re

SIGNIFICANT_DIGITS = 15
SCIENTIFIC = re.compile(r"\d+(\.\d+)?E\+\d{1,3}|\d+\.\d+E\d{1,3}", re.ASCII)


def is_scientific(text: str) -> bool:
    """Return whether a text is a number in scientific notation.

    >>> is_scientific("9.133E+17"), is_scientific("12345E678")
    (True, False)
    """
    return SCIENTIFIC.fullmatch(text.strip().upper()) is not None


def is_rounded(digits: str) -> bool:
    """Return whether a long run of digits looks like a number kept with 15 significant digits.

    A true code looks like this once in a thousand times, so ask only where its check
    character has failed.

    >>> is_rounded("913301007109000000"), is_rounded("913301007108999936")
    (True, True)
    >>> is_rounded("913301007996550583")
    False
    """
    if not (SIGNIFICANT_DIGITS < len(digits) <= 30 and digits.isascii() and digits.isdigit()):
        return False
    kept = f"{float(digits):.{SIGNIFICANT_DIGITS - 1}e}"
    return digits in {str(int(float(kept))), digits[:SIGNIFICANT_DIGITS] + "0" * (len(digits) - SIGNIFICANT_DIGITS)}
