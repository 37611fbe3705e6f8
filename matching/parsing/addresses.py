"""Columns of addresses taken apart all at once: the same parts as `addresses.parse_address`.

The commonest spellings are changed in the whole column; only addresses that still show a sign of another one are
spelled one by one.  Area and street parts are columns as well, see `area_part` and `street_part`, which define each
part; tests hold both readings against each other.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from minglu.matching.parsing.address_text import (
    COUNTED,
    NEEDS_CARE,
    ROAD_NUMBER,
    SIGNS,
    SPLIT,
    VILLAGE,
    plain_address,
)
from minglu.matching.parsing.area_part import first_present, read_area_parts
from minglu.matching.parsing.grammar import Grammar
from minglu.matching.parsing.numerals_and_signs import arabic
from minglu.matching.parsing.street_part import read_street_parts
from minglu.matching.parsing.text_columns import cut_at, map_distinct

_COUNTED_ROUNDS = 2
"""Addresses with more counted numerals than that are spelled one by one."""


def describe_addresses(texts: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Parse addresses: the same as `parse_address` row by row, for a whole column."""
    plain = _plain_addresses(texts)
    area_parts, street_parts = split_addresses(plain)
    area, street = read_area_parts(area_parts, grammar), read_street_parts(street_parts)
    building = first_present(street["building"], area["building"])
    group = pc.if_else(pc.equal(area["hamlet"], ""), "", first_present(street["group"], area["group"]))
    halls = pc.if_else(pc.equal(building, ""), "", pc.binary_join_element_wise(building, "幢", ""))
    hall = pc.if_else(pc.equal(area["park"], area["anchor"]), halls, "")
    counted = first_present(first_present(street["number"], group), hall)
    known = pc.and_(pc.not_equal(area["anchor"], ""), pc.not_equal(counted, ""))
    key = pc.if_else(known, pc.binary_join_element_wise(area["anchor"], counted, "#"), "")
    in_market = pc.and_(pc.not_equal(area["market"], ""), pc.not_equal(street["stall"], ""))
    parts = {
        **{name: area[name] for name in ("county", "town", "village", "park", "road")},
        **{name: street[name] for name in ("number", "room")},
        "building": building,
        "key": pc.if_else(in_market, pc.binary_join_element_wise(area["market"], street["stall"], "#"), key),
        "text": plain,
    }
    return parts | _at_known_parks(parts, in_market, grammar)


def _at_known_parks(parts: dict[str, pa.Array], in_market: pa.Array, grammar: Grammar) -> dict[str, pa.Array]:
    """Return road, number and key with those of the parks whose own are known, where an address gives neither."""
    if not grammar.parks:
        return {}
    known = _known_parks(parts, grammar)
    bare = pc.and_(pc.equal(parts["road"], ""), pc.equal(parts["number"], ""))
    applies = pc.and_(pc.and_(pc.is_valid(known), bare), pc.invert(in_market))
    columns = {
        "road": [road for road, _ in grammar.parks.values()],
        "number": [number for _, number in grammar.parks.values()],
        "key": [f"{road}#{number}" for road, number in grammar.parks.values()],
    }
    return {
        name: pc.if_else(applies, pa.array(words, pa.string()).take(known), parts[name])
        for name, words in columns.items()
    }


def _known_parks(parts: dict[str, pa.Array], grammar: Grammar) -> pa.Array:
    """Return the place of each address's park among those known, else null: what `park_place` finds."""
    names, park = pa.array(list(grammar.parks), pa.string()), parts["park"]
    known = pc.index_in(park, value_set=names)
    for area in ("town", "village", "county"):
        missing = pc.or_(pc.equal(park, ""), pc.equal(parts[area], ""))
        whole = pc.if_else(missing, "", pc.binary_join_element_wise(parts[area], park, ""))
        known = pc.coalesce(known, pc.index_in(whole, value_set=names))
    return known


def _plain_addresses(texts: pa.Array) -> pa.Array:
    """Bring addresses to one spelling."""
    for sign, spelling in SIGNS:
        texts = pc.replace_substring(texts, sign, spelling)
    texts = pc.replace_substring_regex(texts, *VILLAGE)
    for _ in range(_COUNTED_ROUNDS):
        texts = _count_in_digits(texts)
    careful = pc.match_substring_regex(texts, NEEDS_CARE)
    return pc.replace_with_mask(texts, careful, map_distinct(texts.filter(careful), plain_address))


def _count_in_digits(texts: pa.Array) -> pa.Array:
    """Write the first counted numeral of each address in digits."""
    counted = pc.match_substring_regex(texts, COUNTED)
    before, numeral, behind = pc.extract_regex(texts.filter(counted), COUNTED).flatten()
    spelled = pc.binary_join_element_wise(before, map_distinct(numeral, arabic), behind, "")
    return pc.replace_with_mask(texts, counted, spelled)


def split_addresses(plain: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Split as `split_address` does: at the first digit, unless the name of a road holds one."""
    place = pc.find_substring_regex(plain, "[A-Z]?[0-9]")
    place = pc.if_else(pc.less(place, 0), pc.binary_length(plain), place)
    numbered = pc.match_substring_regex(plain, ROAD_NUMBER)
    longer = pc.extract_regex(plain.filter(numbered), SPLIT).field("area")
    return cut_at(plain, pc.replace_with_mask(place, numbered, pc.binary_length(longer)))
