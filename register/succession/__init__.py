"""How units keep their ids and codes from one run to the next."""

from minglu.register.succession.choose_successor import Share, choose_ids
from minglu.register.succession.inherit_ids import inherit_codes, inherit_ids, retire_codes
from minglu.register.succession.trace_rows import trace_rows

__all__ = ["Share", "choose_ids", "inherit_codes", "inherit_ids", "retire_codes", "trace_rows"]
