"""Tries over whole columns find what a loop over single texts finds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.text_columns import (
    Characters,
    Trie,
    each_window,
    letter_table,
    slices,
    spelled_by_letter,
    translated,
)

TEXTS = st.lists(st.text(alphabet="abé张记𠮷", max_size=6), max_size=6)
WORDS = st.dictionaries(st.text(alphabet="ab张", min_size=1, max_size=4), st.sampled_from(["x", "y"]), max_size=6)


@given(TEXTS)
def test_letters_can_be_put_together_again(texts: list[str]) -> None:
    """Slicing every row whole gives the column back."""
    characters = Characters.of(pa.array(texts, pa.string()))
    assert characters.slices(characters.first[:-1], characters.first[1:]).to_pylist() == texts


@given(TEXTS, WORDS, st.integers(0, 3), st.booleans())
def test_longest_word_is_found_at_both_ends(texts: list[str], words: dict[str, str], keep: int, whole: bool) -> None:
    """Equal to trying every length of every text."""
    characters = Characters.of(pa.array(texts, pa.string()))
    begin, end = characters.first[:-1], characters.first[1:]

    def naive(text: str, *, last: bool) -> tuple[int, str]:
        for length in range(len(text), 0, -1):
            word, left = text[-length:] if last else text[:length], len(text) - length
            if word in words and (left >= keep or (whole and not left)):
                return length, words[word]
        return 0, ""

    for trie, last in ((Trie.of(words), False), (Trie.of(words, backwards=True), True)):
        find = trie.longest_last if last else trie.longest
        lengths, meanings = find(characters, begin, end, keep=keep, whole=whole)
        found = [(int(n), trie.meanings[m] if m >= 0 else "") for n, m in zip(lengths, meanings, strict=True)]
        assert found == [naive(text, last=last) for text in texts]


@given(TEXTS)
def test_letters_are_spelled_as_translate_does(texts: list[str]) -> None:
    """Letters beyond the table stay as they are, and a column may start in the middle of another."""
    table = {ord("张"): "zhang ", ord("b"): ""}
    column = pa.array(["前", *texts], pa.string()).slice(1)
    assert spelled_by_letter(column, letter_table(table)).to_pylist() == [text.translate(table) for text in texts]
    ascii_only = str.maketrans("ab", "ba")
    assert translated(column, ascii_only).to_pylist() == [text.translate(ascii_only) for text in texts]


@given(TEXTS, st.integers(0, 4), st.integers(0, 4))
def test_slices_and_windows_are_those_of_each_text(texts: list[str], begin: int, size: int) -> None:
    """Bytes for `slices`, letters for `each_window`; both end where the text does."""
    column = pa.array(["前", *texts], pa.string()).slice(1)
    spans = [(min(begin, len(text)), min(begin + size, len(text))) for text in texts]
    bytes_before = [[len(text[:at].encode()) for at in span] for text, span in zip(texts, spans, strict=True)]
    first, last = np.array(bytes_before, dtype=np.int64).reshape(-1, 2).T
    wanted = [text[one:other] for text, (one, other) in zip(texts, spans, strict=True)]
    assert slices(column, first, last).to_pylist() == wanted
    characters = Characters.of(column)
    starts = characters.first[:-1] + np.array([one for one, _ in spans], dtype=np.int64)
    found, lengths = each_window(characters, starts, characters.first[1:], size, lambda window: window[:2])
    assert found.to_pylist() == [text[:2] for text in wanted]
    assert lengths.tolist() == [len(text[:2]) for text in wanted]


def test_sliced_columns_start_where_they_say() -> None:
    """An array with an offset is read from its offset."""
    characters = Characters.of(pa.array(["张三", "李四", "王五"]).slice(1))
    assert characters.slices(characters.first[:-1], characters.first[1:]).to_pylist() == ["李四", "王五"]
    assert characters.codes.dtype == np.dtype("<u4")
