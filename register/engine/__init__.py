"""What moves data between batches: reading, mapping, joining, grouping, writing.

`Engine` is the whole boundary.  Domain code hands an engine two things only: batch
functions (one Arrow table in, one out) and plain SQL over named tables.
"""

from minglu.register.engine.boundary import BatchFunction, Engine, open_engine

__all__ = ["BatchFunction", "Engine", "open_engine"]
