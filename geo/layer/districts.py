"""Districts and their parent: polygons with codes, names and a coordinate system.

A virtual district has no geometry (`None`): buildings already demolished, boats,
people without a fixed place.  Whether its code allows that is asked in `codes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from minglu.errors import CrsError, GeometryError


@dataclass(frozen=True, slots=True, eq=False)
class Districts:
    """The districts of one layer, in the layer's order and on its raw coordinates."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    geometries: NDArray[np.object_]
    """Polygons and multipolygons in `crs`, or None; nothing is repaired, rounded or projected."""
    crs: CRS
    source: str
    """Where they come from, for messages."""

    def __post_init__(self) -> None:
        assert len(self.codes) == len(self.names) == len(self.geometries), "one code, name and geometry each"

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, index: NDArray[np.intp]) -> Districts:
        """Return the districts at the positions `index`, in that order."""
        return Districts(
            codes=tuple(self.codes[i] for i in index),
            names=tuple(self.names[i] for i in index),
            geometries=self.geometries[index],
            crs=self.crs,
            source=self.source,
        )


class Located(Protocol):
    """Anything that has a coordinate system and comes from somewhere."""

    @property
    def crs(self) -> CRS:
        """Its coordinate system."""

    @property
    def source(self) -> str:
        """Where it comes from, for messages."""


@dataclass(frozen=True, slots=True, eq=False)
class Parent:
    """The area that the districts must fill: one county, one township."""

    geometry: BaseGeometry
    """A polygon or multipolygon in `crs`, raw."""
    crs: CRS
    source: str
    name: str = ""
    code: str = ""
    """Its code, or those of its areas joined by "+"."""
    areas: int = 1
    """How many areas of a layer it is the union of."""

    def __post_init__(self) -> None:
        if self.geometry is None or shapely.is_empty(self.geometry):
            raise GeometryError(
                en=f"{self.source}: the parent area is empty; expected a polygon. Choose another layer.",
                zh=f"{self.source}：上级区域没有图形；应为面。请改用其他图层。",
            )


def require_same_crs(districts: Located, parent: Located) -> None:
    """Raise CrsError unless both layers use one coordinate system: the proof compares raw coordinates."""
    if districts.crs.equals(parent.crs, ignore_axis_order=True):
        return
    found, expected = parent.crs.name, districts.crs.name
    raise CrsError(
        en=f"{parent.source}: found the coordinate system {found}, expected {expected} as in {districts.source}. "
        "A projection changes coordinates, so nothing could be proven afterwards: export both layers in one system.",
        zh=f"{parent.source}：坐标系为 {found}，应与 {districts.source} 的 {expected} 相同。"
        "投影会改变坐标，此后无法证明：请以同一坐标系导出两个图层。",
    )
