"""The desk as a person meets it: found, opened, drawn; without complaint, without asking anybody else."""

import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from minglu.errors import LockedError, SourceError, UsageError
from minglu.register.desk.opened_run import DeskOptions, open_run
from tests.register.desk.conftest import ROOT, Watched, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(county):
    with serving(county[1]) as server:
        yield server.address


@pytest.fixture(scope="module")
def unit(county):
    rows = pq.read_table(county[1] / "tables" / "units.parquet").to_pylist()
    return next(row for row in rows if row["entries"] > 2 and row["uscc"] and row["location_entry"])


@pytest.fixture
def desk(chromium, address):
    watched = Watched(chromium, address)
    yield watched
    watched.close()


@pytest.mark.parametrize("way", ["name", "uscc", "site_address", "unit_id", "damaged"])
def test_a_unit_is_found_by_typing_and_opened_by_keyboard(desk, unit, way):
    text = unit["uscc"][:-2] + "0" + unit["uscc"][-1] if way == "damaged" else unit[way]
    page = desk.open("/")
    page.keyboard.type(text)
    page.wait_for_selector(f"#answers a[href='/unit/{unit['unit_id']}']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/unit/*")
    assert page.locator("h1").inner_text()


def test_a_unit_shows_its_rows_reasons_and_map(desk, unit):
    page = desk.open(f"/unit/{unit['unit_id']}")
    assert page.locator("h1").inner_text() == unit["name"]
    assert page.locator("section.pair").count() >= unit["entries"] - 1
    assert page.locator(".map path").count() > 1
    page.locator("details summary").first.click()
    assert page.locator("details[open] dd").count() > 2


def test_a_district_numbers_its_units_on_the_map(desk, county):
    rows = pq.read_table(county[1] / "tables" / "coverage.parquet").to_pylist()
    district = max((row for row in rows if row["level"] == "district"), key=lambda row: row["units"])
    page = desk.open(f"/district/{district['code']}")
    assert page.locator(".number-pin").count() > 1
    assert str(district["units"]) in page.locator(".tiles").inner_text()


PAGES = ("/", "/?q=青禾", "/unit/{unit}", "/district/{district}", "/what-if?limit=0.9")


@pytest.fixture(scope="module")
def pages(county, unit):
    placed = pq.read_table(county[1] / "tables" / "placements.parquet").to_pylist()
    district = next(row["district_code"] for row in placed if row["unit_id"] == unit["unit_id"])
    return [path.format(unit=unit["unit_id"], district=district) for path in PAGES]


@pytest.mark.parametrize(("width", "language"), [(390, "zh"), (390, "en"), (1280, "zh"), (3840, "en")])
def test_no_page_is_wider_than_its_window(chromium, address, pages, width, language):
    desk = Watched(chromium, address, width=width, language=language)
    for path in pages:
        desk.page.goto(desk.base + path)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium, address, pages, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    desk = Watched(chromium, address, scheme=scheme)
    for path in pages:
        desk.page.goto(desk.base + path)
        desk.page.wait_for_load_state("networkidle")
        found = axe.run(desk.page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
        assert serious == [], path


def test_other_limits_are_worked_out_without_changing_anything(desk, county):
    before = sorted((path.name, path.stat().st_mtime_ns) for path in (county[1] / "tables").iterdir())
    page = desk.open("/what-if")
    page.fill("[name=limit]", "97%")
    page.keyboard.press("Enter")
    page.wait_for_url("**/what-if?**")
    assert "0.9700" in page.locator("tr.now").inner_text()
    assert sorted((path.name, path.stat().st_mtime_ns) for path in (county[1] / "tables").iterdir()) == before


@pytest.mark.parametrize("kind", ["gpx", "kml"])
def test_a_field_pack_names_every_placed_unit(desk, pages, kind):
    import xml.etree.ElementTree as ET

    district = pages[3].rpartition("/")[2]
    page = desk.open(f"/district/{district}")
    text = page.evaluate(f"fetch('/pack/{district}.{kind}').then(answer => answer.text())")
    names = [node.text for node in ET.fromstring(text).iter() if node.tag.endswith("}name")]
    assert len(names) >= page.locator(".number-pin").count()


def test_a_field_page_works_without_the_desk(chromium, desk, pages, tmp_path):
    """Ticks and notes survive a reload of the saved file; nothing is fetched."""
    district = pages[3].rpartition("/")[2]
    text = desk.open("/").evaluate(f"fetch('/pack/{district}.html').then(answer => answer.text())")
    (tmp_path / "pack.html").write_text(text, "utf-8")
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("console", lambda told: complaints.append(told.text))
    for _ in range(2):
        page.goto((tmp_path / "pack.html").as_uri())
    page.check("li input >> nth=0")
    page.fill("textarea >> nth=0", "已到现场")
    page.reload()
    assert page.input_value("textarea >> nth=0") == "已到现场"
    assert page.locator(".map path").count() > 0
    assert {url.split(":")[0] for url in asked} == {"file"}
    assert complaints == []
    context.close()


def test_a_second_desk_on_the_same_run_is_refused(address, county):
    with pytest.raises(LockedError, match="another desk"), open_run(county[1], DeskOptions()):
        pass


def test_a_changed_table_is_not_shown(county, tmp_path):
    """The desk reads only what the manifest vouches for."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(county[1], copy)
    with (copy / "tables" / "units.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(SourceError, match="vouches"), open_run(copy, DeskOptions()):
        pass


def test_a_sealed_archive_is_read_only_even_for_a_named_person(county):
    """It opens and is found in, takes no answer, and still has every file as it was sealed."""
    census, out = county
    bag = out.with_name(f"{out.name}-sealed")
    command = [sys.executable, "-X", "utf8", "-m", "minglu", "archive", "seal", out, "--census", census, "--by", "某局"]
    subprocess.run(list(map(str, command)), check=True, cwd=ROOT.parent, timeout=300, capture_output=True)
    before = {path: path.read_bytes() for path in bag.rglob("*") if path.is_file()}
    with open_run(bag, DeskOptions(("张三",), census)) as opened:
        assert (opened.sealed, opened.may_judge) == (True, False)
        assert opened.index.find("青禾").units
    assert {path: path.read_bytes() for path in bag.rglob("*") if path.is_file()} == before


def test_who_answers_must_say_where_answers_go(county):
    with pytest.raises(UsageError, match="--census"), open_run(county[1], DeskOptions(("张三",))):
        pass
