"""Letters in common, in order: the same as the naive reference's, for texts of every length that fits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from minglu.matching.comparing.subsequence import LONGEST, common_characters, letter_rows

few = st.text("甲乙丙丁", max_size=LONGEST)
any_text = st.text(max_size=LONGEST + 4)


def rows_of(texts):
    """Return the rows of letters of `texts`, and which fit."""
    points = np.array([ord(letter) for text in texts for letter in text], dtype=np.uint32)
    return letter_rows(points, np.array([len(text) for text in texts], dtype=np.int64))


@given(st.lists(st.tuples(few, few), max_size=12))
def test_common_letters_are_those_of_the_reference(pairs):
    """Few letters, so that many are equal; pairs of both widths stand in one batch."""
    (one, fit_one), (two, fit_two) = (rows_of([pair[side] for pair in pairs]) for side in (0, 1))
    assert fit_one.all()
    assert fit_two.all()
    assert common_characters(one, two).tolist() == [LCSseq.similarity(*pair) for pair in pairs]


@given(st.lists(any_text, min_size=1, max_size=8))
def test_a_text_that_fits_has_all_its_letters_in_common_with_itself(texts):
    """What is too long, or beyond 16 bits, is said not to fit; all else is measured whole."""
    rows, fit = rows_of(texts)
    expected = [len(text) <= LONGEST and all(0 < ord(letter) < 0xFFFF for letter in text) for text in texts]
    assert fit.tolist() == expected
    assert common_characters(rows, rows)[fit].tolist() == [
        len(text) for text, fits in zip(texts, fit, strict=True) if fits
    ]
    assert not rows[~fit].any()


@pytest.mark.parametrize("length", [8, 9, LONGEST])
def test_texts_that_fill_their_row_are_read_to_the_last_letter(length):
    """The longest texts of both widths, the common letter standing last in one and first in the other."""
    rows, _ = rows_of(["乙" * (length - 1) + "甲", "甲" + "丙" * (length - 1)])
    assert common_characters(rows[:1], rows[1:]).tolist() == [1]
