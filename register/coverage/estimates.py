"""What an estimate of a number of units looks like in coverage.json."""

from __future__ import annotations

import math
from typing import Any

from minglu.register.statistics.capture_recapture import TOO_FEW_MATCHES, TOO_FEW_UNITS, Estimate

Json = dict[str, Any]

MOST_ERROR = 0.5
"""A standard error of half the estimate is no estimate (offices suppress from a third to a half on)."""
LEAST_SEEN = 0.2
"""Where four of five units would be on no list, the number rests on the few matches alone."""


def stated(estimate: Estimate, seen: int, *, share: bool = True) -> Json:
    """Return an estimate as it is printed, or the reason why it is not: `estimate` or `reason`.

    Args:
        estimate: the number of units with its error and interval.
        seen: units on any of the lists that it was made of.
        share: whether the share of it that the lists hold is given too.
    """
    reason = _why_unusable(estimate, seen)
    return {"reason": reason} if reason else {"estimate": interval_of(estimate, seen if share else 0)}


def _why_unusable(estimate: Estimate, seen: int) -> Json | None:
    """Explain why an estimate is worth no number, None where it is."""
    low, high = estimate.interval
    if not math.isfinite(high) or not math.isfinite(estimate.units):
        return {"zh": "估计没有上限", "en": "the estimate has no upper end"}
    if round(high) <= round(low):
        return {
            "zh": "区间没有宽度：名单单位几乎全部重合，不能说明还漏了多少",
            "en": "the interval has no width: the lists hold the same units and can't show what both miss",
        }
    if estimate.standard_error > MOST_ERROR * estimate.units:
        error = estimate.standard_error / estimate.units
        return {
            "zh": f"标准误为估计值的 {error:.0%}，不予公布",
            "en": f"the standard error is {error:.0%} of the estimate: no number is printed",
        }
    if seen < LEAST_SEEN * estimate.units:
        return {
            "zh": f"按此估计名单只含 {seen / estimate.units:.0%}，仅凭少数重叠单位推算，不予公布",
            "en": f"by this estimate the lists hold only {seen / estimate.units:.0%} of all units, inferred from few "
            "matches: no number is printed",
        }
    return None


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
