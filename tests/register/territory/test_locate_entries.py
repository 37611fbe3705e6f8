"""Entries get points in the districts' datum, or a code that says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import CRS, Transformer

from minglu.errors import CrsError
from minglu.geo.coordinates.datums import bd_from_wgs, gcj_from_wgs
from minglu.geo.layer.area_names import AreaNames
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.districts import Districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.register.config.list_spec import ListSpec
from minglu.register.engine import open_engine
from minglu.register.rules import load_pack
from minglu.register.schemas import ENTRIES, VALUE_FAULTS
from minglu.register.territory.locate_entries import locate_entries, mark_default_points

SIDE, STEP = 12, 0.015
FORWARD = {"CGCS2000": lambda lon, lat: (lon, lat), "GCJ02": gcj_from_wgs, "BD09": bd_from_wgs}


ZONE_38 = Transformer.from_crs(4490, 4546, always_xy=True)


def villages(crs: str = "EPSG:4490", *, offset: float = 0.0) -> Districts:
    """Return square villages of 1.5 km."""
    boxes = [
        shapely.box(120 + offset + c * STEP, 30 + r * STEP, 120 + offset + (c + 1) * STEP, 30 + (r + 1) * STEP)
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    codes = tuple(f"9901{i // SIDE:05d}{i % SIDE + 1:03d}" for i in range(SIDE * SIDE))
    return Districts(codes, codes, np.array(boxes, dtype=object), CRS(crs), "villages.gpkg")


def entries(name: str, cells: list[tuple[str, str, str]], *, addresses: list[str] | None = None) -> pa.Table:
    """Return ENTRIES of one list from (raw_lon, raw_lat, district_code)."""
    columns = {field.name: [None] * len(cells) for field in ENTRIES}
    columns |= {field.name: [""] * len(cells) for field in ENTRIES if field.type == pa.string()}
    columns |= {
        "entry_id": [f"{name}{i}" for i in range(len(cells))],
        "list": [name] * len(cells),
        "file": [f"{name}.csv"] * len(cells),
        "row": list(range(2, len(cells) + 2)),
        "raw_lon": [cell[0] for cell in cells],
        "raw_lat": [cell[1] for cell in cells],
        "district_code": [cell[2] for cell in cells],
        "address": addresses or [f"某路{i}号" for i in range(len(cells))],
    }
    return pa.Table.from_pydict(columns, schema=ENTRIES)


def cells(datum: str, count: int, seed: int = 1) -> tuple[list[tuple[str, str, str]], np.ndarray, np.ndarray]:
    """Return raw cells of a list in some datum with declared districts, and the true points."""
    noise = np.random.default_rng(seed)
    lon, lat = 120 + noise.uniform(0, SIDE * STEP, count), 30 + noise.uniform(0, SIDE * STEP, count)
    index = np.floor((lat - 30) / STEP).astype(int) * SIDE + np.floor((lon - 120) / STEP).astype(int)
    x, y = FORWARD[datum](lon, lat)
    codes = villages().codes
    return [(f"{a:.7f}", f"{b:.7f}", codes[i]) for a, b, i in zip(x, y, index, strict=True)], lon, lat


def gazetteer(districts: Districts) -> Gazetteer:
    return Gazetteer(index_districts(InMemoryLayer(districts)), proven=False)


@pytest.fixture
def engine(tmp_path):
    opened = open_engine("duckdb", workspace=tmp_path)
    yield opened
    opened.close()


def locate(
    engine,
    *tables: pa.Table,
    districts: Districts | None = None,
    layer_crs: str | None = None,
    area_names=None,
    **crs: str,
):
    """Locate lists whose datum is "auto" unless said otherwise; return the reports and the entries."""
    engine.put("entries", pa.concat_tables(tables))
    names = [table.column("list")[0].as_py() for table in tables]
    lists = [ListSpec(name, name, f"{name}.csv", Path(), crs=crs.get(name, "auto")) for name in names]
    placement = load_pack("pollution-2", Path()).placement
    reports = locate_entries(
        engine,
        lists=lists,
        gazetteer=gazetteer(districts or villages()),
        placement=placement,
        names=area_names,
        layer_crs=layer_crs,
    )
    return reports, engine.get("entries", order_by='"list", "row"')


def test_three_lists_in_three_datums_come_out_in_one(engine):
    """Each list is tested against its own declared districts; all points end within a decimetre of the truth."""
    made = {
        name: cells(datum, 200, seed) for seed, (name, datum) in enumerate(zip(("a", "b", "c"), FORWARD, strict=True))
    }
    reports, found = locate(engine, *(entries(name, made[name][0]) for name in ("c", "a", "b")))
    assert [report.list for report in reports] == ["c", "a", "b"]
    assert {report.list: report.used for report in reports} == dict(zip("abc", FORWARD, strict=True))
    assert {report.basis for report in reports} == {"evidence"}
    np.testing.assert_allclose(found.column("lon").to_numpy(), np.concatenate([made[n][1] for n in "abc"]), atol=1e-6)
    np.testing.assert_allclose(found.column("lat").to_numpy(), np.concatenate([made[n][2] for n in "abc"]), atol=1e-6)
    assert found.schema.equals(ENTRIES)


def test_a_stated_datum_is_used_and_a_contradiction_is_told(engine):
    """The office's word counts; that the districts speak against it is a finding."""
    rows, *_ = cells("GCJ02", 200)
    (report,), found = locate(engine, entries("tax", rows), tax="CGCS2000")
    assert (report.used, report.basis, report.contradicted) == ("CGCS2000", "stated", True)
    assert report.evidence.datum == "GCJ02"
    assert found.column("lon")[0].as_py() == float(rows[0][0])


