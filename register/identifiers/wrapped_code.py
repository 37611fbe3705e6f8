"""Codes inside a wrapping: a label before it, ="..." round it, (副本) or a counter behind it.

Only a code that fits its own check is taken out of a text, and only where the text holds no second one.
"""

from __future__ import annotations

import re
import unicodedata

from minglu.register.identifiers import org_code, permit_no, reg_no, uscc

RUNS = re.compile(r"[0-9A-Z]{8}-[0-9X](?![0-9A-Z])|[0-9A-Z]{9,25}|[0-9A-Z]+(?:[ \-]+[0-9A-Z]+)+", re.ASCII)
"""An organisation code with its hyphen, a run of letters and digits, or groups of them."""
_GAPS = re.compile(r"[ \-]+")


def unwrap_code(text: str) -> tuple[str, str] | None:
    """Return kind and compact value of the one valid code in a text, None for no code or several.

    >>> unwrap_code('="91350100M000100Y43"'), unwrap_code("统一社会信用代码：91350100M000100Y43（副本）1-1")
    (('uscc', '91350100M000100Y43'), ('uscc', '91350100M000100Y43'))
    >>> unwrap_code("机构代码69922961-7"), unwrap_code("91350100M000100Y43/91110108551385082Q")
    (('org_code', '699229617'), None)
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    found = {kind for run in RUNS.findall(folded) if (kind := _kind(_GAPS.sub("", run))) is not None}
    return found.pop() if len(found) == 1 else None


def _kind(run: str) -> tuple[str, str] | None:
    """Return kind and value of a run that is a code, or begins with one and a letter or figure of a counter."""
    for kind, module, length in (("permit_no", permit_no, 22), ("uscc", uscc, 18), ("org_code", org_code, 9)):
        if len(run) == length and module.is_valid(run):
            return kind, run
    if len(run) == reg_no.LENGTH and reg_no.is_valid(run):
        return "reg_no", run
    return None
