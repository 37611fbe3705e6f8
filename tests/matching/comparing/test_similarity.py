"""String likeness: the same as the reference's, and never missed by the look at the letters before it."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Indel

from minglu.matching.comparing.similarity import Texts, code_likeness
from minglu.matching.encoding.text_hashing import hash_text, number_values

characters = st.text("宏兴瑞嘉永恒鼎盛a1", max_size=6)
long = st.text("宏兴瑞a1\x00\U00020bb7", max_size=24)


@given(st.lists(characters | long, min_size=1, max_size=8), st.sampled_from([0.45, 0.5, 0.55, 0.78]))
def test_likeness_of_all_pairs_equals_a_naive_one(words, least):
    """Short texts and long ones; the bound by letters rejects nothing that is alike enough."""
    column = pa.array(words, pa.large_string())
    codes = number_values(hash_text(column))
    left, right = (side.ravel() for side in np.meshgrid(np.arange(len(words)), np.arange(len(words))))
    found = Texts(column, codes).likeness(codes[left], codes[right], least=least)
    for one, two, alike in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        if words[one] and words[two]:
            share = Indel.normalized_similarity(words[one], words[two])
            assert alike == (np.float32(share) if share >= least else 0)


def test_one_slip_is_an_edit_or_a_swap():
    """A wrong digit, a lost digit and two swapped neighbours are one slip; two wrong digits are none, three are unlike."""
    whole = "91990101000000010X"
    texts = pa.array([whole, "91990101000000011X", "9199010100000010X", "91990101000000100X", "91990101000000022X",
                      "91990101000000222X", "9199"], pa.large_string())  # fmt: skip
    edit, rounded, unlike = code_likeness(texts, np.zeros(7, dtype=np.int64), np.arange(7))
    assert edit.tolist() == [True, True, True, True, False, False, False]
    assert unlike.tolist() == [False, False, False, False, False, True, False]
    assert not rounded.any()
