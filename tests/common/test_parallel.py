"""Work side by side: results in the order of the work, errors where the work was asked for."""

import threading

import pytest

from minglu.common.parallel import over_threads, together


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
