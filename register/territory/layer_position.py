"""Whether lists and layer belong together: the position of their points, and the datum of the layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from minglu.errors import CrsError
from minglu.geo.coordinates.pairs import METRES_PER_DEGREE
from minglu.geo.layer.coordinate_check import propose_zone
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.placing.datum_detection import DatumEvidence, excludes

Numbers = NDArray[np.float64]
FAR_M = 100_000.0
"""No point of a county's list lies farther from the county; one of another province does."""
ZONE_WIDTHS_DEG = (3, 6)


def distance_m(lon: Numbers, lat: Numbers, extent: tuple[float, float, float, float]) -> Numbers:
    """Return metres from points to an extent in degrees, to some percent; 0 inside."""
    west, south, east, north = extent
    away = np.maximum(np.maximum(west - lon, lon - east), 0.0)
    up = np.maximum(np.maximum(south - lat, lat - north), 0.0)
    metres: Numbers = METRES_PER_DEGREE * np.hypot(away * np.cos(np.radians(np.clip(lat, -80, 80))), up)
    return metres


def require_near(
    points: Sequence[tuple[Numbers, Numbers]], districts: DistrictIndex, extent: tuple[float, float, float, float]
) -> None:
    """Raise CrsError where no point of any list lies within FAR_M of the layer.

    `points` are usable longitudes and latitudes, list by list; `extent` is that of the layer, in degrees.
    """
    lon, lat = (np.concatenate([np.empty(0), *(pair[side] for pair in points)]) for side in (0, 1))
    usable = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon[usable], lat[usable]
    if not len(lon) or not np.isfinite(extent).all():
        return
    away = distance_m(lon, lat, extent)
    if away.min() <= FAR_M:
        return
    zh, en = _cure(float(np.median(lon)), float(np.median(lat)), districts, extent)
    km = f"{np.median(away) / 1000:,.0f}"
    raise CrsError(
        en=f"{districts.source}: none of the {len(lon)} points of the lists lies within {FAR_M / 1000:.0f} km of the "
        f"layer; half of them lie {km} km away or more. Lists and layer do not belong together. {en}",
        zh=f"{districts.source}：各名单的 {len(lon)} 个点没有一个在图层 {FAR_M / 1000:.0f} 公里之内，"
        f"半数相距 {km} 公里以上。"
        f"名单与图层不属于同一地区，或坐标系有误。{zh}",
    )


def _cure(
    lon: float, lat: float, districts: DistrictIndex, extent: tuple[float, float, float, float]
) -> tuple[str, str]:
    """Guess why: another zone, swapped axes, or another place."""
    west, south, east, north = extent
    middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
    apart = lon - middle_lon
    if not districts.crs.is_geographic and abs(lat - middle_lat) < 1.0:
        steps = round(apart / ZONE_WIDTHS_DEG[0])
        if steps and abs(apart - steps * ZONE_WIDTHS_DEG[0]) < 1.5:
            return _other_meridian(districts, steps * ZONE_WIDTHS_DEG[0])
    if abs(lon - middle_lat) < 1.5 and abs(lat - middle_lon) < 1.5:
        return (
            "图层的经纬度似乎颠倒：请交换坐标轴后重新导出。",
            "The layer's latitude and longitude seem to be swapped: swap the axes and export again.",
        )
    return (
        "请核对图层的坐标系（crs）以及名单和图层是否属于同一普查区。",
        "Check the layer's coordinate system (crs), and whether lists and layer are of one census.",
    )


def _other_meridian(districts: DistrictIndex, degrees: int) -> tuple[str, str]:
    operation = districts.crs.coordinate_operation
    values = {} if operation is None else {one.name.lower(): float(one.value) for one in operation.params}
    meridian = values.get("longitude of natural origin", 0.0) + degrees
    proposal = propose_zone(round(meridian / 3), districts.crs)
    zh = f"（例如 {proposal}，或不带带号的同一中央经线）" if proposal else ""
    en = f" (such as {proposal}, or the same meridian without a zone number)" if proposal else ""
    stated = meridian - degrees
    zh = f"图层的中央经线很可能应为 {meridian:g} 度而非 {stated:g} 度：请核实后以 crs 写明{zh}，或更正 .prj。"
    en = (
        f"The layer's central meridian is probably {meridian:g} and not {stated:g} degrees: if so, state it as "
        f"`crs`{en}, or correct the .prj."
    )
    return zh, en


def require_datum(source: str, found: Sequence[tuple[str, DatumEvidence, DatumEvidence]]) -> None:
    """Raise CrsError where the lists show that the layer is in GCJ-02 or BD-09 and nobody stated it.

    `found` has the name of each list, what it says of the layer's datum, and what of its own.  A list whose
    points another datum of its own explains as well has no say, nor has one that shows nothing.  Where GCJ-02 and
    BD-09 can't be distinguished, the one with more points is named.
    """
    telling = [
        (name, layer) for name, layer, own in found if excludes(layer, "CGCS2000") and _agreeing(own) < _agreeing(layer)
    ]
    if not telling or any(layer.datum == "CGCS2000" for _, layer, _ in found):
        return
    votes = Counter({name: sum(dict(one.agreements)[name] for _, one in telling) for name in ("GCJ02", "BD09")})
    datum = votes.most_common(1)[0][0]
    en = "; ".join(f"list {name}: {one.en}" for name, one in telling)
    zh = "；".join(f"名单 {name}：{one.zh}" for name, one in telling)
    raise CrsError(
        en=f"{source}: the layer itself seems to be in {datum}, whatever its coordinate system says: the points of the "
        f'lists fall where they are declared once that is allowed for ({en}). State crs = "{datum}" in [districts] '
        '(and [parent]), or get the layer in CGCS2000; if the layer is right, state crs = "CGCS2000".',
        zh=f"{source}：图层本身似为 {datum} 坐标，与其注明的坐标系不符：按此还原后，名单的点才落入申报小区（{zh}）。"
        f'请在 [districts]（和 [parent]）中写明 crs = "{datum}"，或索取 CGCS2000 图层；'
        '如图层无误，请写明 crs = "CGCS2000"。',
    )


def _agreeing(evidence: DatumEvidence) -> int:
    """Return how many points the best hypothesis brings into the districts they declare."""
    return max((count for _, count in evidence.agreements), default=0)
