"""The one common key of all lists: the organisation code inside USCC, tax number and permit number.

USCC 9-17, the last nine of a 15-digit tax number, and 9-17 of a permit number are the
same code (S62, S66, S26); so three lists that share no column share this.  Trust, the
best first: a valid USCC (two checks), a permit's USCC, a tax number that is a USCC, an
organisation code cell, a permit's H9 form, a 15-digit tax number (one check, and a tax
area in front).
"""

from __future__ import annotations

from minglu.register.identifiers import org_code, permit_no, tax_no, uscc


def common_key(
    *, uscc_text: str = "", permit_text: str = "", tax_text: str = "", org_text: str = "", declared: str = ""
) -> str:
    """Return the organisation code that the best of the given identifiers holds, or an empty text.

    `declared` is a code of another register, which is believed by its shape.

    >>> common_key(tax_text="110108551385082") == common_key(permit_text="91110108551385082Q001P")
    True
    >>> common_key(org_text="PDY000012")
    ''
    """
    for text in (uscc_text, permit_no.unit_code(permit_text), tax_text):
        if uscc.is_valid(text):
            return uscc.compact(text)[8:17]
    if org_code.is_valid(org_text):
        return org_code.compact(org_text)
    if declared:
        return declared
    from_permit = permit_no.unit_org_code(permit_text)
    if from_permit:
        return from_permit
    return tax_no.compact(tax_text)[6:] if tax_no.kind(tax_text) == "organisation" else ""
