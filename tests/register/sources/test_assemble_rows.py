"""Footers, blanks, ragged rows: what is not a unit is set aside, and a unit never is."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.sources.row_rejects import is_footer
from minglu.register.sources.unused_columns import json_objects

WORDS = ("合计", "填报人", "注")


@pytest.mark.parametrize(
    ("record", "footer"),
    [
        (["合计"], True),
        (["合 计", "12"], True),
        (["合计：12家"], True),
        (["合计12家", "", "3"], True),
        (["填报人：某某", "联系电话：1", "2027年"], True),
        (["填报人(签字)", "日期"], True),
        (["注：本表一式两份"], True),
        (["注塑机械厂", "91350100M000100Y43"], False),
        (["合计算机有限公司", "", "一路"], False),
        (["东方合计厂"], False),
        ([], False),
    ],
)
def test_footer_is_told_from_a_unit_whose_name_starts_alike(record, footer):
    """合计 alone or with a colon is a footer; 合计算机有限公司 with an address is not."""
    assert is_footer([cell for cell in record if cell], WORDS) == footer


def test_footer_is_found_wherever_its_first_cell_is(desk):
    """Also with spaces of any width before and between the characters."""
    desk.write(desk.table() + "　合　计,2,\n,填 报 人：某某,\n")
    reading = desk.read()
    assert reading.rejects.column("code").to_pylist() == ["FOOTER", "FOOTER"]
    assert "某某" not in str(reading.rejects.to_pylist())


def test_rows_of_spaces_are_blank(desk):
    """Full-width and zero-width spaces are no content."""
    desk.write(desk.table() + "　, \u200b,\u00a0\n")
    reading = desk.read()
    assert (len(reading.rows), reading.inputs[0].blank_rows, len(reading.rejects)) == (2, 1, 0)


def test_row_order_of_reading_is_the_order_of_the_file(desk):
    """A thousand rows, every tenth set aside: the others keep their place and number."""
    rows = [("合计",) if at % 10 == 0 else (f"单位{at}", "", f"{at}号") for at in range(1000)]
    desk.write(desk.lines(desk.header, *rows))
    got = desk.read().rows
    assert got.column("row").to_pylist() == [at + 2 for at in range(1000) if at % 10]
    assert got.column("raw_name").to_pylist() == [f"单位{at}" for at in range(1000) if at % 10]


@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_extra_is_json_whatever_the_cells_hold(cells):
    """Quotes, backslashes, control characters: the text parses back, blank cells are left out."""
    columns = [(f"列{at}", pa.array([cell])) for at, cell in enumerate(cells)]
    (text,) = json_objects(columns, 1).to_pylist()
    assert json.loads(text) == {f"列{at}": cell for at, cell in enumerate(cells) if cell}
