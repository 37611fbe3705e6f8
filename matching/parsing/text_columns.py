"""A column of texts as one flat array of characters, and words looked up in all of its rows at once.

What a trie does for one text this does for a million: every row walks the same trie one letter a step, and rows
leave when no word goes on.  Knows nothing of names or addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
_LETTERS = 1 << 16
_SURROGATES = range(0xD800, 0xE000)  # code points that no text holds
_ODD = np.uint64(0x9E3779B97F4A7C15)
"""What a key is multiplied with to spread it over a table: the golden ratio in 64 bits."""
_OTHER = _LETTERS - 1
"""Stands for every code point from 65,536 on: no word of a trie holds one."""


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters of a column, row after row."""

    codes: npt.NDArray[np.uint32]
    """Code points of all rows."""
    first: Integers
    """Where each row begins in `codes`; one more entry than rows, the last one being the end."""

    def at(self, places: Integers) -> npt.NDArray[np.int64]:
        """Return the characters at `places`, the rare ones as one."""
        return np.minimum(self.codes.take(places), _OTHER).astype(np.int64)

    @classmethod
    def of(cls, texts: pa.Array) -> Characters:
        """Take a column of text (no nulls) apart."""
        lengths = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
        first = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum(lengths, out=first[1:])
        codes = np.frombuffer(bytes(_content(texts)).decode().encode("utf-32-le"), dtype="<u4")
        return cls(codes, first)

    def slices(self, begin: Integers, end: Integers) -> pa.Array:
        """Return the text between `begin` and `end` (positions in `codes`), one for each pair."""
        lengths = end - begin
        offsets = np.zeros(len(begin) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        picked = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], lengths)
        codes = self.codes.take(picked)
        width = 1 + (codes >= 0x80) + (codes >= 0x800).astype(np.int8) + (codes >= 0x10000)
        at = np.zeros(len(codes) + 1, dtype=np.int64)
        np.cumsum(width, out=at[1:])
        content = codes.tobytes().decode("utf-32-le").encode()
        return pa.StringArray.from_buffers(
            len(begin), pa.py_buffer(at.take(offsets).astype(np.int32)), pa.py_buffer(content)
        )


def letter_table(table: Mapping[int, str]) -> pa.Array:
    """Return for each code point below 65,536 the text that a table for `str.translate` puts there."""
    texts = [table.get(code, chr(code)) if code not in _SURROGATES else "" for code in range(_LETTERS)]
    return pa.array(texts, pa.string())


def spelled_by_letter(texts: pa.Array, table: pa.Array) -> pa.Array:
    """Replace each letter of a column (no nulls) by what a `letter_table` says; rarer ones stay as they are.

    >>> spelled_by_letter(pa.array(["张A", "", "张"]), letter_table({ord("张"): "zhang "})).to_pylist()
    ['zhang A', '', 'zhang ']
    """
    characters = Characters.of(texts)
    rare = np.unique(characters.codes[characters.codes >= _LETTERS])
    table = pa.concat_arrays([table, pa.array(map(chr, rare.tolist()), pa.string())])
    place = np.where(characters.codes < _LETTERS, characters.codes, _LETTERS + np.searchsorted(rare, characters.codes))
    spelled = table.take(pa.array(place))
    bounds = _offsets(spelled).take(characters.first)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(bounds), spelled.buffers()[2])


def map_distinct(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Change each different text of a column (no nulls) once; the column may be dictionary-encoded already."""
    encoded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    return pa.array(map(change, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)


def each_window(
    characters: Characters, begin: Integers, end: Integers, size: int, read: Callable[[str], str]
) -> tuple[pa.DictionaryArray, Integers]:
    """Read what stands at `begin`, up to `size` characters of it, each different one once.

    Returns what `read` found, and its length; "" and 0 where it found nothing.
    """
    windows = characters.slices(begin, np.minimum(begin + size, end)).dictionary_encode()
    found = pa.array(map(read, windows.dictionary.to_pylist()), pa.string())
    lengths = pc.utf8_length(found).to_numpy(zero_copy_only=False).astype(np.int64)
    return pa.DictionaryArray.from_arrays(windows.indices, found), lengths.take(windows.indices.to_numpy())


def cut_at(texts: pa.Array, places: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Cut each text (no nulls) in two before the byte at its place.

    >>> before, behind = cut_at(pa.array(["甲路7号", "乙路"]), pa.array([6, 6]))
    >>> before.to_pylist(), behind.to_pylist()
    (['甲路', '乙路'], ['7号', ''])
    """
    lengths = np.diff(_offsets(texts))
    place = places.to_numpy(zero_copy_only=False)
    return slices(texts, np.zeros_like(lengths), place), slices(texts, place, lengths)


def slices(texts: pa.Array, begin: Integers, end: Integers) -> pa.Array:
    """Return of each text (no nulls) the bytes between `begin` and `end`; none is copied until they are picked.

    >>> slices(pa.array(["甲路7号", "乙路"]), np.array([6, 3]), np.array([7, 6])).to_pylist()
    ['7', '路']
    """
    starts = _offsets(texts)
    bounds = np.empty(2 * len(texts) + 1, dtype=np.int32)
    bounds[:-1:2] = starts[:-1] + begin
    bounds[1::2] = starts[:-1] + end
    bounds[-1] = starts[-1]
    cut = pa.StringArray.from_buffers(2 * len(texts), pa.py_buffer(bounds), texts.buffers()[2])
    return cut.take(pa.array(np.arange(0, 2 * len(texts), 2)))


def translated(texts: pa.Array, table: Mapping[int, int]) -> pa.Array:
    """Replace ASCII characters by others in a column (no nulls), as `str.translate` does.

    >>> translated(pa.array(["甲路7号"]), str.maketrans("7", "0")).to_pylist()
    ['甲路0号']
    """
    change = np.arange(1 << 8, dtype=np.uint8)
    change[list(table)] = list(table.values())
    content = change.take(np.frombuffer(_content(texts), dtype=np.uint8))
    offsets = _offsets(texts)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets - offsets[0]), pa.py_buffer(content))