def test_a_stated_datum_without_evidence_is_no_contradiction(engine):
    """Silence of the districts is not disagreement."""
    (report,), found = locate(engine, entries("tax", [("120.0123456", "30.0123456", "")]), tax="gcj-02")
    assert (report.used, report.basis, report.contradicted, report.points) == ("GCJ02", "stated", False, 1)
    assert abs(found.column("lon")[0].as_py() - 120.0123456) > 0.001


def test_an_undeclared_datum_without_evidence_is_refused_with_instructions(engine):
    """Half a kilometre is not guessed: what was found, what to write, whom to ask, in both languages."""
    rows = [(lon, lat, "") for lon, lat, _ in cells("CGCS2000", 200)[0]]
    with pytest.raises(CrsError) as refused:
        locate(engine, entries("permit", rows))
    for text in (refused.value.en, refused.value.zh):
        for word in ("permit.csv", "200", "crs = CGCS2000", "GCJ02", "BD09"):
            assert word in text


def test_too_few_declared_codes_are_refused_too(engine):
    """Twenty rows are no evidence, though all agree."""
    with pytest.raises(CrsError, match="only 20 points"):
        locate(engine, entries("permit", cells("CGCS2000", 20)[0]))


def test_an_unknown_datum_is_refused_with_the_known_ones(engine):
    """A misspelt crs must not become a default."""
    with pytest.raises(CrsError, match="'mars'; expected CGCS2000"):
        locate(engine, entries("tax", cells("GCJ02", 50)[0]), tax="mars")


def test_a_list_without_coordinates_needs_no_datum(engine):
    """Nothing to shift, nothing to refuse; missing points are counted, not faults."""
    (report,), found = locate(engine, entries("tax", [("", "", ""), ("", "", "")]))
    assert (report.used, report.basis, report.points, report.codes) == ("", "none", 0, (("COORD_MISSING", 2),))
    assert found.column("lon").null_count == 2
    assert engine.get("value_faults_coordinates", order_by="row").num_rows == 0


def test_an_empty_list_is_located_as_well(engine):
    """A list whose rows were all rejected has no entries and no trouble."""
    engine.put("entries", ENTRIES.empty_table())
    spec = ListSpec("tax", "tax", "tax.csv", Path())
    (report,) = locate_entries(
        engine, lists=[spec], gazetteer=gazetteer(villages()), placement=load_pack("pollution-2", Path()).placement
    )
    assert report.points == 0


def test_every_bad_coordinate_is_a_value_fault_with_its_source_row(engine):
    """Set aside, repaired or not trusted: each with list, file, row, code and words."""
    bad = [
        ("0", "0", ""),
        ("40512345.6", "3345678.9", ""),
        ("30.0123456", "120.0123456", ""),
        ("120.01", "30.01", ""),
        ("x", "y", ""),
    ]
    locate(engine, entries("tax", bad), tax="WGS84")
    faults = engine.get("value_faults_coordinates", order_by="row")
    assert faults.schema.equals(VALUE_FAULTS)
    assert faults.column("row").to_pylist() == [2, 3, 4, 5, 6]
    assert faults.column("code").to_pylist() == [
        "COORD_ZERO",
        "COORD_PROJECTED",
        "COORD_SWAPPED",
        "COORD_TRUNCATED",
        "COORD_UNREADABLE",
    ]
    assert all(" / " in reason for reason in faults.column("reason").to_pylist())


