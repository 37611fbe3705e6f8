"""An interval for any estimator of the number of units, by the delta method."""

from __future__ import annotations

import math
from collections.abc import Callable

from minglu.register.statistics.capture_recapture import Estimate, Histories, NotEstimableError, log_interval


def delta_estimate(
    histories: Histories, estimator: Callable[[Histories], float], *, floor: float | None = None
) -> Estimate:
    """Give an estimator its interval by the delta method on the multinomial counts.

    For any estimator that doubles with its counts, the variance is the sum of
    count times squared slope, less N; slopes are taken one unit up and down.
    Neither value nor interval falls below `floor`, by default the units seen.

    >>> lists = Histories({"10": 60, "01": 110, "11": 40})
    >>> round(delta_estimate(lists, lambda shifted: shifted.seen(0) * shifted.seen(1) / shifted.seen(0, 1)).units)
    375
    """
    least = histories.total if floor is None else floor
    units = estimator(histories)
    variance = -units
    for history, count in histories.counts.items():
        if count:
            up, down = (estimator(Histories({**histories.counts, history: count + step})) for step in (1, -1))
            variance += count * ((up - down) / 2) ** 2
    if not math.isfinite(variance):
        message = "one unit more or less makes the estimate infinite"
        raise NotEstimableError(message)
    variance = max(variance, 0.0)
    units = max(units, least)
    return Estimate(units, math.sqrt(variance), log_interval(units, variance, least))
