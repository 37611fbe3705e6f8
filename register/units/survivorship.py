"""Fusing: the entries of one site become one unit, each field from the entry that deserves it most.

Which list kind is believed first for which field is rule data (survivorship 取值优先级).
Every value keeps the id of the entry it came from.  Nothing is averaged or invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from minglu.register.cleaning.size_measures import join_statements
from minglu.register.config.census_file import FACTS, FIELD
from minglu.register.engine import Engine
from minglu.register.schemas import FUSED_FIELDS, LEGAL_UNITS, UNITS, conform

Integers = npt.NDArray[np.int64]

LAST_RANK = 99  # a list kind that the rules do not name for a field comes after all that they do
PRECISE_M = 1_000.0  # a point known no better than this stands behind every better one, whatever its list
SUFFIX_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # the USCC alphabet carries site numbers past 99
SUFFIX_LENGTH = 2
POINT = ("lon", "lat", "precision_m")
READ = (
    "entry_id",
    "list",
    "former_name",
    "site_suffix",
    *(field for field in FUSED_FIELDS if field != "location"),
    *POINT,
)  # the raw columns stay behind: they are most of the bytes
BUCKET_ROWS = 100_000  # what is fused at once, in one process
LAST_OF_USCC = 18
NOBODY = np.iinfo(np.int64).max
SCREENED = ("source_class", "outcome", "outcome_code", "outcome_reason")  # filled by `scope`, after fusing


def fuse_entries(engine: Engine, *, kinds: Mapping[str, str], survivorship: Mapping[str, Sequence[str]]) -> None:
    """Make `members` and `fused`: units as `fuse_units` leaves them, under ids made from their content.

    Args:
        engine: holds `entries` and `clusters` (entry_id, site_key, legal_key).
        kinds: list name -> list kind.
        survivorship: field -> list kinds, the most believed first.
    """
    columns, size = ", ".join(f'e."{name}"' for name in READ), _bucket_prefix(engine.count("entries"))
    engine.sql(
        "clustered",
        f"SELECT {columns}, c.site_key, c.legal_key, substring(c.legal_key, 2, {size}) AS bucket "
        "FROM entries e JOIN clusters c ON c.entry_id = e.entry_id",
    )
    engine.sql(
        "members",
        "SELECT e.entry_id, concat('U', substring(c.site_key, 2)) AS unit_id, e.list, e.file, e.sheet, e.row "
        "FROM entries e JOIN clusters c ON c.entry_id = e.entry_id",
    )
    fuse = partial(fuse_units, kinds=kinds, survivorship=survivorship)
    engine.map_groups("fused", fuse, "clustered", by="bucket")
    engine.drop("clustered")


def number_units(engine: Engine, *, barred: frozenset[str]) -> None:
    """Make `units` (not yet screened) and `legal_units` of `fused` and `kept_codes` (unit_id, kept_code).

    `barred` are unit codes that other units had before.
    """
    size = _bucket_prefix(engine.count("fused"))
    engine.sql(
        "coded",
        "SELECT f.*, coalesce(k.kept_code, '') AS kept_code, CASE WHEN f.uscc = '' THEN substring(f.unit_id, 2, "
        f"{size}) ELSE substring(f.uscc, {LAST_OF_USCC + 1 - size}, {size}) END AS bucket FROM fused f "
        "LEFT JOIN kept_codes k ON k.unit_id = f.unit_id",
    )
    engine.map_groups("units", partial(number_sites, barred=barred), "coded", by="bucket")
    engine.sql("sisters", f"SELECT *, substring(legal_id, 2, {size}) AS bucket FROM units")
    engine.map_groups("legal_units", fuse_legal_units, "sisters", by="bucket")
    engine.drop("fused", "coded", "sisters")


def _bucket_prefix(rows: int) -> int:
    """Return how many hexadecimal digits of an id cut so many rows into groups of some BUCKET_ROWS at most.

    >>> [_bucket_prefix(rows) for rows in (0, 1_000_000, 10_000_000, 100_000_000)]
    [1, 1, 2, 3]
    """
    return next(size for size in count(1) if rows <= BUCKET_ROWS * 16**size)


def fuse_units(entries: pa.Table, *, kinds: Mapping[str, str], survivorship: Mapping[str, Sequence[str]]) -> pa.Table:
    """Fuse entries into units.

    Reads the columns `READ` of ENTRIES plus `site_key` and `legal_key`; every legal unit present is present whole.
    Returns UNITS, one row per site, ordered by unit_id; the columns of the screening are empty,
    and unit_code holds no more than the USCC and the site suffixes that the lists give (see `number_sites`).
    """
    entries = entries.sort_by("entry_id")
    keys = entries.column("site_key").combine_chunks().dictionary_encode()
    order = np.argsort(np.asarray(keys.dictionary.to_pylist(), dtype=object), kind="stable")
    rank_of_key = np.empty(len(order), dtype=np.int64)
    rank_of_key[order] = np.arange(len(order))
    site = rank_of_key[keys.indices.to_numpy()]
    lists, sites = entries.column("list").combine_chunks().dictionary_encode(), _stand_together(site)
    list_kind = [kinds[name] for name in lists.dictionary.to_pylist()]

    order_of = {field: survivorship.get(field, ()) for field in FUSED_FIELDS}
    ranks = {field: _ranks(lists.indices, list_kind, order) for field, order in order_of.items()}
    precision = entries.column("precision_m").to_numpy().astype(np.float64)
    ranks["location"] += (LAST_RANK + 1) * ~(precision < PRECISE_M)  # a vague point stands behind every good one
    sources = {field: _best_entry(sites, _present(entries, field), ranks[field]) for field in FUSED_FIELDS}
    first = sites.rows.take(sites.starts)
    columns: dict[str, pa.Array] = {
        "unit_id": _prefixed("U", _take(entries, "site_key", first)),
        "legal_id": _prefixed("L", _take(entries, "legal_key", first)),
        "entries": pa.array(np.bincount(site), pa.int64()),
        "former_names": _joined(site, entries, "former_name", "；"),
        "lists": _lists(site, entries),
    }
    for field, source in sources.items():
        columns[f"{field}_entry"] = _take(entries, "entry_id", source)
        for name in POINT if field == "location" else (field,):
            columns[name] = _take(entries, name, source)
    columns["measures"] = _measures(site, entries, ranks["measures"], len(first))
    columns["unit_code"] = pc.binary_join_element_wise(columns["uscc"], _joined(site, entries, "site_suffix", "+"), "")
    empty = pa.array([""] * len(first), pa.string())
    columns |= dict.fromkeys(SCREENED, empty)
    return conform(pa.table(columns), UNITS, "units")


def number_sites(units: pa.Table, *, barred: frozenset[str] = frozenset()) -> pa.Table:
    """Finish the unit codes: UNITS as fused and `kept_code` in, UNITS with unique codes out, ordered by unit_id.

    Of each USCC all units that have it are present.  A code kept from an earlier run stays.  Else a suffix that
    the lists give is taken where no other unit of that USCC claims it as well; the others are numbered
    from 01 in the order of their ids.  Codes of `barred` are given to nobody.
    """
    units = units.sort_by("unit_id")
    uscc, given, kept = (units.column(name).to_pylist() for name in ("uscc", "unit_code", "kept_code"))
    whole = [len(code) - len(own) == SUFFIX_LENGTH for own, code in zip(uscc, given, strict=True)]
    claims = Counter(code for code, fits, old in zip(given, whole, kept, strict=True) if fits and not old)
    taken = {*barred, *kept}
    codes, last = [], dict[str, int]()
    for own, claimed, fits, old in zip(uscc, given, whole, kept, strict=True):
        code = old or (claimed if fits and claims[claimed] == 1 and claimed not in taken else "")
        while own and not code:
            last[own] = last.get(own, 0) + 1
            candidate = f"{own}{_suffix(last[own])}"
            code = "" if claims[candidate] == 1 or candidate in taken else candidate
        codes.append(code if own else "")
    place = units.column_names.index("unit_code")
    return conform(
        units.set_column(place, "unit_code", pa.array(codes, pa.string())).select(UNITS.names), UNITS, "units"
    )


def fuse_legal_units(units: pa.Table) -> pa.Table:
    """Group units under their legal units: UNITS in (legal units whole), LEGAL_UNITS out, ordered by legal_id."""
    units = units.sort_by([("legal_id", "ascending"), ("unit_id", "ascending")])
    legal = units.column("legal_id").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    alike, together = np.zeros(len(legal), dtype=np.int64), _stand_together(legal)
    columns = {
        field: _take(units, field, _best_entry(together, _present(units, field), alike))
        for field in ("uscc", "org_code", "name")
    }
    first = together.rows.take(together.starts)
    columns["legal_id"] = units.column("legal_id").take(pa.array(first))
    columns["sites"] = pa.array(np.bincount(legal), pa.int64())
    entries = units.column("entries").to_numpy().astype(np.float64)
    columns["entries"] = pa.array(np.bincount(legal, weights=entries).astype(np.int64), pa.int64())
    return conform(pa.table(columns), LEGAL_UNITS, "legal_units")


def _present(entries: pa.Table, field: str) -> npt.NDArray[np.bool_]:
    """Return which rows have a value for `field`."""
    if field == "location":
        return np.asarray(pc.is_valid(entries.column("lon")).to_numpy(zero_copy_only=False), dtype=np.bool_)
    column = pc.fill_null(entries.column(field), "")
    missing = "unknown" if field == "status" else ""
    present = pc.and_(pc.not_equal(column, ""), pc.not_equal(column, missing))
    return np.asarray(present.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _ranks(lists: pa.Array, kinds: Sequence[str], order: Sequence[str]) -> Integers:
    """Rank each row, 0 the most believed, by the kind of its list: `lists` are places in `kinds`."""
    rank_of = {kind: rank for rank, kind in enumerate(order)}
    rank_of_list = np.array([rank_of.get(kind, LAST_RANK) for kind in kinds], dtype=np.int64)
    ranks: Integers = rank_of_list.take(lists.to_numpy())
    return ranks


class _Groups(NamedTuple):
    """The rows of each group one behind the other."""

    rows: Integers
    starts: Integers
    """Where each group begins in `rows`."""


def _stand_together(group: Integers) -> _Groups:
    """Bring the rows of each of the groups 0..n-1 together."""
    rows = np.argsort(group, kind="stable")
    return _Groups(rows, np.flatnonzero(np.diff(group.take(rows), prepend=-1)))


def _best_entry(groups: _Groups, present: npt.NDArray[np.bool_], ranks: Integers) -> Integers:
    """Return for each group the row with a value and the lowest rank, the earlier row on a tie; -1 if none."""
    places = np.where(present, ranks << 32 | np.arange(len(present)), NOBODY)
    best = np.minimum.reduceat(places.take(groups.rows), groups.starts)
    return np.where(best == NOBODY, -1, best & 0xFFFFFFFF)


def _take(table: pa.Table, name: str, rows: Integers) -> pa.Array:
    """Pick `rows` of a column; row -1 gives "" for text and null for numbers."""
    column = table.column(name).combine_chunks()
    taken = column.take(pa.array(rows, mask=rows < 0))
    return pc.fill_null(taken, "") if pa.types.is_string(taken.type) else taken


def _prefixed(letter: str, entry_ids: pa.Array) -> pa.Array:
    """Turn the smallest entry's id into the id of the unit: the letter changes, the digest stays."""
    return pc.binary_join_element_wise(letter, pc.utf8_slice_codeunits(entry_ids, 1), "")


