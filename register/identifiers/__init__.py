"""Identifiers of Chinese units: one module per number, the same four verbs everywhere.

`compact` takes separators out, `validate` returns what is wrong (None for nothing),
`is_valid` says yes or no, `format` writes the value as people do.  They take any text
and never raise.  A batch function stands beside the value function where speed matters.
"""

from minglu.register.identifiers import org_code, permit_no, reg_no, region_code, tax_no, uscc
from minglu.register.identifiers.common_key import common_key
from minglu.register.identifiers.identifier_faults import Code, Fault

__all__ = ["Code", "Fault", "common_key", "org_code", "permit_no", "reg_no", "region_code", "tax_no", "uscc"]
