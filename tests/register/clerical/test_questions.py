"""Questions: what one answer settles is asked once, and every undecided pair is in exactly one question."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.clerical.contradictions import PairDecision, find_contradiction
from minglu.register.clerical.questions import QUESTIONS, expand_answer, group_questions


def tables(entries, pairs):
    """Make members, units and undecided pairs of entries "a": (unit, legal unit, list) and pairs (left, right, ...)."""
    members = pa.table(
        {
            "entry_id": list(entries),
            "unit_id": [unit for unit, _, _ in entries.values()],
            "list": [of for _, _, of in entries.values()],
        }
    )
    legal = {unit: legal for unit, legal, _ in entries.values()}
    units = pa.table({"unit_id": list(legal), "legal_id": list(legal.values())})
    names = ("left", "right", "relation", "p_site", "p_legal")
    kinds = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.float64())
    columns = list(zip(*pairs, strict=True)) or [[]] * 5
    made = pa.table({name: pa.array(values, kind) for name, values, kind in zip(names, columns, kinds, strict=True)})
    return made, members, units


def test_no_pair_is_no_question():
    asked = group_questions(*tables({"a": ("A", "LA", "tax")}, []))
    assert asked.num_rows == 0
    assert asked.schema.equals(QUESTIONS)


def test_all_pairs_between_two_units_are_one_question():
    entries = {"a1": ("A", "LA", "business"), "a2": ("A", "LA", "business"), "b1": ("B", "LB", "tax")}
    pairs = [("a1", "b1", "same_site", 0.4, 0.9), ("a2", "b1", "same_site", 0.6, 0.9)]
    (one,) = group_questions(*tables(entries, pairs)).to_pylist()
    assert (one["left"], one["right"], one["pairs"], one["entries"], one["kind"]) == ("a2", "b1", 2, 3, "site")
    assert one["cross_list"]
    assert not one["joined"]
    assert expand_answer(one, "different") == [("a2", "b1", "different"), ("a1", "b1", "different")]


def test_a_company_and_its_hundred_outlets_are_one_question():
    """One answer about the two legal units settles every pair between their units."""
    entries = {f"o{n:03}": (f"O{n:03}", "LO", "business") for n in range(100)} | {"z": ("Z", "LZ", "permit")}
    pairs = [(f"o{n:03}", "z", "same_legal", 0.001, 0.5) for n in range(100)]
    (one,) = group_questions(*tables(entries, pairs)).to_pylist()
    assert (one["pairs"], one["units"], one["kind"], one["joined"]) == (100, 1, "legal", False)
    said = expand_answer(one, "same_site")
    assert [relation for *_, relation in said].count("same_site") == 1
    assert [relation for *_, relation in said].count("same_legal") == 99


def test_a_row_doubted_in_its_own_unit_is_one_question_and_comes_after_those_that_would_change_the_register():
    entries = {"a": ("U", "L", "tax"), "b": ("U", "L", "permit"), "c": ("U", "L", "business"), "x": ("X", "LX", "tax")}
    entries |= {"y": ("Y", "LY", "permit")}
    pairs = [
        ("a", "b", "same_site", 0.6, 1.0),
        ("a", "c", "same_site", 0.7, 1.0),
        ("x", "y", "same_site", 0.9, 1.0),
    ]
    asked = group_questions(*tables(entries, pairs)).to_pylist()
    assert [(one["left"], one["right"], one["pairs"], one["joined"]) for one in asked] == [
        ("x", "y", 1, False),
        ("a", "c", 2, True),
    ]


def test_questions_across_lists_come_first():
    entries = {"a": ("A", "LA", "tax"), "b": ("B", "LB", "tax"), "c": ("C", "LC", "tax"), "d": ("D", "LD", "permit")}
    pairs = [("a", "b", "same_site", 0.5, 0.9), ("c", "d", "same_site", 0.3, 0.9)]
    asked = group_questions(*tables(entries, pairs)).to_pylist()
    assert [(one["left"], one["cross_list"]) for one in asked] == [("c", True), ("a", False)]


ENTRIES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["business", "tax", "permit"])), min_size=2, max_size=9)


@given(ENTRIES, st.data())
def test_each_pair_is_in_one_question_whatever_the_order_and_no_answer_contradicts_itself(drawn, data):
    entries = {f"e{n}": (f"U{unit}", f"L{unit // 2}", of) for n, (unit, of) in enumerate(drawn)}
    every = [(one, two) for one in entries for two in entries if one < two]
    chosen = data.draw(st.lists(st.sampled_from(every), unique=True))
    share = st.sampled_from([0.1, 0.5, 0.9])
    pairs = [
        (*pair, data.draw(st.sampled_from(["same_site", "same_legal"])), data.draw(share), data.draw(share))
        for pair in chosen
    ]
    asked = group_questions(*tables(entries, pairs))
    assert asked.equals(group_questions(*tables(entries, data.draw(st.permutations(pairs)))))
    settled = [(pair["left"], pair["right"]) for row in asked["settles"].to_pylist() for pair in row]
    assert sorted(settled) == sorted(chosen)
    for row in asked.to_pylist():
        for relation in ("same_site", "same_legal", "different"):
            said = [PairDecision(*one, "") for one in expand_answer(row, relation)]
            assert find_contradiction(said) is None
