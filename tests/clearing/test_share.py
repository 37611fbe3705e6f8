"""A shared extract holds what its recipient's profile allows, masked, and nothing else."""

import csv
import json

import geopandas
import pytest

from minglu.errors import ExistsError, RuleError, UsageError
from minglu.register.storage.run_store import read_table
from minglu.register.verification.share.share_extract import CSV, PARQUET, SCHEMA_FILE, share
from minglu.register.verification.share.share_rules import SHARED, load_profile


def kept_of(county):
    rows = read_table(county / "out", "units").to_pylist()
    return {row["unit_id"]: row for row in rows if row["outcome"] == "unit"}


def lines_of(folder):
    text = (folder / CSV).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines()))


def test_member_offices_get_kept_units_and_the_columns_of_their_profile(county, tmp_path):
    made = share(county / "out", tmp_path / "a", recipient="县农业农村局", profile="member")
    kept, lines = kept_of(county), lines_of(tmp_path / "a")
    assert {line["unit_id"] for line in lines} == set(kept)
    assert tuple(lines[0]) == made.columns == tuple(load_profile("member").columns)
    assert all(line["name"] == kept[line["unit_id"]]["name"] for line in lines)
    about = json.loads((tmp_path / "a" / SCHEMA_FILE).read_text("utf-8"))
    assert (about["recipient"], about["resources"][0]["rows"]) == ("县农业农村局", len(kept))
    fields = about["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(made.columns)
    assert all(field["description"] for field in fields)
    frame = geopandas.read_parquet(tmp_path / "a" / PARQUET)
    assert (len(frame), frame.crs.is_geographic) == (len(kept), True)
    assert [str(name) for name in frame.columns if name != "geometry"] == list(made.columns)


def test_research_gets_no_name_no_code_and_no_exact_place(county, tmp_path):
    share(county / "out", tmp_path / "b", recipient="某大学", profile="research")
    kept = kept_of(county)
    text = (tmp_path / "b" / CSV).read_text("utf-8-sig") + (tmp_path / "b" / PARQUET).read_bytes().decode("latin-1")
    for row in kept.values():
        assert row["unit_id"] not in text
        assert not row["uscc"] or row["uscc"] not in text
    for line in lines_of(tmp_path / "b"):
        assert len(line["industry_code"].removesuffix("***")) <= 2
        assert len(line["district_code"].removesuffix("***")) <= 9
        assert all(len(line[axis].partition(".")[2]) <= 2 for axis in ("lon", "lat"))


def test_the_same_run_and_recipient_give_the_same_bytes_and_nothing_is_replaced(county, tmp_path):
    one, two = (share(county / "out", tmp_path / name, recipient="甲局", profile="member") for name in "ab")
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]
    with pytest.raises(ExistsError):
        share(county / "out", tmp_path / "a", recipient="甲局", profile="member")


def test_an_office_lays_its_own_profile_over_ours_and_mistakes_in_it_are_refused(county, tmp_path):
    own = tmp_path / "own.toml"
    head = '[profiles.tax]\nzh = "税务"\nen = "tax"\nterms_zh = "仅供核对"\nterms_en = "to compare"\nlicence = "x"\nsource = "G"\nsince = "2027"\n'
    own.write_text(f'{head}[profiles.tax.columns]\nuscc = {{ mask = "first", digits = 6 }}\n', "utf-8")
    share(county / "out", tmp_path / "t", recipient="税务局", profile="tax", own=own)
    assert {line["uscc"][6:] for line in lines_of(tmp_path / "t")} <= {"***", ""}
    for wrong in ('contact = { mask = "keep" }', 'uscc = { mask = "round" }', 'lon = { mask = "hash" }'):
        own.write_text(f"{head}[profiles.tax.columns]\n{wrong}\n", "utf-8")
        with pytest.raises(RuleError):
            load_profile("tax", own)
    with pytest.raises(UsageError, match="--profile"):
        load_profile("nobody")
    with pytest.raises(UsageError, match="--recipient"):
        share(county / "out", tmp_path / "n", recipient=" ", profile="member")


def test_no_column_that_reaches_a_person_can_be_shared():
    assert not {"phone", "contact", "legal_person", "extra", "measures"} & set(SHARED)
