"""register.gpkg opens with the three layers, each unit at its place or at none."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from minglu.register.sources.vector.gdal_drivers import vector_io


def layer_of(invented, name):
    io = vector_io()
    meta, _, shapes, values = io.raw.read(invented / "register.gpkg", layer=name)
    return meta, shapes, dict(zip(meta["fields"], values, strict=True))


def test_layers_are_districts_faults_and_units(invented):
    assert sorted(vector_io().list_layers(invented / "register.gpkg")[:, 0]) == ["districts", "faults", "units"]


def test_every_unit_is_there_and_one_without_coordinates_has_no_point(invented):
    meta, shapes, values = layer_of(invented, "units")
    stored = pq.read_table(invented / "tables" / "units.parquet")
    assert sorted(values["unit_id"]) == stored.column("unit_id").to_pylist()
    missing = sum(value is None for value in stored.column("lon").to_pylist())
    assert sum(shape is None for shape in shapes) == missing > 0
    assert meta["crs"] == "EPSG:4490"


def test_districts_have_their_counts_and_add_up(invented):
    _, _, values = layer_of(invented, "districts")
    placed = pq.read_table(invented / "tables" / "placements.parquet").column("district_code")
    entries = values["units"] + values["out_of_scope"] + values["closed"] + values["not_found"]
    assert int(np.sum(entries)) == len(placed) - placed.null_count


@pytest.mark.parametrize("mark", ["\x00", "\u202e", "\u2028", "\x1b"])
def test_unseen_characters_stay_out(invented, mark):
    _, _, values = layer_of(invented, "units")
    assert not any(mark in name for name in values["name"])
