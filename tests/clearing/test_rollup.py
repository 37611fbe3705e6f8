"""Roll-up: only audited registers, exact sums, claims across counties, borders between them."""

import json
import shutil
from dataclasses import asdict

import docx
import openpyxl
import pyarrow.parquet as pq
import pytest

from minglu.errors import SourceError, UsageError
from minglu.register.coverage.assemble_coverage import exit_code
from minglu.register.rules import load_pack
from minglu.register.storage.integrity import require_all_unchanged
from minglu.register.verification.archive.seal import SealOptions, check, seal
from minglu.register.verification.rollup.roll_up_counties import AuditError, RollupOptions, rollup
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, LIST_BOOK
from tests.clearing.halves import sites_of, write_half
from tests.clearing.people import people_speak
from tests.trust import county as small
from tests.trust.attacker import Attacker, most_in_districts
from tests.trust.test_disclosure import read_report

OFFICE = SealOptions("示例市普查办", "2028-02-01")
CITY = RollupOptions("示例市清查", small.SAMPLE / "county.gpkg", force=True)


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """Both halves sealed; one site of the west is on the lists of the east as well."""
    folder = tmp_path_factory.mktemp("halves")
    guest = sites_of(west=True)[3]
    bags = []
    for name, west, guests in (("west", True, ()), ("east", False, (guest,))):
        census = write_half(folder / name, west=west, guests=guests)
        people_speak(census, decided=1 + west)
        bags.append(folder / f"{name}-sealed")
        seal(small.run(census), census, bags[-1], OFFICE)
    return bags


def accepted(bag, to, verdict="accept", **more):
    """Write what a spot check of the register in `bag` would leave."""
    rules = {"pack": "pollution-2", "sha256": "", **asdict(load_pack("pollution-2", None).spotcheck), **more}
    design = {"register_head": seal_of(bag), "seed": "3 17", "sealed": True, "rules": rules}
    told = {"schema": "minglu/spotcheck-score/1", "design": design, "verdict": verdict, "books": [LIST_BOOK, AREA_BOOK]}
    to.write_text(json.dumps(told), "utf-8")
    return to


def seal_of(bag):
    from minglu.register.storage.archive_verifier import RUN, register_head

    return register_head(bag / RUN)


@pytest.fixture(scope="module")
def city(halves, tmp_path_factory):
    """Both halves rolled up by force, and the coverage account."""
    out = tmp_path_factory.mktemp("city") / "out"
    return out, rollup(halves, out, CITY)


@pytest.mark.slow
def test_both_levels_together_tell_no_small_count(halves, city):
    """A reader who has the reports of both counties and that of the level above, attacked as one system."""
    reports = [read_report(place) for place in (*(bag / "data" / "run" for bag in halves), city[0])]
    attacker = Attacker(reports)
    assert attacker.small
    truths = [most_in_districts(report.truth) for report in reports[:2]]
    smallest = {column: min(truth[column] for truth in truths) for column in truths[0]}
    assert list(attacker.told(smallest)) == []


def test_sums_are_exact(halves, city):
    """Rows, outcomes and every table are the counties' together; nothing is merged and nothing lost."""
    out, coverage = city
    parts = [json.loads((bag / "data/run/coverage.json").read_text("utf-8")) for bag in halves]
    assert coverage["accounting"]["rows"] == sum(part["accounting"]["rows"] for part in parts)
    for outcome, count in coverage["accounting"]["outcomes"].items():
        assert count == sum(part["accounting"]["outcomes"][outcome] for part in parts)
    for name in ("units", "members", "ledger", "placements", "legal_units", "rejects"):
        rows = pq.read_metadata(out / "tables" / f"{name}.parquet").num_rows
        assert rows == sum(pq.read_metadata(bag / f"data/run/tables/{name}.parquet").num_rows for bag in halves)
    require_all_unchanged(out)


