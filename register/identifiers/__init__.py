"""Identifiers of Chinese units: one module per number, the same four verbs everywhere.  No table of the register.

`compact` takes separators out, `validate` returns what is wrong (None for nothing),
`is_valid` says yes or no, `format` writes the value as people do.  They take any text
and never raise.  A batch function stands beside the value function where speed matters.
"""

from minglu.register.identifiers import org_code, permit, reg_no, region, tax_no, uscc
from minglu.register.identifiers.faults import Code, Fault
from minglu.register.identifiers.keys import common_key

__all__ = ["Code", "Fault", "common_key", "org_code", "permit", "reg_no", "region", "tax_no", "uscc"]
