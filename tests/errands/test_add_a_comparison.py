"""A newcomer's second errand: a comparison of web domains, added by one row of linkage settings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from minglu.matching.comparing.comparisons import compare_pairs
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.plain_records import plain_rows
from minglu.matching.settings.linkage_settings import load_linkage_settings

BLOCKING = """
[[rule]]
name = "domain"
columns = ["domain"]
cap = 50
then = []
source = "the example of CONTRIBUTING"
since = "2027"
"""
COMPARISONS = """
[prior]
legal = -2.0
source = "a guess"
since = "2027"

[[comparison]]
name = "domain"
questions = ["legal"]
learned = ["legal"]
zh = "网址"
en = "web domain"
source = "the example of CONTRIBUTING"
since = "2027"
levels = [
  { key = "same", same = "domain", legal = 6.0, zh = "相同", en = "the same" },
  { key = "near", like = "domain", least = 0.8, legal = 2.0, zh = "相近", en = "alike" },
  { key = "different", differ = "domain", legal = -3.0, zh = "不同", en = "different" },
]
"""


def test_one_row_of_linkage_settings_adds_a_comparison(tmp_path):
    """The new comparison has its levels and is missing where a side says nothing; no code was touched."""
    (tmp_path / "comparisons.toml").write_text(COMPARISONS, "utf-8")
    (tmp_path / "blocking.toml").write_text(BLOCKING, "utf-8")
    settings = load_linkage_settings(tmp_path)
    assert settings.names == ("domain",)
    domains = ["ruifeng.example", "ruifeng.example", "ruifang.example", "hexing.test", ""]
    rows = [{"entry_id": str(number), "domain": domain} for number, domain in enumerate(domains)]
    facts = row_facts(plain_rows(pa.Table.from_pylist(rows), settings))
    levels = compare_pairs(facts, np.zeros(4, dtype=np.int64), np.arange(1, 5), settings)[:, 0]
    assert levels.tolist() == [1, 2, 3, 0]