def test_ids_tell_their_county(city):
    """Equal rows in two counties have equal ids there; here they must differ."""
    units = pq.read_table(city[0] / "tables" / "units.parquet").column("unit_id").to_pylist()
    assert len(set(units)) == len(units)
    assert {unit.partition(".")[0] for unit in units} == {"1", "2"}
    files = pq.read_table(city[0] / "tables" / "ledger.parquet").column("file").to_pylist()
    assert {file.partition("/")[0] for file in files} == {"1", "2"}


def test_halves_fill_the_county_again(city):
    """The border between the halves cancels, and the whole fills the parent."""
    assert city[1]["territory"]["verdict"] == "proven"
    assert city[1]["territory"]["edge"] == "proven"


def test_unit_on_both_counties_lists_is_a_claim(city):
    """The guest is found by its evidence, named with both ids, and stays in both until it is settled."""
    claims = pq.read_table(city[0] / "tables" / "claims.parquet").to_pylist()
    assert len(claims) >= 1
    assert all(claim["left"][0] == "1" and claim["right"][0] == "2" for claim in claims)
    assert any(claim["verdict"] == "link" or claim["same_code"] for claim in claims)
    assert city[1]["rollup"]["claims"] == len(claims)
    assert [f["count"] for f in city[1]["findings"] if f["code"] == "CLAIMED_TWICE"] == [len(claims)]


def test_registers_that_fail_their_audit_are_refused(halves, tmp_path):
    """No spot check, one that was not accepted, a hand in the archive: each is told, nothing is written."""
    with pytest.raises(AuditError) as refused:
        rollup(halves, tmp_path / "out", RollupOptions("市"))
    assert refused.value.exit_code == 1
    assert str(refused.value).count("no spot check") == 2
    scores = (accepted(halves[0], tmp_path / "a.json"), accepted(halves[1], tmp_path / "b.json", "recheck"))
    with pytest.raises(AuditError, match=r"not accepted \(recheck\)") as refused:
        rollup(halves, tmp_path / "out", RollupOptions("市", scores=scores))
    assert "1 of 2 registers" in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_audited_registers_need_no_force(halves, tmp_path):
    """With accepted spot checks the roll-up stands by itself, and does not call itself forced."""
    scores = tuple(accepted(bag, tmp_path / f"{n}.json") for n, bag in enumerate(halves))
    coverage = rollup(halves, tmp_path / "out", RollupOptions("市", small.SAMPLE / "county.gpkg", scores))
    assert not coverage["rollup"]["forced"]
    assert [county["failures"] for county in coverage["rollup"]["counties"]] == [[], []]


def test_forced_registers_say_so(city):
    """The report names what failed; the page bears it on every printed page."""
    out, coverage = city
    assert coverage["rollup"]["forced"]
    assert exit_code(coverage, strict=False) == 1
    page = (out / "report.html").read_text("utf-8")
    assert 'class="forced"' in page
    assert "审核未通过" in page
    assert '@page { @top-center { content: "强制汇总' in page
    document = docx.Document(out / "report.docx")
    assert all("强制汇总" in section.header.paragraphs[0].text for section in document.sections)
    for sheet in openpyxl.load_workbook(out / "register.xlsx"):
        assert "强制汇总" in sheet.oddHeader.center.text
    assert "no spot check" in json.dumps(coverage["rollup"]["counties"])


