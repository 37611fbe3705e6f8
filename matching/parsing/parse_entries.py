"""Entries -> the columns that matching compares: parts of names and addresses, their sounds and shapes.

`describe` parses every different text once.  No comparing, no blocking, no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.addresses import describe_addresses
from minglu.matching.parsing.grammar import Grammar, grammar_of
from minglu.matching.parsing.homoglyphs import shapes
from minglu.matching.parsing.names import describe_names, read_cores
from minglu.matching.parsing.phonetics import loose_sounds, sounds
from minglu.matching.parsing.vocabulary import Vocabulary

TEXT = pa.string()
_PLACE_COLUMNS = {
    "county": "county without suffix",
    "town": "township without suffix",
    "village": "village or community without suffix",
    "park": "park or market as written",
    "road": "road",
    "number": "house number in digits, 12-3",
    "building": "building",
    "room": "room",
    "key": "road#number, village#number or park#number",
    "text": "the whole address in one spelling",
}
_NAME_COLUMNS = {
    "name_key": "the name without blanks, brackets and former names",
    "core": "the name without region, legal form and branch",
    "brand": "字号",
    "trade": "trade groups, joined by +",
    "region": "areas in the name without suffix, large to small, joined by /",
    "form": "canonical legal form",
    "branch": "branch mark and kind, 2|分厂",
    "latin": "Latin letters and digits of the name",
    "full": "the name up to a strong legal form: the full name of an enterprise, or of a branch's parent",
}
_SOUND_COLUMNS = {
    "brand_sound": "tone-less pinyin of the brand",
    "brand_loose": "the same with confusable sounds folded",
    "core_sound": "tone-less pinyin of the core",
    "brand_shape": "the brand with look-alike characters folded",
}


def _column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning})


FEATURES = pa.schema(
    [
        _column("entry_id", TEXT, "the entry"),
        *(_column(name, TEXT, meaning) for name, meaning in (_NAME_COLUMNS | _SOUND_COLUMNS).items()),
        _column("formers", pa.list_(TEXT), "cores of former names, from the name and from former_name"),
        *(
            _column(f"{prefix}_{name}", TEXT, f"{meaning}, {whose}")
            for prefix, whose in (
                ("site", "production address, else the registered one"),
                ("reg", "registered address"),
            )
            for name, meaning in _PLACE_COLUMNS.items()
        ),
    ]
)
_SEPARATOR = re.compile(r"[、,，;；/|]")


def describe(entries: pa.Table, vocabulary: Vocabulary) -> pa.Table:
    """Parse the names and addresses of entries, for reading: as codes they travel by `read_parts`.

    Reads entry_id, name, former_name, address, site_address.  Returns FEATURES, one row per entry in input order;
    "" where an entry is missing, null never.
    """
    parts = read_parts(entries, vocabulary)
    return pa.table([parts[field.name].cast(field.type) for field in FEATURES], schema=FEATURES)


def read_parts(entries: pa.Table, vocabulary: Vocabulary) -> dict[str, pa.Array]:
    """Return the columns of FEATURES as `describe` does, the parsed ones dictionary-encoded.

    What comes next looks at every different value once.
    """
    grammar = grammar_of(vocabulary)
    columns: dict[str, pa.Array] = {"entry_id": _flat(entries["entry_id"])}
    names = _flat(entries["name"]).dictionary_encode()
    parts = describe_names(names.dictionary, grammar)
    columns |= {name: _spread(parts[part], names.indices) for name, part in _PART_OF.items()}
    formers = parts["formers"].take(names.indices)
    columns["formers"] = _join_formers(formers, _flat(entries["former_name"]), grammar)
    for column, source, spell in _SPELLED:
        words = columns[source]
        columns[column] = pa.DictionaryArray.from_arrays(words.indices, spell(words.dictionary))
    registered, site = _flat(entries["address"]), _flat(entries["site_address"])
    site = pc.if_else(pc.equal(site, ""), registered, site)
    addresses = pa.concat_arrays([site, registered]).dictionary_encode()
    places = describe_addresses(addresses.dictionary, grammar)
    for name in _PLACE_COLUMNS:
        both = _spread(places[name], addresses.indices)
        columns[f"site_{name}"], columns[f"reg_{name}"] = both[: len(site)], both[len(site) :]
    return columns


_PART_OF = {name: name for name in _NAME_COLUMNS} | {"name_key": "key"}
_SPELLED: tuple[tuple[str, str, Callable[[pa.Array], pa.Array]], ...] = (
    ("brand_sound", "brand", sounds),
    ("brand_loose", "brand", loose_sounds),
    ("core_sound", "core", sounds),
    ("brand_shape", "brand", shapes),
)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array of text without nulls."""
    flat = column.cast(TEXT).combine_chunks()
    flat = pa.concat_arrays(flat.chunks) if isinstance(flat, pa.ChunkedArray) else flat
    return pc.fill_null(flat, "")


def _spread(values: pa.Array, indices: pa.Array) -> pa.DictionaryArray:
    """Return `values` at `indices`, each different value standing once in the dictionary."""
    coded = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.take(indices), coded.dictionary)


def _join_formers(inside: pa.Array, given: pa.Array, grammar: Grammar) -> pa.Array:
    """Add the cores of the former_name column to those found inside the names; sorted, each once."""
    rows = pc.not_equal(given, "")
    if not pc.any(rows).as_py():
        return inside
    parts = [_SEPARATOR.split(text) for text in given.filter(rows).to_pylist()]
    core_of = read_cores((part for some in parts for part in some), grammar)
    joined = [
        sorted({*found, *filter(None, map(core_of.__getitem__, some))})
        for found, some in zip(inside.filter(rows).to_pylist(), parts, strict=True)
    ]
    both = pa.concat_arrays([inside, pa.array(joined, inside.type)])
    which = np.arange(len(inside))
    which[rows.to_numpy(zero_copy_only=False)] = len(inside) + np.arange(len(joined))
    return both.take(which)
