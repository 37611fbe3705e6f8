"""Bad input is refused with a clear message and exit code, and changes nothing that was there."""

import geopandas
import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import minglu


def replace(path, old, new):
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")


def empty(county):
    (county / "permit.csv").write_bytes(b"")


def truncated_workbook(county):
    (county / "tax.xlsx").write_bytes((county / "tax.xlsx").read_bytes()[:50_000])


def wrong_encoding(county):
    replace(county / "census.toml", 'path = "business.csv"', 'path = "business.csv"\nencoding = "utf-8"')


def no_such_column(county):
    replace(county / "census.toml", 'path = "permit.csv"', 'path = "permit.csv"\ncolumns = { name = "没有的列" }')


def missing_list(county):
    (county / "tax.xlsx").unlink()


def wrong_digest(county):
    replace(county / "census.toml", 'path = "tax.xlsx"', f'path = "tax.xlsx"\nsha256 = "{"0" * 64}"')


def wrong_row_count(county):
    replace(county / "census.toml", 'path = "permit.csv"', 'path = "permit.csv"\nrows = 7')


def parent_in_another_crs(county):
    layer = geopandas.read_file(county / "county.gpkg").to_crs(3857)
    (county / "county.gpkg").unlink()
    layer.to_file(county / "county.gpkg")


def text_posing_as_layer(county):
    (county / "districts.gpkg").write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')


def no_such_code_column(county):
    replace(county / "census.toml", 'code = "code"', 'code = "kode"')


def unknown_key(county):
    replace(county / "census.toml", "reference_date", "referense_date")


def unknown_kind(county):
    replace(county / "census.toml", 'kind = "tax"', 'kind = "taxes"')


def no_census_file(county):
    (county / "census.toml").unlink()


UNUSABLE = [
    empty,
    truncated_workbook,
    wrong_encoding,
    no_such_column,
    missing_list,
    wrong_digest,
    wrong_row_count,
    parent_in_another_crs,
    text_posing_as_layer,
    no_such_code_column,
]
UNCLEAR = [unknown_key, unknown_kind, no_census_file]


CASES = [(damage, 3) for damage in UNUSABLE] + [(damage, 2) for damage in UNCLEAR]


@pytest.mark.parametrize(("damage", "code", "language"), [(*c, ("zh", "en")[i % 2]) for i, c in enumerate(CASES)])
def test_bad_input_changes_nothing(county, damage, code, language):
    out = county / "out"
    out.mkdir()
    (out / "manifest.json").write_text('{"schema": "minglu/manifest/1"}')
    damage(county)
    finished = minglu("build", county / "census.toml", "--out", out, "--quiet", "--lang", language)
    assert finished.code == code, finished.err
    assert finished.out == ""
    assert len(finished.err.strip()) > 20
    assert "Traceback" not in finished.err
    assert [path.name for path in out.iterdir()] == ["manifest.json"]
    assert not [
        path.name for path in county.iterdir() if path.name.startswith(".out") and not path.name.endswith(".lock")
    ]


@pytest.mark.parametrize("place", ["districts", "within"])
def test_a_layer_that_is_not_there_is_said_by_check(county, place):
    """Whichever of both layers it is."""
    layers = {"districts": county / "districts.gpkg", "within": county / "county.gpkg"}
    layers[place] = county / "没有.gpkg"
    finished = minglu("check", layers["districts"], "--within", layers["within"])
    assert finished.code == 3, finished.err
    assert "没有.gpkg: can't be read" in finished.err


def test_a_list_with_a_header_only_is_said_and_counted(county):
    header = (county / "permit.csv").read_text("utf-8-sig").splitlines()[0]
    (county / "permit.csv").write_text(header + "\n", encoding="utf-8")
    finished = minglu("build", county / "census.toml", "--out", county / "out", "--quiet")
    assert finished.code == 0, finished.err


def test_a_point_that_is_no_number_sets_the_value_aside_and_keeps_the_row(county):
    lines = (county / "permit.csv").read_text("utf-8-sig").splitlines()
    heading = lines[0].split(",")
    cells = dict.fromkeys(heading, "")
    name = next(column for column in heading if "名称" in column)
    cells |= {name: "青禾县无点五金厂", **{c: "NaN" for c in heading if "经度" in c or "纬度" in c}}
    lines.append(",".join(cells.values()))
    (county / "permit.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    finished = minglu("build", county / "census.toml", "--out", county / "out", "--quiet")
    assert finished.code == 0, finished.err
    ledger = pq.read_table(county / "out" / "tables" / "ledger.parquet").to_pylist()
    assert (
        next(row for row in ledger if row["file"] == "permit.csv" and row["row"] == len(lines))["outcome"] != "rejected"
    )


def test_a_duplicate_district_code_is_a_finding(county):
    layer = geopandas.read_file(county / "districts.gpkg")
    layer.loc[1, "code"] = layer.loc[0, "code"]
    (county / "districts.gpkg").unlink()
    layer.to_file(county / "districts.gpkg")
    finished = minglu("check", county / "districts.gpkg", "--within", county / "county.gpkg")
    assert finished.code == 1
    assert layer.loc[0, "code"] in finished.out


def test_a_folder_of_somebody_else_is_not_replaced(county):
    finished = minglu("build", county / "census.toml", "--out", county)
    assert finished.code == 2
    assert (county / "business.csv").exists()