def test_what_people_did_in_the_counties_is_shown_and_adds_up(halves, city, tmp_path):
    """Decisions and facts, county by county with the heads of their chains, and together; a province adds up the same."""
    out, coverage = city
    parts = [json.loads((bag / "data/run/coverage.json").read_text("utf-8")) for bag in halves]
    told = coverage["rollup"]
    assert [county["decisions"] for county in told["counties"]] == [part["linkage"]["decisions"] for part in parts]
    assert [county["field"] for county in told["counties"]] == [part["field"] for part in parts]
    assert told["decisions"]["lines"] == told["decisions"]["different"] == 3
    assert (told["field"]["closed"], told["field"]["lost"]) == (2, 2)
    page = (out / "report.html").read_text("utf-8")
    assert all(county["decisions"]["head"] in page and county["field"]["head"] in page for county in told["counties"])
    book = openpyxl.load_workbook(out / "register.xlsx")["汇总的名录"]
    heads = [cell.value for cell in book[1]]
    column = heads.index("判定：不同单位")
    assert [row[column].value for row in book.iter_rows(min_row=2)] == [2, 1, 3]
    seal(out, None, tmp_path / "city", OFFICE)
    (above,) = rollup([tmp_path / "city"], tmp_path / "province", CITY)["rollup"]["counties"]
    assert {name: above["decisions"][name] for name in told["decisions"]} == told["decisions"]
    assert {name: above["field"][name] for name in told["field"]} == told["field"]


def test_a_spot_check_by_laxer_rules_is_none(halves, tmp_path):
    """A limit that lets more pass, or a smaller sample than this level asks for, does not count as checked."""
    lax = accepted(halves[0], tmp_path / "a.json", limit_wrong=0.2, units_per_class=3)
    scores = (lax, accepted(halves[1], tmp_path / "b.json", limit_wrong=0.01, units_per_class=90))
    with pytest.raises(AuditError, match=r"less than the rules \(units_per_class, limit_wrong\)") as refused:
        rollup(halves, tmp_path / "out", RollupOptions("市", scores=scores))
    assert "1 of 2 registers" in str(refused.value)


def test_same_registers_in_any_order_give_the_same_bytes(halves, city, tmp_path):
    """Keys come from the archives where their codes differ; here by their order, so the order is given."""
    rollup(halves, tmp_path / "out", CITY)
    assert small.digests(tmp_path / "out") == small.digests(city[0])


def test_foreign_scores_and_folders_are_refused(halves, tmp_path):
    """A score of another register, a register given twice, a run that was not sealed."""
    other = tmp_path / "score.json"
    other.write_text('{"schema": "minglu/spotcheck-score/1", "design": {"register_head": "0"}}', "utf-8")
    with pytest.raises(SourceError, match="no score"):
        rollup(halves, tmp_path / "out", RollupOptions("市", scores=(other,)))
    with pytest.raises(SourceError, match="twice"):
        rollup([halves[0], halves[0]], tmp_path / "out", RollupOptions("市"))
    with pytest.raises(SourceError, match="no archive"):
        rollup([halves[0] / "data" / "run"], tmp_path / "out", RollupOptions("市"))


def test_roll_ups_are_sealed_and_rolled_up_again(city, tmp_path):
    """A city's register goes up to the province like a county's; without a census file only a roll-up is sealed."""
    seal(city[0], None, tmp_path / "city", OFFICE)
    assert not check(tmp_path / "city").findings
    coverage = rollup([tmp_path / "city"], tmp_path / "province", CITY)
    assert coverage["accounting"]["outcomes"] == city[1]["accounting"]["outcomes"]
    small_run = small.run(small.make_county(tmp_path / "county"))
    with pytest.raises(UsageError, match="--census"):
        seal(small_run, None, tmp_path / "no", OFFICE)


def test_a_register_of_another_version_is_refused_also_by_force(halves, tmp_path):
    """What its account lacks is named, exit code 3; it can't be added up, so `--force` does not take it either."""
    bag = tmp_path / "old"
    shutil.copytree(halves[0], bag)
    path = bag / "data/run/coverage.json"
    told = json.loads(path.read_text("utf-8"))
    del told["field"]
    path.write_text(json.dumps(told), "utf-8")
    for force in (False, True):
        with pytest.raises(SourceError, match="made by another version of minglu; it lacks field"):
            rollup([bag, halves[1]], tmp_path / "out", RollupOptions("市", force=force))
    assert not (tmp_path / "out").exists()
