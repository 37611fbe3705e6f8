"""The page as a person meets it: in a browser, by mouse and by keyboard, printed, and without script."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.slow

PAINTED = """(function () {
  var canvas = document.querySelector('#map canvas'), context = canvas.getContext('2d');
  var dots = context.getImageData(0, 0, canvas.width, canvas.height).data, colours = {};
  for (var i = 0; i < dots.length; i += 4) { if (dots[i + 3] === 255) { colours[[dots[i], dots[i + 1], dots[i + 2]]] = 1; } }
  return Object.keys(colours).length;
})()"""
ROWS = "document.querySelector('#area-table tbody').rows.length"
FIRST = "document.querySelector('#area-table tbody').rows[0].cells[{}].textContent"


@pytest.fixture
def page(browsing, invented, tmp_path):
    """Return a browser with the invented run's page in it."""
    with browsing.Browser(tmp_path) as browser:
        browser.size(1100, 900)
        browser.load(invented / "report.html")
        yield browser


def test_page_opens_without_complaint_and_asks_nobody(page, invented):
    """No console error, no request but the page itself."""
    assert page.complaints() == []
    assert page.requests() == [(invented / "report.html").as_uri()]


def test_map_is_drawn_in_several_shades(page):
    """Districts have their class colours on the canvas, and a key."""
    assert page.run(PAINTED) > 3
    assert page.run("document.querySelectorAll('#legend .key').length") >= 2


SHOWN = "['map', 'still'].map(function (id) { return getComputedStyle(document.getElementById(id)).display; })"


def test_one_map_is_seen(page):
    """Where the map is drawn, the still picture with its own key steps back."""
    assert page.run(SHOWN) == ["block", "none"]


@pytest.mark.parametrize(
    "lack",
    ["HTMLCanvasElement.prototype.getContext = undefined", "HTMLCanvasElement.prototype.getContext = () => null"],
)
def test_browser_without_canvas_shows_the_still_map(browsing, invented, tmp_path, lack):
    """Old browsers keep the picture, and the tables still answer."""
    with browsing.Browser(tmp_path) as browser:
        browser.prepare(lack)
        browser.load(invented / "report.html")
        assert browser.run(SHOWN) == ["none", "block"]
        assert browser.run("document.querySelector('#area-table tbody').rows.length") > 0


def test_district_on_the_map_tells_its_counts_to_the_mouse(page):
    """A click on the middle of the map opens a district's counts, text only."""
    page.click("#map")
    popup = page.run("document.querySelector('.leaflet-popup').textContent")
    assert "纳入普查单位" in popup


def test_hostile_district_name_is_shown_and_not_run(page):
    """The name looks like a script and stays a text."""
    page.run("document.getElementById('area-search').focus()")
    page.type("<script>")
    assert page.run(ROWS) == 1
    assert page.run(FIRST.format(1)) == "</script><script>alert(1)</script>"
    assert page.run("document.querySelectorAll('script').length") == 3


def test_areas_are_filtered_and_sorted_by_keyboard(page):
    """Search, sort by a heading with Enter, choose a level."""
    page.run("document.getElementById('area-search').focus()")
    page.type("示例村1")
    assert page.run(ROWS) == 2
    page.run("var box = document.getElementById('area-search'); box.value = ''; box.dispatchEvent(new Event('input'))")
    assert page.run(ROWS) == 12
    page.run("document.querySelectorAll('#area-table th button')[2].focus()")
    page.press("Enter", 13, "\r")
    assert page.run("document.querySelectorAll('#area-table th')[2].getAttribute('aria-sort')") == "descending"
    largest = int(page.run(FIRST.format(2)))
    page.press("Enter", 13, "\r")
    assert int(page.run(FIRST.format(2))) < largest


def test_areas_are_sorted_by_mouse_and_found_on_the_map(page):
    """A click on a heading sorts, a click on a code shows the district."""
    page.click("#area-table th:nth-child(3) button")
    assert page.run("document.querySelectorAll('#area-table th')[2].getAttribute('aria-sort')") == "descending"
    code = page.run(FIRST.format(0))
    page.click("#area-table tbody tr:first-child button.find")
    assert code in page.run("document.querySelector('.leaflet-popup').textContent")


def test_area_is_opened_into_the_areas_that_add_up_to_it(page):
    """From a township by one click to what lies in it, its own figures as the total."""
    page.run("document.getElementById('area-level').value = 'township'")
    page.run("document.getElementById('area-level').dispatchEvent(new Event('change'))")
    page.click("#area-table tbody tr:first-child button.find")
    assert page.run("document.getElementById('area-level').value") == "village"
    code = page.run("document.getElementById('area-search').value")
    total = "document.querySelector('#area-table tfoot').rows[0].cells[{}].textContent"
    assert page.run(total.format(0)) == code
    parts = page.run("Array.from(document.querySelector('#area-table tbody').rows).map(r => r.cells[0].textContent)")
    assert all(part.startswith(code) for part in parts)
    assert page.run("document.querySelector('#area-table tfoot').rows.length") == 1


def test_language_is_switched_by_keyboard(page):
    """Tab past the link to the findings, arrow: Chinese goes, English comes, and the document says so."""
    shown = "getComputedStyle(document.querySelector('h2 span[lang={}]')).display"
    assert page.run(shown.format("en")) == "none"
    page.press("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    page.press("Tab", 9)
    page.press("ArrowRight", 39)
    assert page.run(shown.format("zh")) == "none"
    assert page.run(shown.format("en")) != "none"
    assert page.run("document.documentElement.lang") == "en"


def test_chinese_is_drawn_with_real_glyphs(page):
    """Two signs give two different pictures; missing glyphs would give one box twice."""
    drawn = page.run("""['名', '录'].map(function (sign) {
      var canvas = document.createElement('canvas'), context = canvas.getContext('2d');
      context.font = '40px ' + getComputedStyle(document.body).fontFamily;
      context.fillText(sign, 10, 60);
      return canvas.toDataURL();
    })""")
    assert drawn[0] != drawn[1]


def test_page_without_script_still_shows_map_verdict_and_language(browsing, invented, tmp_path):
    """Old browsers see the still map and every table of the page; the language switch is plain CSS."""
    with browsing.Browser(tmp_path) as browser:
        browser.load(invented / "report.html", script=False)
        assert browser.run("document.querySelectorAll('#still svg path').length") == 12
        assert browser.run("getComputedStyle(document.getElementById('map')).display") == "none"
        assert browser.run("document.querySelectorAll('.verdict li').length") == 3


def test_page_prints_on_a4_with_the_still_map(page, tmp_path):
    """As PDF: A4, the verdict on the first page."""
    page.print_pdf(tmp_path / "page.pdf")
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    if shutil.which("pdfinfo"):
        told = subprocess.run(["pdfinfo", tmp_path / "page.pdf"], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Page size:\s+59[45][.\d]* x 84[12]", told)


@pytest.mark.parametrize("name", ["report.docx", "register.xlsx", "review.xlsx"])
def test_office_program_opens_every_form(invented, tmp_path, name):
    """LibreOffice turns each into pages."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice on PATH (Debian: apt-get install libreoffice-writer libreoffice-calc)")
    options = (f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless", "--convert-to", "pdf")
    subprocess.run(
        [office, *options, "--outdir", tmp_path, invented / name],
        check=True,
        capture_output=True,
        timeout=180,
    )
    assert (tmp_path / name).with_suffix(".pdf").stat().st_size > 1000
