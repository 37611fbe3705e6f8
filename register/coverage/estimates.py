"""What an estimate of a number of units looks like in coverage.json.  Values only."""

from __future__ import annotations

from typing import Any

from minglu.register.statistics.capture_recapture import TOO_FEW_MATCHES, TOO_FEW_UNITS, Estimate

Json = dict[str, Any]


def interval_of(estimate: Estimate, seen: int) -> Json:
    """Return an estimate with its interval, and the share of it that the lists hold, where `seen` is given."""
    low, high = estimate.interval
    found = {"units": estimate.units, "standard_error": estimate.standard_error, "low": low, "high": high}
    if not seen:
        return found
    return found | {
        "share": seen / estimate.units if estimate.units else None,
        "share_low": seen / high if high else None,
        "share_high": seen / low if low else None,
    }


def too_few() -> Json:
    """Return the reason why a small table is not estimated."""
    return {
        "zh": f"单位或重叠过少（至少须 {TOO_FEW_UNITS} 个单位、{TOO_FEW_MATCHES} 个重叠）",
        "en": f"too few units or matches (needs {TOO_FEW_UNITS} units and {TOO_FEW_MATCHES} matches)",
    }
