"""Entries -> the columns that matching compares: parts of names and addresses, their sounds and shapes.

`describe` parses every different text once.  No comparing, no blocking, no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.addresses import (
    NEEDS_CARE,
    ROAD_NUMBER,
    SIGNS,
    SPLIT,
    HeadParts,
    TailParts,
    plain_address,
    read_head,
    read_tail,
)
from minglu.matching.grammar import Grammar, grammar_of
from minglu.matching.letters import cut_at
from minglu.matching.name_columns import describe_names
from minglu.matching.names import read_name
from minglu.matching.shapes import shapes
from minglu.matching.sounds import loose_sounds, sounds
from minglu.matching.vocabulary import Vocabulary

TEXT = pa.string()
_PLACE_COLUMNS = {
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
    "" where an entry is silent, null never.
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
        spelled = pa.array(spell(words.dictionary.to_pylist()), TEXT)
        columns[column] = pa.DictionaryArray.from_arrays(words.indices, spelled)
    registered, site = _flat(entries["address"]), _flat(entries["site_address"])
    site = pc.if_else(pc.equal(site, ""), registered, site)
    addresses = pa.concat_arrays([site, registered]).dictionary_encode()
    places = describe_addresses(addresses.dictionary, grammar)
    for name in _PLACE_COLUMNS:
        both = _spread(places[name], addresses.indices)
        columns[f"site_{name}"], columns[f"reg_{name}"] = both[: len(site)], both[len(site) :]
    return columns


_PART_OF = {name: name for name in _NAME_COLUMNS} | {"name_key": "key"}
_SPELLED: tuple[tuple[str, str, Callable[[list[str]], list[str]]], ...] = (
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


def _map_distinct(texts: pa.Array, change: Callable[[list[str]], list[str]]) -> pa.Array:
    """Change each different text once."""
    encoded = texts.dictionary_encode()
    return pa.array(change(encoded.dictionary.to_pylist()), TEXT).take(encoded.indices)


def _join_formers(inside: pa.Array, given: pa.Array, grammar: Grammar) -> pa.Array:
    """Add the cores of the former_name column to those found inside the names; sorted, each once."""
    rows = pc.not_equal(given, "")
    if not pc.any(rows).as_py():
        return inside
    joined = [
        sorted({*found, *(core for part in _SEPARATOR.split(text) if (core := read_name(part, grammar).core))})
        for found, text in zip(inside.filter(rows).to_pylist(), given.filter(rows).to_pylist(), strict=True)
    ]
    both = pa.concat_arrays([inside, pa.array(joined, inside.type)])
    which = np.arange(len(inside))
    which[rows.to_numpy(zero_copy_only=False)] = len(inside) + np.arange(len(joined))
    return both.take(which)


def describe_addresses(texts: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Parse addresses: the same as `parse_address` row by row, but each different head and tail is read once."""
    plain = _plain_addresses(texts)
    heads, tails = split_addresses(plain)
    head = _read_distinct(heads, HeadParts._fields, lambda text: read_head(text, grammar))
    tail = _read_distinct(tails, TailParts._fields, read_tail)
    building = _first_spoken(tail["building"], head["building"])
    group = pc.if_else(pc.equal(head["hamlet"], ""), "", tail["group"])
    halls = pc.if_else(pc.equal(building, ""), "", pc.binary_join_element_wise(building, "幢", ""))
    hall = pc.if_else(pc.equal(head["park"], head["anchor"]), halls, "")
    counted = _first_spoken(_first_spoken(tail["number"], group), hall)
    known = pc.and_(pc.not_equal(head["anchor"], ""), pc.not_equal(counted, ""))
    key = pc.if_else(known, pc.binary_join_element_wise(head["anchor"], counted, "#"), "")
    in_market = pc.and_(pc.not_equal(head["market"], ""), pc.not_equal(tail["stall"], ""))
    return {
        **{name: head[name] for name in ("town", "village", "park", "road")},
        **{name: tail[name] for name in ("number", "room")},
        "building": building,
        "key": pc.if_else(in_market, pc.binary_join_element_wise(head["market"], tail["stall"], "#"), key),
        "text": plain,
    }


def _first_spoken(first: pa.Array, second: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(first, ""), second, first)


def _plain_addresses(texts: pa.Array) -> pa.Array:
    """Bring addresses to one spelling; only those that hold a sign for it are looked at one by one."""
    for sign, spelling in SIGNS:
        texts = pc.replace_substring(texts, sign, spelling)
    careful = pc.match_substring_regex(texts, NEEDS_CARE)
    changed = _map_distinct(texts.filter(careful), lambda some: [plain_address(text) for text in some])
    return pc.replace_with_mask(texts, careful, changed)


def split_addresses(plain: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return heads and tails, as `split_address` does: cut at the first digit, unless the name of a road holds one."""
    place = pc.find_substring_regex(plain, "[0-9]")
    place = pc.if_else(pc.less(place, 0), pc.binary_length(plain), place)
    numbered = pc.match_substring_regex(plain, ROAD_NUMBER)
    longer = pc.extract_regex(plain.filter(numbered), SPLIT).field("head")
    return cut_at(plain, pc.replace_with_mask(place, numbered, pc.binary_length(longer)))


def _read_distinct(texts: pa.Array, fields: Sequence[str], read: Callable[[str], Any]) -> dict[str, pa.Array]:
    encoded = texts.dictionary_encode()
    parts = list(map(read, encoded.dictionary.to_pylist()))
    return {name: pa.array([part[at] for part in parts], TEXT).take(encoded.indices) for at, name in enumerate(fields)}
