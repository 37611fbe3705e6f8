"""Telephone numbers where no telephone number belongs: in names, addresses and unused columns.  Personal data.

Some offices write 和平路5号（电话139...）.  The number is taken out of what is stored; all else of the cell stays.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

PHONE = r"(^|[^0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8})([^0-9]|$)"
"""A mobile number, or a landline with its area code behind a hyphen, digits on neither side."""
HIDDEN = "***"
NOTHING_ELSE = r"^[^\pL\pN]*$"
"""A cell that held nothing but telephone numbers says nothing."""


def without_phones(texts: pa.Array) -> pa.Array:
    """Hide the telephone numbers of a column of texts (nulls stay null).

    >>> without_phones(pa.array(["和平路5号(电话19900000000)", "沪西99113333333333333号", None])).to_pylist()
    ['和平路5号(电话***)', '沪西99113333333333333号', None]
    """
    found = pc.fill_null(pc.match_substring_regex(texts, PHONE), fill_value=False)
    if not pc.any(found).as_py():
        return texts
    hidden = pc.replace_substring_regex(_hidden(_hidden(texts)), NOTHING_ELSE, "")
    return pc.if_else(found, hidden, texts)


def _hidden(texts: pa.Array) -> pa.Array:
    """Hide every other number: two that stand side by side share the sign between them, so it is done twice."""
    return pc.replace_substring_regex(texts, PHONE, rf"\1{HIDDEN}\2")
