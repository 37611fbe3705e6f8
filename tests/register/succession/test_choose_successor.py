"""One id for one unit: the rule who goes on bearing which id."""

from hypothesis import given
from hypothesis import strategies as st

from minglu.register.succession.choose_successor import Share, choose_ids, further_ids


def share(former, unit, shared, *, live=True, head=False, rows=9):
    return Share(former, unit, live, shared, head, rows)


def test_of_merged_units_the_larger_part_keeps_its_id():
    assert choose_ids([share("U2", "Ua", 3), share("U1", "Ua", 1)]) == {"Ua": "U2"}
    assert choose_ids([share("U2", "Ua", 2), share("U1", "Ua", 2)]) == {"Ua": "U1"}


def test_of_a_split_unit_the_larger_part_keeps_the_id_else_the_one_that_named_it():
    assert choose_ids([share("U1", "Ub", 2), share("U1", "Ua", 1)]) == {"Ub": "U1"}
    assert choose_ids([share("U1", "Ub", 1, head=True), share("U1", "Ua", 1)]) == {"Ub": "U1"}


def test_a_merge_taken_back_gives_both_their_ids_again():
    """U2 had ended in U1; the part that is just what U2 was leaves U1 to the other, though it named U1."""
    shares = [share("U1", "Ua", 1), share("U1", "Ub", 1, head=True), share("U2", "Ub", 1, live=False, rows=1)]
    assert choose_ids(shares) == {"Ua": "U1", "Ub": "U2"}


def test_a_living_id_comes_before_an_ended_one():
    assert choose_ids([share("U9", "Ua", 5, live=False), share("U1", "Ua", 1)]) == {"Ua": "U1"}


def test_what_was_called_a_duplicate_gives_its_id_up_to_the_original():
    """However many rows it has."""
    assert choose_ids([share("U1", "Ua", 3), share("U2", "Ua", 1)], frozenset({"U1"})) == {"Ua": "U2"}


SHARES = st.lists(
    st.builds(
        Share,
        former=st.sampled_from(["U1", "U2", "U3", "U4"]),
        unit=st.sampled_from(["Ua", "Ub", "Uc", "Ud"]),
        live=st.booleans(),
        shared=st.integers(1, 3),
        head=st.booleans(),
        rows=st.integers(1, 3),
    ),
    unique_by=lambda one: (one.former, one.unit),
)


@given(SHARES, st.randoms())
def test_ids_are_given_once_whatever_the_order_and_none_is_left_lying(shares, random):
    """One id per unit, one unit per id; whoever went without had every claimed id taken."""
    chosen = choose_ids(shares)
    shuffled = list(shares)
    random.shuffle(shuffled)
    assert choose_ids(shuffled) == chosen
    assert len(set(chosen.values())) == len(chosen)
    for one in shares:
        assert one.unit in chosen or one.former in chosen.values()


def test_further_ids_are_others_than_the_first():
    ids = {further_ids(["U" + "a" * 20], attempt)[0] for attempt in range(1, 5)}
    assert len(ids) == 4
    assert all(len(one) == 21 for one in ids)
