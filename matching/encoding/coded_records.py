"""The rows to be linked as narrow columns of numbers: what blocking and comparing read.  No pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pyarrow as pa

from minglu.common.arrays import Flags, Integers, Numbers
from minglu.common.parallel import Spread, over_threads
from minglu.matching.encoding.encode_entries import POINT, floats
from minglu.matching.encoding.term_frequencies import Frequencies, count_frequencies, count_values
from minglu.matching.encoding.text_hashing import MISSING, Coded, Marks, join_codes, number_values

LAZY_ADDRESSES = 4  # no four places lie on one point to the last digit
LAZY_PRECISION_M = 5_000.0  # what such a point shows: the town
# Columns that may be compared with each other: they share one numbering.
ONE_DOMAIN = (
    ("core", "former_1", "former_2"),
    ("brand", "head_2", "head_3"),
    ("legal_person", "contact", "owner_name"),
    *((f"site_{part}", f"reg_{part}") for part in ("town", "road", "key", "text")),
)
# Codes that are only searched for: comparisons do not read them.
KEYS_ONLY = frozenset({"cell", "cell_off", "brand_loose", "brand_head", "brand_tail", "trade"})
TEXTS = {"core": "core_text", "code_text": "code_text"}  # the only texts kept, and their columns: for edit distances


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Rows in the order of entry_id; a row's number is its place."""

    entry_id: pa.Array
    codes: Mapping[str, Integers]
    """Per column one code of 32 bits per row: equal for equal values, MISSING for none.  Columns that are searched for
    number their values 1, 2, ...; those only compared (COMPARED_ONLY) keep a cut hash."""
    texts: Mapping[str, pa.Array]
    lon: Numbers
    lat: Numbers
    precision_m: Numbers
    frequencies: Mapping[str, Frequencies] = field(default_factory=dict)
    """How many rows (or units) share a row's address, phone, name ..."""
    keys_only: frozenset[str] = frozenset()
    """Columns that only blocking reads."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.entry_id)

    def column(self, name: str) -> Integers:
        """Return the codes of a column; a missing value where these rows have no such column."""
        return self.codes[name] if name in self.codes else np.full(len(self), MISSING, dtype=np.uint32)

    def frequency(self, name: str) -> Integers:
        """Return a count of shared values; 0 where these rows were not counted so."""
        return self.frequencies[name] if name in self.frequencies else np.zeros(len(self), dtype=np.uint16)


def coded_rows(batches: pa.Table | Iterable[pa.Table], *, spread: Spread = over_threads) -> CodedRows:
    """Gather batches of coded rows, which come in the order of entry_id; codes searched for are numbered 1, 2, ...

    The counting of frequencies is `spread`.
    """
    columns: dict[str, list[pa.Array]] = {}
    for batch in [batches] if isinstance(batches, pa.Table) else batches:
        for name in batch.column_names:
            columns.setdefault(name, []).extend(batch[name].chunks or [pa.array([], batch[name].type)])
    entry_id = _whole(columns.pop("entry_id"), pa.string())
    texts = {name: _whole(columns.pop(column), pa.large_string()) for name, column in TEXTS.items()}
    lon, lat, precision_m = (np.concatenate([floats(part) for part in columns.pop(name)]) for name in POINT)
    together = {name for group in ONE_DOMAIN for name in group}
    groups = [group for group in ONE_DOMAIN if group[0] in columns]
    groups += [(name,) for name in columns if name not in together]
    codes = dict(chain.from_iterable(over_threads(lambda group: _narrow(group, columns), groups)))
    codes["head_code"] = np.where(codes["branch"] == MISSING, codes["org_code"], np.uint32(MISSING))
    lazy = _lazy_points(lon, lat, codes["site_text"])
    precision_m[lazy] = np.fmax(precision_m[lazy], LAZY_PRECISION_M)
    for name in ("cell", "cell_off"):
        codes[name][lazy] = MISSING
    return CodedRows(entry_id, codes, texts, lon, lat, precision_m, count_frequencies(codes, spread=spread), KEYS_ONLY)


def _narrow(group: Sequence[str], columns: dict[str, list[pa.DictionaryArray]]) -> list[tuple[str, Marks]]:
    """Take the columns of a group out of `columns` and make them narrow; each is let go of once it is."""
    parts = [[_as_coded(part) for part in columns.pop(name)] for name in group]
    values = np.concatenate([part.values for part in chain.from_iterable(parts)])
    marks = values if values.dtype == np.uint32 else number_values(values)
    ends = np.cumsum([sum(len(part.values) for part in some) for some in parts])[:-1]
    return [(name, _spread(own, some)) for name, own, some in zip(group, np.split(marks, ends), parts, strict=True)]


def _as_coded(column: pa.DictionaryArray) -> Coded:
    return Coded(column.dictionary.to_numpy(), column.indices.to_numpy())


def _spread(marks: Marks, parts: Sequence[Coded]) -> Marks:
    """Return the mark of each row, `marks` being those of the values of all parts, one part behind the other."""
    rows = np.empty(sum(len(part.places) for part in parts), dtype=np.uint32)
    row = value = 0
    for part in parts:
        own, here = marks[value : value + len(part.values)], rows[row : row + len(part.places)]
        own.take(part.places, out=here, mode="clip")  # any mode but this one writes to a buffer first
        row, value = row + len(here), value + len(own)
    return rows


def number_columns(columns: list[Integers]) -> list[Marks]:
    """Number the values of columns whose values are compared with each other, see `number_values`."""
    return np.split(number_values(np.concatenate(columns)), len(columns)) if columns else []


def _lazy_points(lon: Numbers, lat: Numbers, address: Integers) -> Flags:
    """Flag the points that, to the last digit, several different addresses share: a geocoder's answer for a town."""
    spots = join_codes(_bits(lon), _bits(lat))
    spots = np.where(np.isfinite(lon) & np.isfinite(lat), spots, MISSING)
    lazy: Flags = count_values(spots, address) >= LAZY_ADDRESSES
    return lazy


def _bits(values: Numbers) -> Integers:
    return (values + 0.0).view(np.int64) | 1


def _whole(parts: list[pa.Array], kind: pa.DataType) -> pa.Array:
    """Return one array; with large offsets the texts of ten million rows may pass two gigabytes."""
    return pa.concat_arrays([part.cast(kind) for part in parts])
