"""A batch of entries as columns of codes: text goes in, numbers come out.  Rows are not gathered here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.arrays import Numbers
from minglu.matching.encoding.text_hashing import (
    MISSING,
    Coded,
    code_characters,
    code_each_text,
    code_text,
    cut_codes,
    different,
    hash_text,
)
from minglu.matching.parsing.grammar import WEAK_TRADE
from minglu.matching.parsing.parse_entries import read_parts
from minglu.matching.parsing.phonetics import sounds
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.matching.parsing.wordlists import form_kinds

# Columns of entries that linkage reads besides those that `describe` parses.
ENTRY_COLUMNS = (
    "entry_id",
    "list",
    "uscc",
    "uscc_seen",
    "org_code",
    "reg_no",
    "permit_no",
    "permit_serial",
    "site_suffix",
    "industry_code",
    "phone",
    "contact",
    "legal_person",
    "lon",
    "lat",
    "precision_m",
)
PARSED_COLUMNS = ("name", "former_name", "address", "site_address")

_OWN_CODES = ("uscc", "org_code")
_REPEATED_CODES = (
    "list",
    "uscc_seen",
    "reg_no",
    "permit_no",
    "permit_serial",
    "site_suffix",
    "phone",
    "contact",
    "legal_person",
)
_NAME_CODES = ("name_key", "full", "core", "brand", "trade", "form", "branch")
_SOUND_CODES = ("brand_sound", "brand_loose", "core_sound", "brand_shape")
_PLACE_PARTS = ("town", "village", "park", "road", "number", "building", "room", "key", "text")
_SITE_CODES = ("site_county", *(f"site_{part}" for part in _PLACE_PARTS))
_SEAT_CODES = ("reg_town", "reg_village", "reg_road", "reg_key", "reg_text")
_PARSED_CODES = (*_NAME_CODES, *_SOUND_CODES, *_SITE_CODES, *_SEAT_CODES)
REGISTRAR_DIGITS = 2  # of a USCC: who registered it, and what kind of body it is (GB 32100)
OWNER_REMARK = "(?:个体工商户|个体户|个体|个人|业主)$"
HOUSEHOLD = "92"  # how the USCC of a household 个体工商户 begins (GB 32100)
PREFIX_CHARACTERS = (2, 3)  # characters of a brand
FORMERS = 2  # former names compared per entry; no list gives more than a few
CELL_DEGREES = 0.004  # about 400 m: two points of one site in one cell or in the staggered one
CELLS = 45_002  # so many from pole to pole, twice as many around the globe, with room for the staggered grid
# Codes that are only compared, never searched for: half the width is enough.
COMPARED_ONLY = (
    "uscc",
    "permit_serial",
    "permit_owner",
    "site_suffix",
    "name_key",
    "name_letters",
    "form",
    "form_kind",
    "region_large",
    "region_small",
    "brand_sound",
    "group",
    "site_county",
    "site_village",
    "site_park",
    "site_building",
    "site_room",
    "reg_village",
    "site_whole",
    "further_site",
    "registrar",
    "site_given",
)
AREA_ONLY = (
    "(?:[省市县区旗盟镇乡村城园道路街巷]|社区|市场|基地|大道|[0-9]+组)$"  # such a text names an area, no address
)
POINT = ("lon", "lat", "precision_m")


def describe_rows(entries: pa.Table, *, vocabulary: Vocabulary) -> pa.Table:
    """Parse and code one batch of entries: text goes in, numbers come out."""
    return encode_rows(entries, read_parts(entries, vocabulary))


def encode_rows(entries: pa.Table, features: Mapping[str, pa.Array] | pa.Table) -> pa.Table:
    """Turn a batch of entries and its features (same order) into columns of codes.

    Returns entry_id, lon, lat, precision_m, one column per code (dictionary-encoded: different codes of 64 bits, of
    32 for COMPARED_ONLY) and the texts of TEXTS; one row per entry, in order.  Personal values leave as hashes only.
    """
    texts = {name: different(entries[name]) for name in (*_REPEATED_CODES, "industry_code")}
    texts |= {name: features[name] for name in (*_PARSED_CODES, "region")}
    columns = {name: code_each_text(entries[name]) for name in _OWN_CODES}
    columns |= {name: code_text(texts[name]) for name in (*_REPEATED_CODES, *_PARSED_CODES)}
    columns |= {name: code_text(_changed(texts[source], *how)) for name, (source, *how) in _DERIVED.items()}
    columns |= {name: code_characters(features[source]) for name, source in _LETTER_CODES.items()}
    columns |= _former_codes(features["formers"])
    columns |= _name_heads(features["core"], columns["trade"])
    columns["site_whole"] = _silence_areas(columns["site_text"], features["site_text"])
    columns["household"] = _households(entries["uscc"])
    columns["site_given"] = code_text(pc.if_else(pc.equal(pc.fill_null(entries["site_address"], ""), ""), "", "given"))
    columns["owner_name"] = code_text(_changed(features["name_key"], _as_owner))
    columns["registrar"] = code_text(pc.utf8_slice_codeunits(entries["uscc"], 0, REGISTRAR_DIGITS))
    columns |= _cells(entries)
    columns |= {name: columns[name]._replace(values=cut_codes(columns[name].values)) for name in COMPARED_ONLY}
    plain = {name: entries[name] for name in ("entry_id", *POINT)}
    plain["core_text"] = features["core"].cast(pa.string())
    plain["code_text"] = pc.if_else(pc.equal(entries["uscc"], ""), entries["uscc_seen"], entries["uscc"])
    return pa.table(plain | {name: column.array() for name, column in columns.items()})


def _changed(
    texts: pa.Array | pa.ChunkedArray, change: Callable[..., pa.Array], *how: int | str | None
) -> pa.DictionaryArray:
    """Return a column with each different text changed once, dictionary-encoded."""
    coded = different(texts)
    return pa.DictionaryArray.from_arrays(coded.indices, change(coded.dictionary, *how))


def _kinds_of_forms(forms: pa.Array) -> pa.Array:
    return pa.array([form_kinds().get(form, form) for form in forms.to_pylist()], pa.string())


def _spell_region(regions: pa.Array, dropped: str) -> pa.Array:
    """Return the sound of what is left of each region: areas that sound alike are one."""
    return sounds(pc.replace_substring_regex(regions, dropped, ""))


def _name_heads(cores: pa.Array | pa.ChunkedArray, trade: Coded) -> dict[str, Coded]:
    """Code the first characters of names whose trade no table knows: there the brand can not be separated."""
    unknown = trade.is_any_of([MISSING, hash_text(pa.array([WEAK_TRADE]))[0]])
    return {
        f"head_{size}": code_text(_changed(cores, pc.utf8_slice_codeunits, 0, size)).only(unknown)
        for size in PREFIX_CHARACTERS
    }


def _silence_areas(addresses: Coded, texts: pa.Array | pa.ChunkedArray) -> Coded:
    """Return the codes of addresses without those that only name an area."""
    areas = np.append(np.asarray(pc.match_substring_regex(different(texts).dictionary, AREA_ONLY)), False)
    return addresses._replace(values=np.where(areas, MISSING, addresses.values))


def _as_owner(names: pa.Array) -> pa.Array:
    """Keep the names that may be those of a household's owner, without a remark behind: 邓艳, 邓艳个体."""
    bare = pc.replace_substring_regex(names, OWNER_REMARK, "")
    return pc.if_else(pc.match_substring_regex(bare, "^[一-鿿]{2,4}$"), bare, "")


