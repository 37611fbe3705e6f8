"""Crowds: rows that share a value, units that bear a name, counted as a person would count them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.encoding.term_frequencies import MOST, READ, SHOWN_BY, count_frequencies, count_rows, count_units
from minglu.matching.encoding.text_hashing import MISSING
from minglu.matching.linkage_schemas import COUNTED

row = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 3))


@given(st.lists(row, min_size=1, max_size=30))
def test_units_of_a_name_equal_a_naive_count(rows):
    """Distinct codes under the name, or the uncoded rows of one list if those are more."""
    names, heads, lists = (np.array(column) for column in zip(*rows, strict=True))
    counted = count_units(names, heads, lists)
    for place, name in enumerate(names):
        alike = [one for one in rows if one[0] == name] if name != MISSING else []
        codes = {head for _, head, _ in alike} - {MISSING}
        bare = [one for _, head, one in alike if head == MISSING]
        assert counted[place] == max([len(codes), *(bare.count(one) for one in bare)])


def naive_frequencies(rows):
    """Count as a person would, row by row; a silent value is shared by nobody."""

    def sharers(row, *names):
        values = [row[name] for name in names]
        return 0 if MISSING in values else sum([other[name] for name in names] == values for other in rows)

    def person(row):
        return row["legal_person"] or row["contact"]

    def site(row):
        place = next(((name, row[name]) for name in SHOWN_BY if row[name] != MISSING), None)
        return (row["branch"], place) if row["branch"] != MISSING or place else None

    def places(row, *names):
        alike = [site(other) for other in rows if all(other[name] == row[name] for name in names)]
        return 0 if MISSING in [row[name] for name in names] else max(len({*alike} - {None}), 1)

    return [
        {
            "phone": sharers(row, "phone"),
            "uscc_seen": sharers(row, "uscc_seen"),
            "person": sum(person(other) == person(row) for other in rows) if person(row) != MISSING else 0,
            "address": sharers(row, "site_key", "site_town"),
            "code_in_list": sharers(row, "org_code", "list"),
            "places_of_code": places(row, "org_code", "list"),
            "core_in_list": sharers(row, "core", "list"),
            "places_of_core": places(row, "core", "list"),
        }
        for row in rows
    ]


seldom = st.sampled_from([0, 0, 0, 1, 2])
counted = st.fixed_dictionaries({name: seldom if name in {*SHOWN_BY, "branch"} else st.integers(0, 2) for name in READ})


@given(st.lists(counted, min_size=1, max_size=20))
def test_crowds_equal_a_naive_count_wherever_they_are_counted(rows):
    """Rows that share a value, and the places that they show; side by side or one after the other."""
    codes = {name: np.array([row[name] for row in rows], dtype=np.uint32) for name in READ}
    frequencies = count_frequencies(codes)
    alone = count_frequencies(codes, spread=map)
    assert list(frequencies) == list(alone) == list(COUNTED)
    for name in COUNTED:
        assert np.array_equal(frequencies[name], alone[name])
    found = [{name: int(frequencies[name][place]) for name in one} for place, one in enumerate(naive_frequencies(rows))]
    assert found == naive_frequencies(rows)


def test_more_rows_than_can_be_told_are_counted_as_the_most():
    assert count_rows(np.ones(MOST + 10, dtype=np.uint32)).tolist() == [MOST] * (MOST + 10)
