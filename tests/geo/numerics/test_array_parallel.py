"""Work done at the same time: results in order, little ahead of what is asked for, errors where they belong."""

from __future__ import annotations

import pytest

from minglu.geo.numerics.array_parallel import ahead, both, map_parts


def counted(asked: list[int], count: int = 100):
    """Yield numbers, and note in `asked` what was made."""
    for number in range(count):
        asked.append(number)
        yield number


def test_parts_are_asked_for_as_they_are_needed():
    """Few are there at once, and the results come in the order of the parts."""
    asked: list[int] = []
    for number, square in enumerate(map_parts(lambda part: part * part, counted(asked))):
        assert square == number * number
        assert len(asked) - number <= 16
    assert len(asked) == 100


def test_one_part_is_made_ahead():
    """And never more than the one that is worked on and the next."""
    asked: list[int] = []
    for number, part in enumerate(ahead(counted(asked))):
        assert part == number
        assert len(asked) - number <= 2
    assert len(asked) == 100


def test_an_error_comes_after_the_parts_before_it():
    """A torn file shows at the place where it is torn."""

    def torn():
        yield 1
        yield 2
        raise ValueError("torn")

    seen = []
    with pytest.raises(ValueError, match="torn"):
        for part in ahead(torn()):
            seen.append(part)  # noqa: PERF402 -- what came before the error counts
    assert seen == [1, 2]


def test_both_give_their_results_or_the_error():
    """Whichever of the two fails."""
    assert both(lambda: 1, lambda: "other") == (1, "other")
    with pytest.raises(ZeroDivisionError):
        both(lambda: 1 // 0, lambda: 2)
    with pytest.raises(ZeroDivisionError):
        both(lambda: 2, lambda: 1 // 0)