def _further(serials: pa.Array) -> pa.Array:
    """A missing value the serials of a first site."""
    return pc.if_else(pc.is_in(serials, pa.array(["", "000", "001"])), "", serials)


def _first_digits(codes: pa.Array, least: int, digits: int) -> pa.Array:
    """Return the first digits of industry codes; a code shorter than `least` is no evidence."""
    return pc.utf8_slice_codeunits(pc.if_else(pc.greater_equal(pc.utf8_length(codes), least), codes, ""), 0, digits)


_DERIVED: Mapping[str, tuple[Any, ...]] = {
    "class": ("industry_code", _first_digits, 4, None),
    "group": ("industry_code", _first_digits, 4, 3),
    "division": ("industry_code", _first_digits, 2, 2),
    "further_site": ("permit_serial", _further),
    "permit_owner": ("permit_no", pc.utf8_slice_codeunits, 0, 18),
    "form_kind": ("form", _kinds_of_forms),
    "brand_head": ("brand", pc.utf8_slice_codeunits, 0, 1),
    "brand_tail": ("brand", pc.utf8_slice_codeunits, -1),
    "region_large": ("region", _spell_region, "/.*"),
    "region_small": ("region", _spell_region, ".*/"),
}
"""Codes made of a text that was changed: of which, and how."""
_LETTER_CODES = {"core_letters": "core", "name_letters": "name_key"}


def _former_codes(formers: pa.ChunkedArray) -> dict[str, Coded]:
    """Code the first FORMERS former names of each row as columns of their own."""
    lists = formers.combine_chunks() if isinstance(formers, pa.ChunkedArray) else formers
    lists = pc.fill_null(lists, []) if lists.null_count else lists
    words, offsets = code_text(lists.values), lists.offsets.to_numpy()
    missing = np.int32(len(words.values) - 1)
    places, columns = np.append(words.places, missing), {}
    for number in range(FORMERS):
        place = offsets[:-1] + number
        columns[f"former_{number + 1}"] = Coded(
            words.values, places.take(np.where(place < offsets[1:], place, len(words.places)))
        )
    return columns


def _households(codes: pa.ChunkedArray) -> Coded:
    """Flag the codes of households."""
    begins = np.asarray(pc.fill_null(pc.starts_with(codes, HOUSEHOLD), False))
    return Coded(np.array([1, MISSING]), np.where(begins, np.int32(0), np.int32(1)))


def _cells(entries: pa.Table) -> dict[str, Coded]:
    """Code the map cell of each located row on two grids, the second half a cell off, so that no pair is split.

    Cells of the whole globe fit into 32 bits: their codes need no numbering.
    """
    lon, lat = (floats(entries[name]) for name in ("lon", "lat"))
    rows = np.flatnonzero((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))
    places = np.full(len(lon), len(rows), dtype=np.int32)
    places[rows] = np.arange(len(rows))
    columns = {}
    for name, shift in (("cell", 0.0), ("cell_off", 0.5)):
        x, y = (np.floor(degrees.take(rows) / CELL_DEGREES + shift).astype(np.int64) for degrees in (lon, lat))
        cells = (x + CELLS) * CELLS + y + CELLS // 2
        columns[name] = Coded(np.append(cells, MISSING).astype(np.uint32), places)
    return columns


def floats(column: pa.ChunkedArray | pa.Array) -> Numbers:
    """Return numbers with nan for null."""
    return np.asarray(pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy(), dtype=np.float64)
