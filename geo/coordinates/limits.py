"""The limits of coordinates, datum test and placement, read from geo/rules/placement.toml."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import resources

from minglu.common.typed_toml import check_keys, make, read_toml

ROW_KEYS = ("value", "source", "since")


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """One value per row of placement.toml; the file says where each comes from."""

    lon_min: float
    """Box in which a point is believed: the country, degrees."""
    lon_max: float
    lat_min: float
    lat_max: float
    truncated_step_deg: float
    """A last digit worth this much or more is a cut-off coordinate."""
    precision_floor_m: float
    """No point is known better than this."""
    coarse_from_m: float
    """From this radius on a declared district within the radius says more than the point."""
    untrusted_from_m: float
    """From this radius on a point places nothing, unless no border crosses its radius."""
    default_point_radius_m: float
    """Radius of a default point."""
    evidence_points_min: int
    evidence_points_max: int
    evidence_radius_m: float
    evidence_p_max: float
    evidence_agreement_min: float
    mixture_points_min: int
    """So many points must speak for a second datum in one list."""
    mixture_share_min: float
    """And such a share of the points that were tested."""
    name_right_share: float
    """How often an area named in words is the one where a unit lies, before its point is looked at."""


@cache
def limits() -> Limits:
    """Return the limits; raises RuleError for a key that is missing, unknown or without source and since."""
    path = resources.files("minglu.geo.rules") / "placement.toml"
    rows = read_toml(path)
    for name, row in rows.items():
        check_keys(row, known=ROW_KEYS, required=ROW_KEYS, where=f"geo/rules/placement.toml [{name}]")
    return make(Limits, {name: row["value"] for name, row in rows.items()}, where="geo/rules/placement.toml")
