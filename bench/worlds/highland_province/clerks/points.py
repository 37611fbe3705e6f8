"""How a clerk takes coordinates, and what is wrong with them."""

from dataclasses import dataclass

from highland_province.ground.region import Region
from highland_province.model import Spot


@dataclass(slots=True, frozen=True)
class PointHabit:
    """Share of rows with coordinates and the shares of the ways they were taken."""

    filled: float
    measured: float  # by a receiver at the door
    tapped: float  # on the telephone's map, near the door
    centre: float  # on the township's centre
    shifted: float  # taken from a shifted map (GCJ-02) and never converted
    coarse: float  # two or three decimals only
    seat: float  # on the county seat; the rest: the hamlet's middle


def write_point(region: Region, spot: Spot, habit: PointHabit) -> tuple[str, str]:
    """Longitude and latitude as text, or two empty cells."""
    dice = region.dice
    if not dice.chance(habit.filled):
        return "", ""
    turn, x, y, places = dice.unit(), spot.x, spot.y, 6
    for way, share in (
        ("measured", habit.measured),
        ("tapped", habit.tapped),
        ("centre", habit.centre),
        ("shifted", habit.shifted),
        ("coarse", habit.coarse),
        ("seat", habit.seat),
        ("hamlet", 1.0),
    ):
        turn -= share
        if turn < 0:
            x, y, places = _taken(region, spot, way)
            break
    if dice.chance(0.002):
        x, y = y, x
    return f"{x:.{places}f}", f"{y:.{places}f}"


def _taken(region: Region, spot: Spot, way: str) -> tuple[float, float, int]:
    """The point and its decimals by the way it was taken."""
    dice, x, y = region.dice, spot.x, spot.y
    if way == "measured":
        return x + dice.bell() * 0.0003, y + dice.bell() * 0.0003, 6
    if way == "tapped":
        return x + dice.bell() * 0.0016, y + dice.bell() * 0.0016, dice.pick((5, 6))
    if way == "shifted":
        east, north = _shift(x, y)
        return x + east + dice.bell() * 0.0003, y + north + dice.bell() * 0.0003, 6
    if way == "coarse":
        return x + dice.bell() * 0.0005, y + dice.bell() * 0.0005, dice.pick((2, 3, 3))
    if way == "hamlet":
        return x + dice.bell() * 0.004, y + dice.bell() * 0.004, 6
    district = region.centre(spot.district) if way == "centre" else region.seat(region.county(spot.district))
    mx, my = region.ground.middles[district]
    if dice.chance(0.5):
        return mx, my, 6
    return mx + dice.bell() * 0.0006, my + dice.bell() * 0.0006, 6


def _shift(x: float, y: float) -> tuple[float, float]:
    """The shift of the public maps, near enough for this region."""
    return 0.0012 + 0.0001 * (x - 99.0), -0.0031 + 0.0001 * (y - 22.0)
