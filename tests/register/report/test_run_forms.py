"""What every form of a run promises: reconciled, safe, the same bytes, nothing about a single unit where it is shared."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import shutil
from importlib import resources

import jsonschema
import openpyxl
import pyarrow.parquet as pq
import pytest
from markupsafe import escape

from minglu.errors import SourceError
from minglu.register.coverage.areas import SUMMED
from minglu.register.coverage.completeness import estimate_completeness
from minglu.register.report import render_again, render_all, render_outputs
from minglu.register.report.finished_run import Run
from minglu.register.report.html.report_page import LOADS, write_page

LISTS = ("business", "permit", "tax")
FORMS = ("register.gpkg", "register.xlsx", "review.xlsx", "report.docx", "report.html")


@pytest.fixture(scope="module")
def coverage(invented):
    return json.loads((invented / "coverage.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def html(invented):
    return (invented / "report.html").read_text("utf-8")


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FORMS}


def test_coverage_json_keeps_its_published_schema(coverage):
    """The schema is the contract with scripts."""
    text = resources.files("minglu.register.report").joinpath("schema/coverage-1.json").read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    jsonschema.Draft202012Validator(json.loads(text)).validate(coverage)


def schema_parts(node, path=""):
    if isinstance(node, dict):
        yield path, node
    for key, value in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ()):
        yield from schema_parts(value, f"{path}/{key}")


def test_schema_is_closed_and_says_what_every_property_is():
    """No object may hold what the schema does not name; a map says what its keys and its values are."""
    text = resources.files("minglu.register.report").joinpath("schema/coverage-1.json").read_text("utf-8")
    for path, node in schema_parts(json.loads(text)):
        if node.get("type") == "object":
            values = node.get("additionalProperties", True)
            assert values is False or ("propertyNames" in node and values is not True), path
        for name, value in node.get("properties", {}).items() if node.get("type") == "object" else ():
            assert "description" in value, f"{path}/{name}"


def figures_in(value):
    """Yield every number of a text or of plain values, as the page could show it."""
    if isinstance(value, str):
        for found in re.findall(r"\d[\d,]*(?:\.\d+)?", value):
            yield float(found.replace(",", ""))
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        yield float(value)
    else:
        for item in [*value.keys(), *value.values()] if isinstance(value, dict) else value:
            yield from figures_in(item)


def test_every_figure_of_the_page_is_in_coverage_json(html, coverage):
    """Each number in a table's cell or a figure is one of coverage.json, rounded, or a sum or share of such."""
    known = set(figures_in(coverage))
    shown = {round(one * scale, digits) for one in known for scale in (1, 100) for digits in (0, 1, 2, 3, 4)}
    classes = {"2-4", "5+"}
    lists = coverage["accounting"]["lists"]
    histories = coverage["completeness"]["histories"]
    derived = {0.0, sum(coverage["accounting"]["sites_per_legal_unit"].get(name, 0) for name in classes)}
    derived |= {sum(row["codes"].get(code, 0) for row in lists) for code in {c for row in lists for c in row["codes"]}}
    derived.add(sum(units for history, units in histories.items() if history.count("1") == 1))
    derived |= {sum(units for history, units in histories.items() if history[at] == "1") for at in range(len(LISTS))}
    loads = [area["units"] for area in coverage["areas"] if area["level"] == "district"]
    derived |= {sum(units is None for units in loads)}
    for low, high in LOADS:
        derived |= {float(low), float(high or 0)}  # the names of the classes
        derived.add(sum(units is not None and low <= units <= (high or units) for units in loads))
    page = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", html)
    cells = re.findall(r'(?s)<td class="n">(.*?)</td>|<text[^>]*>(\d[^<]*)</text>', page)
    figures = [one for cell in cells for one in figures_in(re.sub("<[^>]*>", " ", "".join(cell)))]
    assert len(figures) > 200
    assert not [one for one in figures if one not in shown and one not in derived]


