"""What changed from one run to another, and why."""

from minglu.register.diff.compare import Difference, compare_runs
from minglu.register.diff.show import write_changes

__all__ = ["Difference", "compare_runs", "write_changes"]
