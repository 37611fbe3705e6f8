"""What a newcomer sees: the sample county becomes a register, a map and a verdict."""

import csv
import json
import sqlite3
import zipfile

import pyarrow.parquet as pq
import pytest

from bench.support.scoring import score_placement, score_register, score_scope
from minglu.commands.terminal.console import ConsoleProgress
from minglu.register.build import build
from minglu.register.engine import duckdb_engine
from minglu.register.storage.run_folder import digest
from tests.e2e.conftest import SAMPLE, minglu

FILES = {
    "coverage.json",
    "manifest.json",
    "register.gpkg",
    "register.xlsx",
    "report.docx",
    "report.html",
    "review.xlsx",
    "run.json",
    "tables",
}
CONTRACT_TABLES = {
    "members",
    "units",
    "legal_units",
    "placements",
    "faults",
    "ledger",
    "rejects",
    "scored_pairs",
}


def test_the_run_folder_is_complete(demo):
    out, finished = demo
    assert {path.name for path in out.iterdir()} == FILES
    assert {path.stem for path in (out / "tables").iterdir()} >= CONTRACT_TABLES
    assert "Accounted: proven" in finished.out
    assert "Tiled: proven" in finished.out


def test_the_talk_goes_to_stderr_and_the_result_to_stdout(demo):
    _, finished = demo
    assert "match" in finished.err
    assert "report.html" in finished.out
    assert "report.html" not in finished.err


def test_the_manifest_vouches_for_every_file(demo):
    out, _ = demo
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    listed = {item["path"]: item["sha256"] for item in manifest["outputs"]}
    on_disk = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert set(listed) == on_disk - {"manifest.json", "run.json"}
    assert all(digest(out / path) == sha256 for path, sha256 in listed.items())


def test_every_source_row_is_accounted_for_once(demo):
    out, _ = demo
    ledger = pq.read_table(out / "tables" / "ledger.parquet")
    truth = pq.read_table(SAMPLE / "truth.parquet")
    place = ["list", "file", "sheet", "row"]
    rejected = {
        tuple(row.values()) for row in pq.read_table(out / "tables" / "rejects.parquet").select(place).to_pylist()
    }
    rows = [tuple(row.values()) for row in ledger.select(place).to_pylist()]
    assert len(rows) == len(set(rows))
    assert set(rows) - rejected <= {tuple(row.values()) for row in truth.select(place).to_pylist()} <= set(rows)


def test_accuracy_on_the_sample_keeps_its_floors(demo):
    out, _ = demo
    scores = score_register(out, SAMPLE / "truth.parquet")
    assert scores["site"].precision > 0.998
    assert scores["site"].recall > 0.97
    assert scores["legal unit"].precision > 0.995
    assert scores["legal unit"].recall > 0.95
    assert scores["site"].largest_found <= scores["site"].largest_true * 2


def test_nearly_every_unit_lands_in_its_true_district(demo):
    out, _ = demo
    placed = score_placement(out, SAMPLE / "truth.parquet")
    units, right = placed["inside"]
    assert right / units > 0.9


def test_screening_hardly_ever_hides_a_polluter(demo):
    out, _ = demo
    rows = score_scope(out, SAMPLE / "truth.parquet")
    in_scope = sum(n for (truly, _), n in rows.items() if truly)
    hidden = sum(n for (truly, outcome), n in rows.items() if truly and outcome != "unit")
    assert hidden / in_scope < 0.01


def _personal_values(out):
    """Return phones and persons of the business list; a household that bears its owner's name publishes that itself."""
    with (SAMPLE / "business.csv").open(encoding="gb18030") as file:
        rows = list(csv.DictReader(file))
    entries = pq.read_table(out / "tables" / "entries.parquet").to_pylist()
    names = "\n".join(f"{entry['raw_name']}\n{entry['raw_former_name']}\n{entry['name']}" for entry in entries)
    values = {value for row in rows for value in (row["联系电话"], row["法定代表人"]) if len(value) > 2}
    return {value.encode() for value in values if value not in names}


def _everything_written(out):
    """Yield every byte of a run folder, containers opened."""
    for path in sorted(out.rglob("*")):
        if path.suffix in {".xlsx", ".docx"}:
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{path.name}:{name}", archive.read(name)) for name in archive.namelist())
        elif path.suffix == ".parquet":
            yield (
                path.name,
                json.dumps(pq.read_table(path).drop_columns(_binary(path)).to_pylist(), ensure_ascii=False).encode(),
            )
        elif path.suffix == ".gpkg":
            with sqlite3.connect(path) as database:
                yield path.name, "\n".join(str(row) for row in database.execute("SELECT * FROM units")).encode()
        elif path.is_file():
            yield path.name, path.read_bytes()


def _binary(path):
    return [field.name for field in pq.read_schema(path) if str(field.type) == "binary"]


