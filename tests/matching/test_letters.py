"""Tries over whole columns find what a loop over single texts finds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.letters import Letters, Trie

TEXTS = st.lists(st.text(alphabet="abé张记𠮷", max_size=6), max_size=6)
WORDS = st.dictionaries(st.text(alphabet="ab张", min_size=1, max_size=4), st.sampled_from(["x", "y"]), max_size=6)


@given(TEXTS)
def test_letters_can_be_put_together_again(texts: list[str]) -> None:
    """Slicing every row whole gives the column back."""
    letters = Letters.of(pa.array(texts, pa.string()))
    assert letters.slices(letters.first[:-1], letters.first[1:]).to_pylist() == texts


@given(TEXTS, WORDS, st.integers(0, 3), st.booleans())
def test_longest_word_is_found_at_both_ends(texts: list[str], words: dict[str, str], keep: int, whole: bool) -> None:
    """Equal to trying every length of every text."""
    letters = Letters.of(pa.array(texts, pa.string()))
    begin, end = letters.first[:-1], letters.first[1:]

    def naive(text: str, *, last: bool) -> tuple[int, str]:
        for length in range(len(text), 0, -1):
            word, left = text[-length:] if last else text[:length], len(text) - length
            if word in words and (left >= keep or (whole and not left)):
                return length, words[word]
        return 0, ""

    for trie, last in ((Trie.of(words), False), (Trie.of(words, backwards=True), True)):
        find = trie.longest_last if last else trie.longest
        lengths, meanings = find(letters, begin, end, keep=keep, whole=whole)
        found = [(int(n), trie.meanings[m] if m >= 0 else "") for n, m in zip(lengths, meanings, strict=True)]
        assert found == [naive(text, last=last) for text in texts]


def test_sliced_columns_start_where_they_say() -> None:
    """An array with an offset is read from its offset."""
    letters = Letters.of(pa.array(["张三", "李四", "王五"]).slice(1))
    assert letters.slices(letters.first[:-1], letters.first[1:]).to_pylist() == ["李四", "王五"]
    assert letters.codes.dtype == np.dtype("<u4")