def test_a_point_shared_by_many_addresses_is_a_default_point(engine):
    """Thirty addresses in one spot: a geocoder's town centre, known to some kilometres."""
    shared = [("120.0123456", "30.0123456", "")] * 30
    (report,), found = locate(engine, entries("tax", [*shared, ("120.0123457", "30.0123456", "")]), tax="WGS84")
    assert dict(report.codes) == {"COORD_DEFAULT": 30}
    assert found.column("precision_m").to_pylist() == [5000.0] * 30 + [5.0]


def test_a_market_hall_is_no_default_point(engine):
    """Three hundred firms at one address share one true point."""
    shared = [("120.0123456", "30.0123456", "")] * 300
    (report,), _ = locate(engine, entries("tax", shared, addresses=["某路1号"] * 300), tax="WGS84")
    assert report.codes == ()


def test_default_points_are_no_evidence(engine):
    """A default point in its declared village would vote for any datum."""
    rows = cells("GCJ02", 40)[0] + [("120.0075000", "30.0075000", villages().codes[0])] * 100
    (report,), _ = locate(engine, entries("tax", rows))
    assert report.evidence.usable <= 40
    assert report.used == "GCJ02"


def test_marking_counts_addresses_per_point_not_per_list():
    """Thirty different points of one address each are thirty places."""
    points = pa.table(
        {
            "lon": [120.0 + i / 1000 for i in range(30)],
            "lat": [30.0] * 30,
            "precision_m": [5.0] * 30,
            "code": [""] * 30,
        }
    )
    marked = mark_default_points(points, pa.chunked_array([[f"路{i}" for i in range(30)]]), 30)
    assert set(marked.column("code").to_pylist()) == {""}


def test_a_layer_elsewhere_brings_its_own_box(engine):
    """Districts outside the country: points there are in range."""
    districts = villages("EPSG:4326", offset=-200.0)
    (report,), found = locate(
        engine, entries("tax", [("-79.9876543", "30.0123456", "")]), districts=districts, tax="WGS84"
    )
    assert report.points == 1
    assert found.column("lon")[0].as_py() == -79.9876543


def test_a_layer_of_unknown_datum_is_refused(engine):
    """No relation to CGCS2000 is known: say so, don't assume that nothing moves."""
    with pytest.raises(CrsError, match="Xian 1980"):
        locate(engine, entries("tax", [("120.01", "30.01", "")]), districts=villages("EPSG:4610"), tax="WGS84")


def test_the_order_of_rows_and_lists_changes_nothing(engine):
    """Same rows, shuffled: same entries, same faults, same reports."""
    rows = cells("BD09", 100)[0] + [("0", "0", ""), ("", "", "")]
    tables = [entries("a", rows), entries("b", rows)]
    first = locate(engine, *tables), engine.get("value_faults_coordinates", order_by='"list", "row"')
    shuffled = [table.take(pa.array(np.random.default_rng(1).permutation(len(rows)))) for table in tables]
    second = locate(engine, *shuffled), engine.get("value_faults_coordinates", order_by='"list", "row"')
    assert first[0][0] == second[0][0]
    assert first[0][1].equals(second[0][1])
    assert first[1].equals(second[1])


@pytest.mark.parametrize("heading", ["经纬度", "地理坐标", "坐标"])
def test_a_column_of_both_numbers_is_a_column_of_coordinates(engine, heading):
    """Its heading is known, and longitude and latitude in one cell are read as from two."""
    aliases = load_pack("pollution-2", Path()).headers.aliases
    assert heading in aliases["lon"]
    assert heading not in aliases["lat"]
    (report,), found = locate(engine, entries("tax", [("120.012345,30.012345", "", "")]), tax="CGCS2000")
    assert report.points == 1
    assert (found.column("lon")[0].as_py(), found.column("lat")[0].as_py()) == (120.012345, 30.012345)


