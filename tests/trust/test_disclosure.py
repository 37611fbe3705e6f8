"""All forms of a report together tell no small count: attacked as a reader would who has every one of them."""

from __future__ import annotations

import base64
import gzip
import json
import re

import docx
import pytest

from tests.trust import county
from tests.trust.attacker import Attacker, Report, most_in_districts, true_overlaps


def read_report(out):
    """Return what the run folder `out` publishes, with the truth."""
    coverage = json.loads((out / "coverage.json").read_text("utf-8"))
    placed = {row["unit_id"]: row["district_code"] for row in county.table(out, "placements")}
    units = [row | {"district_code": placed[row["unit_id"]]} for row in county.table(out, "units")]
    return Report(coverage, county.table(out, "coverage"), true_overlaps(units, coverage["levels"]))


@pytest.mark.slow
def test_coverage_tells_no_small_count(built):
    """Areas, totals, overlaps, strata and exception classes of coverage.json, as one system over whole numbers."""
    report = read_report(built)
    attacker = Attacker([report])
    assert attacker.small, "the county has small counts to hide"
    assert list(attacker.told(most_in_districts(report.truth))) == []


def test_attack_finds_what_a_careless_publication_tells(built):
    """Were only the small counts hidden and nothing with them, the same attack would find some: it is no blunt weapon."""
    report = read_report(built)
    truth = {(row["level"], row["code"]): row for row in report.truth}
    careless = []
    for row in report.coverage["areas"]:
        true = truth[row["level"], row["code"]]
        shown = {
            name: true[name] if true[name] not in {1, 2} or row["level"] in {"all", "exception"} else None
            for name in true
        }
        careless.append(row | shown | {"hidden": []})
    attacker = Attacker([report._replace(coverage=report.coverage | {"areas": careless})])
    assert next(attacker.told(most_in_districts(report.truth)), None) is not None


def test_page_and_document_print_what_coverage_prints(built):
    """A count that coverage.json hides is hidden in the page's data and in the document's tables as well."""
    coverage = json.loads((built / "coverage.json").read_text("utf-8"))
    by_code = {row["code"]: row for row in coverage["areas"] if row["level"] != "all"}
    packed = re.search(r'id="data">([^<]+)<', (built / "report.html").read_text("utf-8"))[1]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    names = [column["name"] for column in data["columns"]]
    checked = 0
    for areas in data["areas"].values():
        for cells in areas:
            area = by_code[cells[names.index("code")]]
            for name in set(names) & set(area["hidden"]):
                assert cells[names.index(name)] is None
                checked += 1
    assert checked > 10
    for table in docx.Document(built / "report.docx").tables:
        header = [cell.text for cell in table.rows[0].cells]
        for row in table.rows[1:]:
            area = by_code.get(row.cells[0].text, {"hidden": []})
            if area["hidden"] and "纳入普查" in "".join(header):
                hidden = [cell.text for cell in row.cells].count("·")
                assert hidden >= len({"units", "entries"} & set(area["hidden"]))