def _offsets(texts: pa.Array) -> npt.NDArray[np.int32]:
    """Return where each row begins in the bytes of a column, and where the last one ends."""
    if not len(texts):
        return np.zeros(1, dtype=np.int32)
    return np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _content(texts: pa.Array) -> memoryview:
    """Return the UTF-8 bytes of all rows, end to end."""
    offsets, whole = _offsets(texts), texts.buffers()[2]
    return memoryview(whole)[offsets[0] : offsets[-1]] if whole is not None else memoryview(b"")


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where each letter leads to from each node, in a table of which most places are free: one look finds most."""

    keys: npt.NDArray[np.int64]
    """Place -> node * 65,536 + letter, -1 where it is free.  A key stands at its home, or behind others that do."""
    targets: npt.NDArray[np.int32]
    """Place -> the node that the step leads to, -1 where the place is free."""

    @classmethod
    def of(cls, steps: Mapping[int, int]) -> _Steps:
        """Lay the steps (key -> target) into a table."""
        size = 1 << max((4 * len(steps)).bit_length(), 1)
        table = cls(np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int32))
        homes = table._home(np.fromiter(steps, dtype=np.int64, count=len(steps)))
        for home, (key, target) in zip(homes.tolist(), steps.items(), strict=True):
            place = home
            while table.keys[place] >= 0:
                place = (place + 1) % size
            table.keys[place], table.targets[place] = key, target
        return table

    def after(self, nodes: npt.NDArray[np.int32], characters: Integers) -> npt.NDArray[np.int32]:
        """Return the node behind each step, -1 where there is none."""
        key = nodes * np.int64(_LETTERS) + characters
        place = self._home(key)
        found = self.keys.take(place)
        target = np.where(found == key, self.targets.take(place), np.int32(-1))
        rest = np.arange(len(key))
        while len(astray := np.flatnonzero((found != key) & (found >= 0))):
            rest, key = rest.take(astray), key.take(astray)
            place = (place.take(astray) + 1) % len(self.keys)
            found = self.keys.take(place)
            hit = np.flatnonzero(found == key)
            target[rest.take(hit)] = self.targets.take(place.take(hit))
        return target

    def _home(self, keys: Integers) -> Integers:
        mixed = keys.view(np.uint64) * _ODD >> np.uint64(64 - (len(self.keys) - 1).bit_length())
        return mixed.view(np.int64)


@dataclass(frozen=True, slots=True)
class Trie:
    """Words and what they stand for, walked letter by letter."""

    roots: npt.NDArray[np.int32]
    """Letter -> node after it, -1 where no word begins so."""
    steps: _Steps
    """Every further step."""
    values: npt.NDArray[np.int32]
    """Node -> index into `meanings` where a word ends there, else -1."""
    meanings: tuple[str, ...]

    @classmethod
    def of(cls, words: Mapping[str, str], *, backwards: bool = False) -> Trie:
        """Build a trie of `words` -> meaning; backwards for suffixes."""
        meanings = tuple(sorted(set(words.values())))
        number = {meaning: index for index, meaning in enumerate(meanings)}
        children: dict[tuple[int, int], int] = {}
        values = [-1]
        for word, meaning in sorted(words.items()):
            node = 0
            for letter in word[::-1] if backwards else word:
                step = (node, ord(letter))
                if step not in children:
                    children[step] = len(values)
                    values.append(-1)
                node = children[step]
            values[node] = number[meaning]
        roots = np.full(_LETTERS, -1, dtype=np.int32)
        for (node, code), target in children.items():
            if node == 0:
                roots[code] = target
        deeper = {node * _LETTERS + letter: target for (node, letter), target in children.items() if node}
        return cls(roots, _Steps.of(deeper), np.array(values, dtype=np.int32), meanings)

    def longest(self, characters: Characters, begin: Integers, end: Integers, **how: Any) -> tuple[Integers, Integers]:
        """Return length and meaning of the longest word at the beginning of each span; 0 and -1 where there is none."""
        return self._walk(characters, begin, end - begin, step=1, **how)

    def longest_last(
        self, characters: Characters, begin: Integers, end: Integers, **how: Any
    ) -> tuple[Integers, Integers]:
        """Return the same for the end of each span; the trie must have been built backwards."""
        return self._walk(characters, end - 1, end - begin, step=-1, **how)

    def _walk(
        self, characters: Characters, start: Integers, room: Integers, *, step: int, keep: int = 0, whole: bool = False
    ) -> tuple[Integers, Integers]:
        """Walk every span; a word counts if it leaves `keep` characters, or none at all where `whole` is said."""
        best, meaning = np.zeros(len(start), dtype=np.int64), np.full(len(start), -1, dtype=np.int64)
        rows = np.flatnonzero(room > 0)
        nodes = self.roots.take(characters.at(start.take(rows)))
        length = 1
        while len(rows):
            alive = np.flatnonzero(nodes >= 0)
            rows, nodes = rows.take(alive), nodes.take(alive)
            left = room.take(rows) - length
            value = self.values.take(nodes)
            ends = np.flatnonzero((value >= 0) & ((left >= keep) | (whole & (left == 0))))
            ended = rows.take(ends)
            best[ended], meaning[ended] = length, value.take(ends)
            more = np.flatnonzero(left > 0)
            rows = rows.take(more)
            nodes = self.steps.after(nodes.take(more), characters.at(start.take(rows) + step * length))
            length += 1
        return best, meaning
