"""A newcomer's third errand: a law of the register is one query, and a finding one entry in two languages."""

from __future__ import annotations

import pyarrow as pa
import pytest

from minglu.errors import LawError
from minglu.register.coverage.findings import FINDINGS, WEIGHTS
from minglu.register.engine import open_engine
from minglu.register.units.ledger import Law, check_laws

NAMED = Law(
    "every kept unit has a name",
    "每个纳入单位均有名称",
    "SELECT count(*) FROM units WHERE outcome = 'unit' AND name = ''",
)


@pytest.mark.parametrize(("name", "kept"), [("示例厂", True), ("", False)])
def test_a_law_is_a_query_that_returns_no_row(tmp_path, name, kept):
    """A run goes on where it holds; where it is broken there is no result and no excuse."""
    engine = open_engine("duckdb", workspace=tmp_path)
    try:
        engine.put("units", pa.table({"outcome": ["unit"], "name": [name]}))
        if kept:
            assert check_laws(engine, [NAMED]) == (NAMED,)
        else:
            with pytest.raises(LawError, match="every kept unit has a name"):
                check_laws(engine, [NAMED])
    finally:
        engine.close()


@pytest.mark.parametrize("code", FINDINGS)
def test_a_finding_says_what_is_wrong_and_what_to_do_in_both_languages(code):
    """Both texts, and the cure, so that nobody meets a bare code."""
    finding = FINDINGS[code]
    assert finding.weight in WEIGHTS
    assert all((finding.zh, finding.en, finding.do_zh, finding.do_en))
    assert ("{n}" in finding.zh) == ("{n}" in finding.en)
