"""Cohen's kappa, against worked examples and its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.register.statistics.kappa import cohen_kappa

answers = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=60)


def test_worked_example_of_two_readers():
    """20 yes-yes, 5 and 10 mixed, 15 no-no: agreement .70, by chance .50, kappa .40."""
    first, second = ["a"] * 25 + ["b"] * 25, ["a"] * 20 + ["b"] * 5 + ["a"] * 10 + ["b"] * 15
    found = cohen_kappa(first, second)
    assert (found.n, found.share) == (50, 0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.error == pytest.approx(0.1296, abs=1e-4)


@given(answers)
def test_kappa_is_symmetric_and_at_most_one(pairs):
    """Who is asked first does not matter; one answer throughout leaves nothing to measure."""
    first, second = zip(*pairs, strict=True)
    one, two = cohen_kappa(first, second), cohen_kappa(second, first)
    assert one == two
    assert one.kappa is None or -1 <= one.kappa <= 1 + 1e-9
    assert cohen_kappa(first, first).share == 1


def test_unequal_or_no_answers_are_our_mistake():
    for first, second in (([], []), (["a"], ["a", "b"])):
        with pytest.raises(ValueError, match="answers against"):
            cohen_kappa(first, second)