def test_every_list_reconciles_to_the_last_row(coverage):
    """Rows in = kept + duplicates + out of scope + closed + set aside, per list and in all."""
    outcomes = ("unit", "duplicate", "out_of_scope", "closed", "rejected")
    for row in coverage["accounting"]["lists"]:
        assert row["rows"] == sum(row[outcome] for outcome in outcomes)
    assert coverage["accounting"]["rows"] == sum(coverage["accounting"]["outcomes"].values())
    assert sum(coverage["completeness"]["histories"].values()) == coverage["accounting"]["outcomes"]["unit"]


def test_same_tables_give_the_same_bytes(invented, tmp_path):
    """No clock, no order of chance in any form."""
    copy = tmp_path / "again"
    shutil.copytree(invented, copy)
    for name in FORMS:
        (copy / name).unlink()
    render_all(copy)
    assert digests(copy) == digests(invented)


def test_rendering_again_restores_a_form_and_the_manifest(invented, tmp_path):
    """`minglu report OUT` needs nothing but the tables and coverage.json."""
    copy = tmp_path / "again"
    shutil.copytree(invented, copy)
    (copy / "report.html").write_text("damaged", "utf-8")
    render_again(copy)
    assert digests(copy) == digests(invented)
    outputs = json.loads((copy / "manifest.json").read_text("utf-8"))["outputs"]
    listed = {row["path"]: row["sha256"] for row in outputs}
    assert all(listed[name] == digest for name, digest in digests(copy).items())


def test_forms_of_a_large_run_are_made_by_two_processes_alike(invented, tmp_path, monkeypatch):
    """The workbook is written beside the other forms where there are many units: the same bytes."""
    copy = tmp_path / "large"
    shutil.copytree(invented, copy)
    monkeypatch.setattr(render_outputs, "MANY_UNITS", 1)
    for name in FORMS:
        (copy / name).unlink()
    render_all(copy)
    assert digests(copy) == digests(invented)


def test_forms_end_with_a_process_that_was_killed(invented, tmp_path, monkeypatch):
    """Nothing but a lack of memory kills the process of the workbook unasked; nobody waits for it for ever."""
    shutil.copytree(invented, tmp_path / "short")
    monkeypatch.setattr(render_outputs, "MANY_UNITS", 1)
    monkeypatch.setattr(render_outputs, "follow_parent", os.abort)
    with pytest.raises(MemoryError):
        render_all(tmp_path / "short")


def test_failing_form_does_not_wait_for_the_workbook(invented, tmp_path, monkeypatch):
    """An error goes up as it is, and the other process ends."""

    def fail(_run, _path):
        raise ZeroDivisionError

    shutil.copytree(invented, tmp_path / "failing")
    monkeypatch.setattr(render_outputs, "MANY_UNITS", 1)
    monkeypatch.setattr(render_outputs, "OTHERS", {"report.html": fail})
    with pytest.raises(ZeroDivisionError):
        render_all(tmp_path / "failing")
    assert not multiprocessing.active_children()


def test_tables_of_different_units_are_refused(invented, tmp_path):
    """Placements that belong to other units are no register, even if they are as many."""
    copy = tmp_path / "mixed"
    shutil.copytree(invented, copy)
    path = copy / "tables" / "placements.parquet"
    table = pq.read_table(path)
    pq.write_table(table.take([*range(1, table.num_rows), 0]), path, write_page_checksum=True)
    with pytest.raises(SourceError, match="not of the same units"):
        render_all(copy)


