"""register.gpkg opens with the three layers, each unit at its place or at none."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pytest

from minglu.register.language.code_labels import SOURCE_CLASSES
from minglu.register.sources.vector.gdal_drivers import vector_io

RENDER = Path(__file__).with_name("qgis_render.py")
QGIS = list(Path("/usr/lib/python3/dist-packages").glob("qgis/core"))


def layer_of(invented, name):
    io = vector_io()
    meta, _, shapes, values = io.raw.read(invented / "register.gpkg", layer=name)
    return meta, shapes, dict(zip(meta["fields"], values, strict=True))


def test_layers_are_districts_faults_and_units(invented):
    assert sorted(vector_io().list_layers(invented / "register.gpkg")[:, 0]) == [
        "districts",
        "faults",
        "layer_styles",
        "units",
    ]


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


def test_every_layer_brings_its_style_with_chinese_names_for_all_fields(invented):
    """One default style a layer, well-formed, every field with an alias, every coded value with its words."""
    with closing(sqlite3.connect(invented / "register.gpkg")) as file:
        styles = dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1"))
    assert set(styles) == {"units", "districts", "faults"}
    for name, text in styles.items():
        style = ET.fromstring(text)
        fields = set(vector_io().raw.read(invented / "register.gpkg", layer=name)[0]["fields"])
        assert {alias.get("field") for alias in style.iter("alias")} == fields
    classes = {one.get("value") for one in ET.fromstring(styles["units"]).iter("category")}
    assert classes == set(SOURCE_CLASSES)


@pytest.mark.slow
@pytest.mark.skipif(not QGIS, reason="Python with QGIS (Debian: python3-qgis) is not installed")
def test_qgis_opens_the_layers_styled_and_draws_them(invented, tmp_path):
    """QGIS itself finds the styles, names the fields and draws units, districts and labels."""
    command = ["/usr/bin/python3", str(RENDER), str(invented / "register.gpkg"), str(tmp_path / "map.png")]
    done = subprocess.run(
        command, capture_output=True, check=True, timeout=300, env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin"}
    )
    found = json.loads(done.stdout.decode().splitlines()[-1])
    assert all(found[name]["styled"] for name in ("units", "districts", "faults"))
    assert found["units"]["renderer"] == "categorizedSymbol"
    assert (found["units"]["alias"], found["units"]["widget"]) == ("单位名称", "ValueMap")
    assert found["districts"]["labels"]
    assert found["colours"] > 3