def _measures(group: Integers, entries: pa.Table, ranks: Integers, groups: int) -> pa.Array:
    """Join what the entries of each group state of size and permit class, the most believed entry first."""
    column = entries.column("measures").combine_chunks()
    rows = np.flatnonzero(_present(entries, "measures"))
    texts: dict[int, list[str]] = {}
    for row in rows[np.lexsort((rows, ranks[rows], group[rows]))].tolist():
        texts.setdefault(int(group[row]), []).append(column[row].as_py())
    return pa.array([join_statements(texts[one]) if one in texts else "" for one in range(groups)], pa.string())


def _joined(group: Integers, entries: pa.Table, name: str, separator: str) -> pa.Array:
    """Join the distinct values of a text column within each group, sorted."""
    words = pc.fill_null(entries.column(name), "").combine_chunks().dictionary_encode()
    order = pc.sort_indices(words.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    present = np.flatnonzero(np.asarray(pc.not_equal(words, "").to_numpy(zero_copy_only=False)))
    pairs = np.unique(group.take(present) << 32 | rank.take(words.indices.to_numpy().take(present)))
    starts = np.searchsorted(pairs >> 32, np.arange(int(group.max(initial=-1)) + 2))
    values = words.dictionary.take(pa.array(order.take(pairs & 0xFFFFFFFF)))
    return pc.binary_join(pa.ListArray.from_arrays(starts.astype(np.int32), values), separator)


def _lists(group: Integers, entries: pa.Table) -> pa.Array:
    """Join the names of the lists that each group is on; the field is named only where no list has the unit."""
    lists = entries.column("list")
    known = pc.invert(pc.is_in(lists, value_set=pa.array([FIELD, FACTS])))
    known_lists = entries.set_column(entries.column_names.index("list"), "list", pc.if_else(known, lists, ""))
    joined = _joined(group, known_lists, "list", "+")
    return pc.if_else(pc.equal(joined, ""), FIELD, joined)


def _suffix(number: int) -> str:
    """Number a site with two characters: 01 to 99, then A0, A1 ... in the USCC alphabet.

    >>> _suffix(7), _suffix(99), _suffix(100), _suffix(131)
    ('07', '99', 'A0', 'B0')
    """
    if number < 100:
        return f"{number:02d}"
    high, low = divmod(number - 100, len(SUFFIX_DIGITS))
    return SUFFIX_DIGITS[10 + high] + SUFFIX_DIGITS[low] if high < 21 else str(number)
