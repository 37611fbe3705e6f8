"""How units keep their ids and codes from one run to the next.  Nothing here decides what a unit is."""

from minglu.register.succession.choose import Share, choose_ids
from minglu.register.succession.inherit import inherit_codes, inherit_ids, retire_codes
from minglu.register.succession.trace import trace_rows

__all__ = ["Share", "choose_ids", "inherit_codes", "inherit_ids", "retire_codes", "trace_rows"]