def test_no_phone_and_no_person_is_written_anywhere(demo):
    out, finished = demo
    people = _personal_values(out)
    assert len(people) > 500
    for name, content in [
        *_everything_written(out),
        ("stdout", finished.out.encode()),
        ("stderr", finished.err.encode()),
    ]:
        found = [value for value in people if value in content]
        assert not found, f"{len(found)} personal values in {name}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_explain_gives_reasons_for_a_merged_unit(demo, language):
    out, _ = demo
    units = pq.read_table(out / "tables" / "units.parquet").to_pylist()
    unit = next(unit for unit in units if unit["entries"] == 3)
    finished = minglu("explain", out, unit["unit_id"], "--lang", language)
    assert finished.code == 0
    assert unit["name"] in finished.out
    assert {"zh": "归为一个单位的依据", "en": "why they are one unit"}[language] in finished.out
    facts = json.loads(minglu("explain", out, unit["unit_id"], "--json").out)
    assert len(facts["reasons"]) == 2
    assert facts["placement"]["unit_id"] == unit["unit_id"]


def test_explain_tells_two_units_apart(demo):
    out, _ = demo
    units = pq.read_table(out / "tables" / "units.parquet").to_pylist()
    finished = minglu("explain", out, units[0]["unit_id"], units[-1]["unit_id"])
    assert "different units" in finished.out or "two sites" in finished.out


def test_explain_refuses_an_unknown_id(demo):
    finished = minglu("explain", demo[0], "U00")
    assert finished.code == 2
    assert "expected" in finished.err.lower()


def test_reports_are_rendered_again_to_the_same_bytes(demo, tmp_path):
    out, _ = demo
    before = json.loads((out / "manifest.json").read_text("utf-8"))["outputs"]
    assert minglu("report", out).code == 0
    assert json.loads((out / "manifest.json").read_text("utf-8"))["outputs"] == before
    assert all(digest(out / item["path"]) == item["sha256"] for item in before)


def test_the_faulty_layer_is_found_out(tmp_path):
    finished = minglu("build", SAMPLE / "census-faulty.toml", "--out", tmp_path / "out", "--json", "--quiet")
    assert finished.code == 1
    coverage = json.loads(finished.out)
    assert coverage["verdict"]["tiled"]["status"] == "not proven"
    assert finished.err == ""


def test_strict_turns_warnings_into_exit_code_1(tmp_path):
    assert minglu("build", SAMPLE / "census.toml", "--out", tmp_path / "out", "--strict").code == 1


def test_check_proves_the_tiling_without_any_list(tmp_path):
    sound = minglu("check", SAMPLE / "districts.gpkg", "--within", SAMPLE / "county.gpkg")
    assert sound.code == 0
    faulty = minglu("check", SAMPLE / "districts-faulty.gpkg", "--within", SAMPLE / "county.gpkg", "--out", tmp_path)
    assert faulty.code == 1
    assert {path.name for path in tmp_path.iterdir()} == {"faults.gpkg", "faults.geojson"}


def test_a_suggested_repair_is_a_copy_with_fewer_faults(tmp_path):
    layer = SAMPLE / "districts-faulty.gpkg"
    before = digest(layer)
    first = minglu("check", layer, "--within", SAMPLE / "county.gpkg", "--suggest", tmp_path, "--json")
    assert first.code == 1
    assert "suggested repair" in first.err
    again = minglu("check", tmp_path / "districts-suggested.gpkg", "--within", SAMPLE / "county.gpkg", "--json")
    kinds = [{fault["severity"] for fault in json.loads(run.out)["fault_list"]} for run in (first, again)]
    assert kinds == [{"serious", "sliver"}, {"serious"}]
    assert digest(layer) == before


@pytest.mark.parametrize("name", ["business.csv", "tax.xlsx", "permit.csv"])
def test_inspect_shows_how_a_list_is_read(name):
    finished = minglu("inspect", SAMPLE / name, "--lang", "zh")
    assert finished.code == 0
    assert "名称" in finished.out
    facts = json.loads(minglu("inspect", SAMPLE / name, "--json").out)
    assert facts


def test_init_writes_a_census_file_that_builds(county):
    for name in ("census.toml", "census-faulty.toml", "districts-faulty.gpkg", "truth.parquet", "truth_sites.parquet"):
        (county / name).unlink()
    assert minglu("init", county).code == 0
    text = (county / "census.toml").read_text("utf-8").replace('crs = "auto"', 'crs = "BD09"', 1)
    (county / "census.toml").write_text(text, encoding="utf-8")
    finished = minglu("build", county / "census.toml", "--out", county / "out")
    assert finished.code == 0, finished.err
    assert minglu("init", county).code == 2


def test_small_batches_on_several_processes_give_the_same_bytes(demo, tmp_path, monkeypatch):
    """What only large lists meet, batches that travel to workers, on the sample: nothing may depend on a batch."""
    monkeypatch.setattr(duckdb_engine, "BATCH_ROWS", 700)
    build(SAMPLE / "census.toml", tmp_path / "out", progress=ConsoleProgress("en", quiet=True), threads=2)
    expected = json.loads((demo[0] / "manifest.json").read_text("utf-8"))["outputs"]
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["outputs"] == expected
