"""The scan of an office's folder: lists and their kinds, district and parent layers.

Roles are found by content where a file can be opened (headings, codes, extents), else by its name; every guess is a
proposal that a person reads and can change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyproj import CRS

from minglu.errors import CrsError, MingluError
from minglu.geo.layer.coordinate_check import MOST_DEGREES, ZONE_M, Extent, propose_zone
from minglu.register.config.list_spec import ListSpec
from minglu.register.rules.rule_pack import KindRow, RulePack
from minglu.register.sources.read_list import read_list
from minglu.register.sources.vector.gdal_drivers import vector_io
from minglu.register.sources.vector.layer_crs import DEGREES
from minglu.register.sources.vector.opened_layer import open_layer

LIST_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".et", ".ods", ".parquet")
LAYER_SUFFIXES = (".gpkg", ".shp", ".geojson", ".fgb")
PARENT_WORDS = ("parent", "county", "boundary", "县界", "区界", "边界", "上级")
LARGEST_READ_BYTES = 50_000_000
"""A list above this is not opened to guess its kind: its name must show it."""
SAMPLE_FEATURES = 500
CODE = re.compile(r"\d{6}|\d{9}|\d{12}|\d{15}", re.ASCII)
NAME = re.compile(r"[\u3400-\u9fff]")
FULL_SHARE = 0.9
NOWHERE = (0.0, 0.0, 0.0, 0.0)
KINDS_BY_FIELD = (("permit_no", "permit"), ("tax_no", "tax"), ("reg_no", "business"), ("status", "business"))
"""The canonical field that only one agency's list has, the surest first."""


@dataclass(frozen=True, slots=True)
class ListFound:
    """A file that is, or may be, a list."""

    path: Path
    kind: str
    by_content: bool
    """Whether its headings showed the kind, and not its name."""


@dataclass(frozen=True, slots=True)
class LayerFound:
    """A file that is, or may be, a polygon layer."""

    path: Path
    code: str
    """Column of the code; empty where none looks like one."""
    name: str
    """Column of the name, likewise."""
    features: int
    extent: Extent
    title: str
    """The name of a layer of one area, else empty."""
    crs: str = ""
    """The coordinate system that the file does not state and its numbers show; else empty."""
    problem: MingluError | None = None
    """Why it could not be opened."""


@dataclass(frozen=True, slots=True)
class FolderScan:
    """What was found, and which layer has which role."""

    lists: tuple[ListFound, ...]
    districts: LayerFound | None
    parent: LayerFound | None
    unused: tuple[LayerFound, ...]
    """Layers without a role."""


