"""What changed from one run to another, and why."""

from minglu.register.verification.diff.compare_runs import RunDifference, compare_runs
from minglu.register.verification.diff.write_changes import write_changes

__all__ = ["RunDifference", "compare_runs", "write_changes"]
