"""The shifts of Chinese map services: CGCS2000 to GCJ-02 to BD-09, for many points.  Only this direction.

The formulas are those that practitioners share; their fit to the official shift is a few
metres at most, less than any geocoding error.
"""

from __future__ import annotations

import numpy as np

_A = 6_378_245.0  # Krasovsky 1940, metres
_EE = 0.006693421622965943
_X_PI = np.pi * 3000.0 / 180.0


def shift(points: np.ndarray, datum: str) -> np.ndarray:
    """Return CGCS2000 points (n, 2), degrees, as the given datum shows them."""
    if datum == "CGCS2000":
        return points
    shifted = to_gcj02(points)
    return to_bd09(shifted) if datum == "BD09" else shifted


def to_gcj02(points: np.ndarray) -> np.ndarray:
    """Add the GCJ-02 shift (some hundred metres to the south-east of China's west, and so on)."""
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105.0, lat - 35.0
    common = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + common
    dlat += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    dlat += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + common
    dlon += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    dlon += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _EE * np.sin(radians) ** 2
    dlat = np.degrees(dlat * magic * np.sqrt(magic) / (_A * (1 - _EE)))
    dlon = np.degrees(dlon * np.sqrt(magic) / (_A * np.cos(radians)))
    return np.column_stack([lon + dlon, lat + dlat])


def to_bd09(points: np.ndarray) -> np.ndarray:
    """Add the second shift of one map service to GCJ-02 points."""
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _X_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])
