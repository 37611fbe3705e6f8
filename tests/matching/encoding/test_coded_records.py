"""Rows as numbers: the same whatever the batches were, and map cells that never fall together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import CELL_DEGREES, encode_rows
from minglu.matching.parsing.parse_entries import describe
from tests.matching.drawn_lists import draw, entry, rows_of, table, words

ENTRIES = draw(40, 7)[0].sort_by("entry_id")


def coded_in_batches(cuts):
    """Code the drawn entries cut into batches."""
    bounds = [0, *sorted(cuts), ENTRIES.num_rows]
    batches = [ENTRIES.slice(begin, end - begin) for begin, end in pairwise(bounds)]
    return coded_rows(encode_rows(batch, describe(batch, words())) for batch in batches)


def meaning(codes):
    """Return codes numbered by where each stands first, silence staying 0: what two numberings have in common."""
    first = {}
    return [first.setdefault(code, len(first) + 1) if code else 0 for code in codes.tolist()]


@given(st.lists(st.integers(0, ENTRIES.num_rows), max_size=4))
def test_codes_do_not_depend_on_the_batches(cuts):
    """However the entries are cut, empty batches among them, the same rows have the same values in each column."""
    whole, cut = coded_in_batches([]), coded_in_batches(cuts)
    assert cut.entry_id.equals(whole.entry_id)
    assert {name: meaning(codes) for name, codes in cut.codes.items()} == {
        name: meaning(codes) for name, codes in whole.codes.items()
    }
    assert all((cut.frequencies[name] == frequency).all() for name, frequency in whole.frequencies.items())
    assert all(cut.texts[name].equals(text) for name, text in whole.texts.items())


@pytest.mark.parametrize("column", ["cell", "cell_off"])
def test_cells_of_the_whole_globe_have_codes_of_their_own(column):
    """Corners, edges and the middle of the world are different cells; a point beyond it, or none, has no cell."""
    degrees = [-180.0, -90.0, -CELL_DEGREES, 0.0, CELL_DEGREES, 90.0, 180.0]
    points = [(lon, lat) for lon in degrees for lat in degrees if abs(lat) <= 90]
    points += [(200.0, 0.0), (0.0, 91.0), (None, None)]
    rows = rows_of(table([entry(f"{place:03d}", lon=lon, lat=lat) for place, (lon, lat) in enumerate(points)]))
    codes = rows.column(column)
    assert codes[-3:].tolist() == [0, 0, 0]
    assert len(np.unique(codes[:-3])) == len(points) - 3
    assert codes[:-3].all()
