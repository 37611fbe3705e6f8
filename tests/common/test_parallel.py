"""Work side by side: results in the order of the work, errors where the work was asked for."""

import threading

import pytest

from minglu.common.parallel import over_threads, prefetch, together


def test_results_come_in_the_order_of_the_pieces():
    """Whatever is done first, what comes out stands where its piece stood."""
    assert list(over_threads(lambda piece: piece * piece, range(50))) == [piece * piece for piece in range(50)]


def test_the_first_work_is_done_in_this_thread_and_beside_the_others():
    """Both wait for each other: neither would end if they were done one after the other."""
    barrier = threading.Barrier(2, timeout=30)

    def work():
        barrier.wait()
        return threading.current_thread()

    here, beside = together(work, work)
    assert here is threading.current_thread() is not beside


@pytest.mark.parametrize("failing", [0, 1])
def test_an_error_of_any_work_is_raised_here(failing):
    """An error in a thread is not lost."""

    def fail():
        raise ValueError("no such row")

    works = [lambda: 1, lambda: 2]
    works[failing] = fail
    with pytest.raises(ValueError, match="no such row"):
        together(*works)


def counted(asked: list[int], count: int = 100):
    """Yield numbers, and note in `asked` what was made."""
    for number in range(count):
        asked.append(number)
        yield number


def test_pieces_are_asked_for_as_they_are_needed():
    """Few are there at once, and the results come in the order of the parts."""
    asked: list[int] = []
    for number, square in enumerate(over_threads(lambda part: part * part, counted(asked))):
        assert square == number * number
        assert len(asked) - number <= 16
    assert len(asked) == 100


def test_one_piece_is_made_ahead():
    """And never more than the one that is worked on and the next."""
    asked: list[int] = []
    for number, part in enumerate(prefetch(counted(asked))):
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
        for part in prefetch(torn()):
            seen.append(part)  # noqa: PERF402 -- what came before the error counts
    assert seen == [1, 2]
