"""What changed from one run to another, and why."""

from minglu.register.verification.diff.compare_runs import Difference, compare_runs
from minglu.register.verification.diff.write_changes import write_changes

__all__ = ["Difference", "compare_runs", "write_changes"]
