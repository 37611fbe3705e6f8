"""The page of codes says what the program says."""

from pathlib import Path

import pytest

from minglu.geo.coordinates import pairs
from minglu.geo.layer import code_checks
from minglu.geo.placing import placement_policy
from minglu.register.cleaning.clean_rows import RejectCode
from minglu.register.clerical.field_facts.attach_facts import CODES as FIELD_CODES
from minglu.register.identifiers import Code
from minglu.register.rules import load_pack
from minglu.register.sources.row_rejects import SetAside

DOCS = Path(__file__).parents[2] / "docs" / "reference"
PACK = load_pack("pollution-2", None)
REGISTRIES = {
    "Rows set aside while reading": {code.name: code.value for code in SetAside},
    "Rows set aside by cleaning": {code.name: code.value for code in RejectCode},
    "Values set aside or remarked on": {code.name: (code.zh, code.en) for code in Code},
    "Results of field work": dict(FIELD_CODES),
    "Coordinates set aside or remarked on": dict(pairs.CODES),
    "Remarks on placements": dict(placement_policy.CODES),
    "Findings about district codes": dict(code_checks.CODES),
    "Outcomes of screening": {
        row.code: (row.outcome, row.zh, row.en) for row in (*PACK.scope.outcomes, *PACK.scope.inside)
    },
}


@pytest.mark.parametrize("heading", REGISTRIES)
def test_every_code_is_documented_as_it_is(heading):
    """Each table of docs/reference/codes.md has exactly the codes and words of its registry."""
    page = (DOCS / "codes.md").read_text("utf-8")
    section = page.split(f"## {heading}")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    width = len(next(iter(REGISTRIES[heading].values()))) + 1
    documented = {cells[0].strip("`"): tuple(cells[1:width]) for cells in lines}
    assert documented == REGISTRIES[heading]


def test_every_source_mark_is_explained():
    """A mark such as S26 in the rule pack leads to a line of docs/reference/sources.md."""
    import re

    page = (DOCS / "sources.md").read_text("utf-8")
    explained = set(re.findall(r"^\| (S\d+) \|", page, re.MULTILINE))
    cited = set()
    for row in PACK.rows.values():
        for first, last in re.findall(r"\bS(\d+)(?:-S(\d+))?", row.source):
            cited |= {f"S{number}" for number in range(int(first), int(last or first) + 1)}
    package = Path(load_pack.__code__.co_filename).parents[1]
    for path in (package / "identifiers").glob("*.py"):
        cited |= set(re.findall(r"\bS\d+\b", path.read_text("utf-8")))
    assert cited <= explained