def scan_folder(folder: Path, pack: RulePack) -> FolderScan:
    """Look at every file of a folder; files that can't be opened are taken by their names."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
    lists = tuple(_look_at_list(path, pack) for path in files if path.suffix.lower() in LIST_SUFFIXES)
    layers = [_look_at_layer(path) for path in files if path.suffix.lower() in LAYER_SUFFIXES]
    parent = _parent_of(layers)
    others = sorted(
        (layer for layer in layers if layer is not parent),
        key=lambda layer: (-layer.features, len(layer.path.stem), layer.path.name),
    )
    return FolderScan(lists, others[0] if others else None, parent, tuple(others[1:]))


def _look_at_list(path: Path, pack: RulePack) -> ListFound:
    named = _kind_by_name(path, pack.kinds)
    if named:
        return ListFound(path, named, by_content=False)
    found = _kind_by_headings(path, pack)
    return ListFound(path, found or "other", by_content=bool(found))


def _kind_by_name(path: Path, kinds: Mapping[str, KindRow]) -> str:
    stem = path.stem.lower()
    return next((kind for kind, row in kinds.items() if any(word in stem for word in row.words)), "")


def _kind_by_headings(path: Path, pack: RulePack) -> str:
    if path.stat().st_size > LARGEST_READ_BYTES:
        return ""
    try:
        reading = read_list(ListSpec(name="list", kind="other", path=path.name, base=path.parent), pack.headers)
    except MingluError:
        return ""
    fields = {field for report in reading.inputs for field in report.columns}
    return next((kind for field, kind in KINDS_BY_FIELD if field in fields), "")


def _look_at_layer(path: Path) -> LayerFound:
    """Find the columns of code and name by their content, and the coordinate system where the file states none."""
    try:
        return _opened(path, None)
    except CrsError:
        pass  # the numbers may show it
    except MingluError as problem:
        return LayerFound(path, "", "", 0, NOWHERE, "", problem=problem)
    try:
        found = _opened(path, "CGCS2000")
        return replace(found, crs=_crs_of(found.extent))
    except MingluError as problem:
        return LayerFound(path, "", "", 0, NOWHERE, "", problem=problem)


def _opened(path: Path, crs: str | None) -> LayerFound:
    with open_layer(path, (), layer=None, encoding=None, crs=crs) as layer:
        info = vector_io().read_info(layer.safe, layer=layer.layer, force_total_bounds=True, **layer.options)
        columns = layer.columns(tuple(layer.fields), most=SAMPLE_FEATURES)
    name = _name_column(columns)
    title = columns[name][0] if name and info["features"] == 1 else ""
    west, south, east, north = map(float, info["total_bounds"])
    return LayerFound(path, _code_column(columns), name, int(info["features"]), (west, south, east, north), title)


def _crs_of(extent: Extent) -> str:
    """Return the system that the numbers of an extent show: degrees, or a zone by its eastings; else nothing."""
    if max(map(abs, extent)) <= MOST_DEGREES:
        return "CGCS2000"
    return propose_zone(int(extent[0] // ZONE_M), CRS(DEGREES)).partition(" ")[0]


def _code_column(columns: Mapping[str, Sequence[str]]) -> str:
    """Return the column whose cells are distinct district codes, the longest codes first; else any distinct text."""
    candidates = []
    for place, (column, cells) in enumerate(columns.items()):
        filled = [cell for cell in cells if cell]
        if len(filled) < len(cells) or len(set(filled)) < len(filled) or not filled:
            continue
        coded = sum(CODE.fullmatch(cell) is not None for cell in filled) >= FULL_SHARE * len(filled)
        named = any(NAME.search(cell) for cell in filled)
        candidates.append((not coded, named, -max(map(len, filled)) if coded else 0, place, column))
    candidates = [one for one in candidates if not one[1]]
    return min(candidates)[-1] if candidates else ""


def _name_column(columns: Mapping[str, Sequence[str]]) -> str:
    """Return the column with most distinct Chinese texts; of equals the one that calls itself a name."""
    scored = []
    for place, (column, cells) in enumerate(columns.items()):
        texts = [cell for cell in cells if NAME.search(cell)]
        if cells and len(texts) >= FULL_SHARE * len(cells):
            calls = "name" in column.lower() or "名" in column
            scored.append((-len(set(texts)), not calls, place, column))
    return min(scored)[-1] if scored else ""


def _parent_of(layers: Sequence[LayerFound]) -> LayerFound | None:
    """Return the layer that is the area of another: called so, or with far fewer features around the same ground."""
    called = [layer for layer in layers if any(word in layer.path.stem.lower() for word in PARENT_WORDS)]
    if called:
        return called[0]
    opened = sorted((layer for layer in layers if layer.problem is None), key=lambda layer: layer.features)
    for layer in opened[:-1]:
        if layer.features * 3 <= opened[-1].features and _covers(layer.extent, opened[-1].extent):
            return layer
    return None


def _covers(outer: Extent, inner: Extent) -> bool:
    """Return whether one extent covers another, but for a hundredth of its size."""
    slack = 0.01 * max(outer[2] - outer[0], outer[3] - outer[1])
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )
