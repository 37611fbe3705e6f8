"""Text as numbers: equal where the text is equal, silent where it is empty."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.encoding.text_hashing import (
    MISSING,
    code_characters,
    code_text,
    cut_codes,
    hash_text,
    join_codes,
    number_values,
)


@given(st.lists(st.one_of(st.none(), st.text())))
def test_codes_are_equal_where_texts_are(texts):
    """Two values have one code if and only if they are the same text; empty and null are silent."""
    codes = hash_text(pa.array(texts, pa.string())).tolist()
    for left, one in zip(texts, codes, strict=True):
        assert (one == MISSING) == (not left)
        for right, two in zip(texts, codes, strict=True):
            assert (one == two) == ((left or "") == (right or ""))


@given(st.lists(st.text(), min_size=1), st.integers(0, 5))
def test_code_does_not_depend_on_the_batch(texts, cut):
    """A text has the same code whatever stands around it and however the column is chunked or sliced."""
    whole = hash_text(pa.array(texts, pa.string()))
    chunks = pa.chunked_array([pa.array(texts[:cut], pa.string()), pa.array(texts[cut:], pa.string())])
    assert (hash_text(chunks) == whole).all()
    assert (hash_text(pa.array(["前缀", *texts], pa.string()).slice(1)) == whole).all()


def test_codes_are_stable_for_ever():
    """The codes of today are those of yesterday: tables of two runs can be compared."""
    assert hash_text(pa.array(["宏达", "A"])).tolist() == hash_text(pa.array(["宏达", "A"])).tolist()
    assert len(set(hash_text(pa.array([f"{i}" for i in range(100_000)])).tolist())) == 100_000


@given(st.lists(st.tuples(st.one_of(st.none(), st.text()), st.booleans())))
def test_a_column_is_silenced_row_by_row(rows):
    """Rows that are not wanted become silent, all others keep their code; as an array the column is the same."""
    texts, wanted = [text for text, _ in rows], np.array([flag for _, flag in rows], dtype=np.bool_)
    column = code_text(pa.array(texts, pa.string()))
    only = column.only(wanted)
    assert only.rows.tolist() == np.where(wanted, hash_text(pa.array(texts, pa.string())), MISSING).tolist()
    assert only.is_any_of([MISSING]).tolist() == (only.rows == MISSING).tolist()
    assert only.array().to_pylist() == only.rows.tolist()


def test_joined_code_is_silent_if_a_part_is():
    """A key with a missing part is no key; parts don't change places."""
    one, two = np.array([5, 5, MISSING, 7]), np.array([7, MISSING, 7, 5])
    joined = join_codes(one, two)
    assert (joined == MISSING).tolist() == [False, True, True, False]
    assert joined[0] != joined[3]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_cut_codes_keep_silence_and_equality(codes):
    """Equal codes stay equal, silence stays silence and nothing else becomes it."""
    values = np.array([MISSING, *codes], dtype=np.int64)
    cut = cut_codes(values)
    assert ((cut == MISSING) == (values == MISSING)).all()
    assert (cut == cut_codes(values.copy())).all()


@given(st.text(min_size=1), st.randoms(use_true_random=False))
def test_letters_have_one_code_in_any_order(text, random):
    """A text and its characters in another order have one code; with a character more it is another one."""
    shuffled = list(text)
    random.shuffle(shuffled)
    codes = code_characters(pa.array([text, "".join(shuffled), text + text[0], "", None])).rows.tolist()
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] == codes[4] == MISSING


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_numbers_are_equal_where_codes_are(codes):
    """Numbering keeps equality and silence, and leaves no number out."""
    numbers = number_values(np.array([MISSING, *codes], dtype=np.int64)).tolist()
    assert len(set(zip(numbers, [MISSING, *codes], strict=True))) == len(set(numbers)) == len({MISSING, *codes})
    assert set(numbers) == set(range(len(set(numbers))))
    assert numbers[0] == MISSING