@pytest.mark.parametrize("stated", ["auto", "WGS84"])
@pytest.mark.parametrize("datum", ["GCJ02", "BD09"])
def test_a_layer_in_another_datum_is_refused_until_it_is_stated(engine, datum, stated):
    """Public layers are often GCJ-02 under the name of WGS 84; stated, the points go to the layer's datum."""
    rows, lon, lat = cells("CGCS2000", 400)
    moved = [shapely.transform(shape, FORWARD[datum], interleaved=False) for shape in villages().geometries]
    layer = Districts(villages().codes, villages().names, np.array(moved, object), CRS("EPSG:4326"), "public.geojson")
    with pytest.raises(CrsError, match=rf"layer itself seems to be in {datum}.*crs = \"{datum}\" in \[districts\]"):
        locate(engine, entries("tax", rows), districts=layer, tax=stated)
    (report,), found = locate(engine, entries("tax", rows), districts=layer, layer_crs=datum.lower(), tax=stated)
    assert (report.used, report.contradicted) == ("CGCS2000", False)
    east, north = FORWARD[datum](lon, lat)
    np.testing.assert_allclose(found.column("lon").to_numpy(), east, atol=1e-6)
    np.testing.assert_allclose(found.column("lat").to_numpy(), north, atol=1e-6)


@pytest.mark.parametrize("second", ["GCJ02", "BD09"])
def test_a_list_of_two_datums_is_refused_with_its_part(engine, second):
    """Pasted together: the run of rows is named; where the datum is stated it is a contradiction."""
    pasted = cells("CGCS2000", 210)[0] + cells(second, 90, seed=2)[0]
    with pytest.raises(CrsError, match=rf"two datums.*{second} only.*rows 2[01]\d to 301 of tax.csv"):
        locate(engine, entries("tax", pasted))
    (report,), _ = locate(engine, entries("tax", pasted), tax="CGCS2000")
    assert (report.contradicted, report.evidence.mixed) == (True, second)


@pytest.mark.parametrize("wrong", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_wrong_codes_are_not_a_second_datum(engine, seed, wrong):
    """A tenth or a third of the codes names another village: one datum all the same."""
    rows, *_ = cells("GCJ02", 600, seed=seed)
    noise = np.random.default_rng(seed)
    other = noise.choice(villages().codes, len(rows))
    rows = [(x, y, o if noise.random() < wrong else c) for (x, y, c), o in zip(rows, other.tolist(), strict=True)]
    (report,), _ = locate(engine, entries("tax", rows))
    assert (report.used, report.evidence.mixed) == ("GCJ02", "")


def test_a_part_without_any_declaration_is_asked_about(engine):
    """The evidence of 200 rows says nothing of the 60 pasted behind them."""
    rows = cells("CGCS2000", 200)[0] + [(x, y, "") for x, y, _ in cells("BD09", 60, seed=2)[0]]
    with pytest.raises(CrsError, match=r"come without a declared district.*put it into a file of its own"):
        locate(engine, entries("tax", rows))
    scattered = [(x, y, c if n % 4 else "") for n, (x, y, c) in enumerate(cells("CGCS2000", 260)[0])]
    (report,), _ = locate(engine, entries("tax", scattered))
    assert report.used == "CGCS2000"


def test_named_areas_are_evidence_and_come_out_as_codes(engine):
    """No list declares a code; the addresses name villages, which show the datum and stay with the entries."""
    rows, *_ = cells("BD09", 200)
    codes = villages().codes
    names = AreaNames(codes, [f"第{n}村" for n in range(len(codes))])
    addresses = [f"第{codes.index(code)}村新街{n}号" for n, (_, _, code) in enumerate(rows)]
    (report,), found = locate(
        engine, entries("tax", [(x, y, "") for x, y, _ in rows], addresses=addresses), area_names=names
    )
    assert report.used == "BD09"
    assert found.column("area_code").to_pylist() == [code for _, _, code in rows]


def test_a_layer_far_from_every_list_is_refused_with_the_likely_cause(engine):
    """Drawn in one zone and set to the next: three degrees off; or in another country altogether."""
    rows, *_ = cells("CGCS2000", 40)
    metric = [
        shapely.transform(shape, ZONE_38.transform, interleaved=False) for shape in villages(offset=-3.0).geometries
    ]
    layer = Districts(villages().codes, villages().names, np.array(metric, object), CRS("EPSG:4546"), "villages.shp")
    with pytest.raises(CrsError, match=r"none of the 40 points .* central meridian is probably 114 and not 111"):
        locate(engine, entries("tax", rows), districts=layer)
    abroad = Districts(
        villages().codes, villages().names, shapely.transform(villages().geometries, lambda xy: xy - (180.0, 50.0)),
        CRS("EPSG:4326"), "brazil.gpkg",
    )  # fmt: skip
    with pytest.raises(CrsError, match=r"do not belong together"):
        locate(engine, entries("tax", rows), districts=abroad)
