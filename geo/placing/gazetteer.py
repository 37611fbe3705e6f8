"""The gazetteer: a district layer prepared for point-in-district, distance and code queries.

Codes, names and extents are always there; shapes are there for one region at a time,
with what lies within reach of it.  So memory is bounded by the region with the largest
districts, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from minglu.geo.coordinates.datums import Degrees
from minglu.geo.layer.declared_codes import DeclaredCodes
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Parent, require_same_crs
from minglu.geo.layer.region_chunks import MOST_DISTRICTS, Regions
from minglu.geo.placing.distances import DistanceMeter, half_extents_m
from minglu.geo.placing.locator import Hits, Locator, projector, reach

Index = NDArray[np.intp]


class Window:
    """The districts in reach of one region, asked by their positions in the whole layer."""

    def __init__(self, listing: DistrictIndex, rows: Index, *, proven: bool) -> None:
        """Read the districts at `rows`, ascending; `proven` says that all districts together are a partition."""
        self._listing = listing
        self._rows = rows
        some = listing.districts(rows)
        self._locator = Locator(some, proven=proven)
        self._metre = DistanceMeter(some)

    def locate(self, lon: Degrees, lat: Degrees) -> Hits:
        """Return for each point of the region which districts hold it."""
        hits = self._locator.locate(lon, lat)
        first = np.where(hits.first < 0, hits.first, self._whole(hits.first)).astype(np.int32)
        several = {row: tuple(self._rows[list(some)].tolist()) for row, some in hits.candidates.items()}
        return Hits(first, hits.state, several)

    def clear(self, lon: Degrees, lat: Degrees, radius_m: Degrees) -> NDArray[np.bool_]:
        """Return for each point whether surely no border lies within its radius; False where it must be measured."""
        return self._locator.clear(lon, lat, radius_m)

    def within(self, lon: Degrees, lat: Degrees, limit_m: Degrees) -> tuple[Index, Index, Degrees]:
        """Return (point, district, metres) for every district within the point's own limit, by point and district."""
        point, some, metres = self._metre.within(lon, lat, limit_m)
        return point, self._whole(some), metres

    def distances(self, lon: Degrees, lat: Degrees, district: Index, *, to_border: bool = False) -> Degrees:
        """Return metres from each point to its district, wherever it lies, or to its border; NaN without geometry."""
        result = np.full(len(lon), np.nan)
        here = np.isin(district, self._rows)
        place = np.searchsorted(self._rows, district[here])
        result[here] = self._metre.distances(lon[here], lat[here], place, to_border=to_border)
        elsewhere = np.unique(district[~here])
        for first in range(0, len(elsewhere), MOST_DISTRICTS):
            some = elsewhere[first : first + MOST_DISTRICTS]
            far = np.isin(district, some)
            place = np.searchsorted(some, district[far])
            metre = DistanceMeter(self._listing.districts(some))
            result[far] = metre.distances(lon[far], lat[far], place, to_border=to_border)
        return result

    def _whole(self, some: NDArray[np.integer]) -> Index:
        """Return the positions in the whole layer of districts of the window; whatever for none."""
        return self._rows[some] if len(self._rows) else np.zeros(len(some), np.intp)


class Gazetteer:
    """Districts, their parent, and what finds units in them; making it takes longer than a batch of questions."""

    def __init__(self, districts: DistrictIndex, *, proven: bool, parent: Parent | None = None) -> None:
        """Make the districts ready; cells are used only if they are `proven` to be a partition.

        Raises CrsError if the parent is in another coordinate system.
        """
        if parent is not None:
            require_same_crs(districts, parent)
        self.districts = districts
        self.parent = parent
        self.codes = DeclaredCodes(districts.codes)
        self.project = projector(districts)
        self.half_extents_m = half_extents_m(districts)
        self._proven = proven
        self._regions = Regions(districts.bounds)
        self._nowhere = Window(districts, np.empty(0, np.intp), proven=proven)
        self._last = (-1, 0.0, 0.0, self._nowhere)

    def regions(self, lon: Degrees, lat: Degrees) -> NDArray[np.int64]:
        """Return the region of each point in degrees of the layer's own datum; -1 for what is no point on the globe."""
        region = np.full(len(lon), -1)
        with np.errstate(invalid="ignore"):
            usable = np.flatnonzero((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))
        region[usable] = self._regions.of(*self.project(lon[usable], lat[usable]))
        return region

    def windows(self, lon: Degrees, lat: Degrees, reach_m: Degrees) -> Iterator[tuple[Index, Window]]:
        """Yield the rows of each region with the districts in reach of them; `reach_m` is each point's own, metres."""
        region = self.regions(lon, lat)
        order = np.argsort(region, kind="stable")
        starts = np.flatnonzero(np.diff(region[order], prepend=-2))
        for rows in np.split(order, starts)[1:]:
            yield rows, self._window(int(region[rows[0]]), lat[rows], float(reach_m[rows].max()))

    def find(self, lon: Degrees, lat: Degrees) -> NDArray[np.int32]:
        """Return for each point the district that holds it (the smaller code on a border), -1 where none does."""
        found = np.full(len(lon), -1, np.int32)
        for rows, window in self.windows(lon, lat, np.zeros(len(lon))):
            if window is not self._nowhere:
                found[rows] = window.locate(lon[rows], lat[rows]).first
        return found

    def _window(self, region: int, lat: Degrees, reach_m: float) -> Window:
        """Return the window of a region, the last one again where it reaches far enough."""
        if region < 0:
            return self._nowhere
        north = np.ceil(np.abs(lat).max(keepdims=True))  # whole degrees: batches of one region reach equally far
        wide, high = (float(side[0]) for side in reach(self.districts, north, np.array([reach_m])))
        last, known_wide, known_high, window = self._last
        if last != region or known_wide < wide or known_high < high:
            rows = self._regions.districts(region, wide, high)
            window = Window(self.districts, rows, proven=self._proven)
            self._last = (region, wide, high, window)
        return window
