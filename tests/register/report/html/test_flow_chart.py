"""The picture of the flow: what leaves and what stays, with every number as it was counted."""

from minglu.register.language.code_labels import OUTCOMES
from minglu.register.report.html.flow_chart import Flow, flow_chart, flow_parts


def test_what_no_row_did_is_left_out():
    """Only outcomes that rows had leave the band; duplicates are marked as merged."""
    counts = {"unit": 5, "duplicate": 3, "out_of_scope": 0, "closed": 2, "not_found": 0, "rejected": 1}
    parts = flow_parts(counts, OUTCOMES)
    assert [(part.rows, part.merged) for part in parts] == [(1, False), (3, True), (2, False)]


def test_every_count_stands_in_the_picture():
    """Lists, what leaves, and the units that are kept."""
    chart = flow_chart([Flow("甲", "a", 7), Flow("乙", "b", 4)], [Flow("丙", "c", 6)], Flow("丁", "d", 5))
    assert all(f">{text}</text>" in chart for text in ("甲 7", "乙 4", "读入 11 行", "−6", "5"))


def test_no_rows_at_all_is_drawn_without_error():
    """An empty census has a picture too."""
    assert "svg" in flow_chart([Flow("甲", "a", 0)], [], Flow("丁", "d", 0))