def test_folder_without_a_run_is_refused(tmp_path):
    """And stays as it was."""
    (tmp_path / "mine.txt").write_text("work", "utf-8")
    with pytest.raises(SourceError):
        render_again(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def older_account(folder):
    """Take from coverage.json what an older version did not know."""
    path = folder / "coverage.json"
    coverage = json.loads(path.read_text("utf-8"))
    del coverage["accounting"]["overlap"]
    path.write_text(json.dumps(coverage, ensure_ascii=False), "utf-8")


def older_table(folder):
    """Take a column from a table that an older version did not know."""
    path = folder / "tables" / "units.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["unit_code"]), path, write_page_checksum=True)


@pytest.mark.parametrize(
    ("age", "named"), [(older_account, "accounting.overlap"), (older_table, "unit_code")], ids=["account", "table"]
)
def test_run_of_another_version_is_refused_in_words(age, named, invented, tmp_path):
    """What is missing is named, what to do is said, and no form is written."""
    copy = tmp_path / "older"
    shutil.copytree(invented, copy)
    age(copy)
    before = digests(copy)
    with pytest.raises(SourceError, match=rf"another version of minglu; it lacks .*{re.escape(named)}"):
        render_all(copy)
    assert digests(copy) == before


def test_page_holds_no_unit(html, coverage, invented):
    """No name, no id, no code of a unit in the page or in coverage.json."""
    for text in (html, json.dumps(coverage, ensure_ascii=False)):
        assert "青禾第" not in text
        assert not re.search(r"\b[UEL]\d{4}", text)


def test_hostile_names_take_no_effect_in_the_page(html):
    """A district named like a script is shown, escaped, and runs nowhere."""
    assert "</script><script>alert" not in html
    assert "&lt;b&gt;名称&lt;/b&gt;" in html
    assert "示例&lt;县&gt;清查" in html
    assert html.count("<script") == html.count("</script>") == 3


def test_page_refers_to_nothing_outside(html):
    """Nothing that a browser would fetch: no link, no source, no url() but what is inside."""
    page = re.sub(r"(?s)<script>.*?</script>", "", html)
    assert not re.search(r"(?i)(src|href)\s*=\s*[\"'](?!#)", page)
    assert not re.search(r"(?i)url\(|@import", page)
    assert "default-src 'none'" in page


def test_every_text_of_the_page_comes_in_two_languages(html):
    """As many Chinese as English parts."""
    assert html.count('lang="zh"') == html.count('lang="en"') + 1  # the document's own


def test_small_counts_are_not_printed(coverage):
    """No count of one or two units in any area."""
    areas = [area for area in coverage["areas"] if area["level"] != "exception"]
    assert all(area[name] is None or area[name] == 0 or area[name] > 2 for area in areas for name in SUMMED)
    assert any(area["hidden"] for area in coverage["areas"])


def test_estimates_never_stand_without_interval(coverage):
    """Wherever units are estimated there is a low and a high end."""

    def look(value):
        if isinstance(value, dict):
            if "estimate" in value or "standard_error" in value:
                found = value.get("estimate", value)
                assert found["low"] <= found["units"] <= found["high"]
            for item in value.values():
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    assert coverage["completeness"]["status"] == "estimated"
    look(coverage["completeness"])


def cells(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}


def test_page_shows_measured_linkage_quality_with_its_bound(invented, coverage, tmp_path):
    """Levels, strata and the corrected estimates are shown once a sample was judged; without one they are unknown."""
    site = {"precision": 0.9912, "precision_error": 0.002, "precision_bound": 0.9834, "true_positives": 9.0}
    site |= {"recall": 0.9756, "recall_error": 0.003, "recall_bound": 0.9321, "false_negatives": 1.0}
    stratum = {"stratum": "site 0.8", "pairs": 9, "drawn": 4, "judged": 3, "matches_site": 3, "matches_legal": 3}
    stratum |= {"linked_site": True, "linked_legal": True}
    quality = {"status": "estimated", "zh": "样本", "en": "sample", "levels": {"site": site, "legal": None}}
    quality |= {"sample": "s", "run": "r", "drawn": 4, "judged": 3, "pairs": 9, "strata": [stratum]}
    kinds = {name: name for name in ("business", "permit", "tax")}
    completeness = estimate_completeness(coverage["accounting"]["overlap"], kinds, {}, quality)
    changed = coverage | {"linkage": coverage["linkage"] | {"quality": quality}, "completeness": completeness}
    schema = json.loads(resources.files("minglu.register.report").joinpath("schema/coverage-1.json").read_text("utf-8"))
    jsonschema.validate(changed, schema)
    write_page(Run(invented, changed), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert all(f"{figure:.2%}" in text for figure in (0.9912, 0.9834, 0.9756, 0.9321))
    assert "Corrected by precision 99.12%" in text
    assert "Not corrected for linkage error" in (invented / "report.html").read_text("utf-8")


def test_laws_are_told_in_both_languages(html, coverage):
    for law in coverage["method"]["laws"]:
        assert escape(law["zh"]) in html
        assert escape(law["en"]) in html
