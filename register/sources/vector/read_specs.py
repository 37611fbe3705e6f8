"""Layers read as the census file describes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from minglu.geo.layer.districts import Districts, Parent
from minglu.register.config.census_file import LayerSpec
from minglu.register.sources.vector.read_layer import LayerFile, open_districts, read_districts, read_parent


@contextmanager
def open_spec(spec: LayerSpec) -> Iterator[LayerFile]:
    """Open a district layer; raises like `open_districts`."""
    with open_districts(
        spec.path, code=spec.code, name=spec.name, layer=spec.layer, encoding=spec.encoding, crs=spec.crs
    ) as file:
        yield file


def read_spec(spec: LayerSpec) -> Districts:
    """Read a district layer as a whole; raises like `read_districts`."""
    return read_districts(
        spec.path, code=spec.code, name=spec.name, layer=spec.layer, encoding=spec.encoding, crs=spec.crs
    )


def read_parent_spec(spec: LayerSpec) -> Parent:
    """Read a parent area; raises like `read_parent`."""
    return read_parent(spec.path, spec.layer, spec.code or None, encoding=spec.encoding, crs=spec.crs)
