"""Words of the codes that rows, values, coordinates and placements carry: a report never shows a bare code."""

from __future__ import annotations

from collections.abc import Mapping

from minglu.errors import MingluError
from minglu.geo.coordinates import pairs
from minglu.geo.layer import code_checks
from minglu.geo.placing import placement_policy
from minglu.register.cleaning.clean_rows import RejectCode
from minglu.register.clerical.field_facts.attach_facts import CODES as FIELD_CODES
from minglu.register.identifiers import Code
from minglu.register.report.finished_run import Run
from minglu.register.rules import load_pack
from minglu.register.sources.row_rejects import SetAside

Words = Mapping[str, tuple[str, str]]

LEDGER: Words = {
    "DUPLICATE_SAME_LIST": ("同一名单内重复", "duplicate within one list"),
    "DUPLICATE_OTHER_LIST": ("与其他名单重复", "stands on another list as well"),
}


def code_words(run: Run) -> Words:
    """Return Chinese and English words of every code that the run may hold."""
    found: dict[str, tuple[str, str]] = dict(LEDGER)
    for registry in (SetAside, RejectCode, Code):
        found.update({code.name: code.value for code in registry})
    for codes in (pairs.CODES, code_checks.CODES, placement_policy.CODES, FIELD_CODES):
        found.update(codes)
    found.update(_screening(run))
    return found


def _screening(run: Run) -> Words:
    """Return the words of screening codes; a pack that is not here leaves codes as they are."""
    try:
        scope = load_pack(run.coverage["method"]["rules"], run.folder).scope
    except MingluError:
        return {}
    found = {row.code: (row.zh, row.en) for row in scope.outcomes}
    found.update({row.code: (row.zh, row.en) for row in scope.inside})
    return found
