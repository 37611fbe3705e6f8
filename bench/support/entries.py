"""Generated lists read, cleaned and located as a build does it, list by list: entries with their truth, in a file.

Of the raw columns only those that later steps read are kept, so that ten million rows fit into memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.support.clock import Clock
from minglu.geo.layer.district_index import index_districts
from minglu.geo.layer.piecewise import InMemoryLayer
from minglu.geo.placing.gazetteer import Gazetteer
from minglu.matching.encoding.encode_entries import ENTRY_COLUMNS, PARSED_COLUMNS
from minglu.register.cleaning.entry_ids import numbered_ids
from minglu.register.cleaning.make_entries import clean_batch
from minglu.register.config.census_file import Census, read_census
from minglu.register.engine import Engine, open_engine
from minglu.register.engine.worker_pool import Workers
from minglu.register.schemas import ENTRIES
from minglu.register.sources.read_list import read_list
from minglu.register.sources.vector.read_layer import read_districts
from minglu.register.territory.locate_entries import locate_entries

BATCH_ROWS = 100_000
TRUTH = ("site", "legal_unit")
KEPT = pa.schema([ENTRIES.field(name) for name in dict.fromkeys((*ENTRY_COLUMNS, *PARSED_COLUMNS))])
STORED = pa.schema([*KEPT, *(pa.field(name, pa.string()) for name in TRUTH)])
RAW_KEPT = ("raw_lon", "raw_lat")


def store_entries(data: Path, path: Path, clock: Clock) -> tuple[str, ...]:
    """Write the entries of a generated set, with their truth, ordered by entry_id; return its districts' names."""
    census = read_census(data / "census.toml")
    engine = open_engine("duckdb", workspace=path.parent)
    engine.put("cleaned", pa.concat_tables(_cleaned(census, path.parent, clock)))
    with clock.step("clean"):
        others = ", ".join(f'"{name}"' for name in ENTRIES.names if name != "entry_id")
        numbered = numbered_ids("cleaned")
        engine.sql(
            "entries", f"SELECT unique_id AS entry_id, {others} FROM ({numbered}) numbered WHERE reject_code = ''"
        )
        engine.drop("cleaned")
    names = _locate(engine, census, clock)
    truth = ", ".join(f"CAST(t.{name} AS VARCHAR) AS {name}" for name in TRUTH)
    kept = ", ".join(f'e."{name}"' for name in KEPT.names)
    engine.sql(
        "known",
        f"SELECT {kept}, {truth} FROM entries e JOIN read_parquet('{data / 'truth.parquet'}') t "
        'ON t."list" = e."list" AND t."row" = e."row"',
    )
    engine.drop("entries")
    engine.save("known", path, order_by="entry_id", schema=STORED)
    engine.close()
    return names


def _cleaned(census: Census, folder: Path, clock: Clock) -> Iterator[pa.Table]:
    """Yield the cleaned rows of every list batch by batch, without the raw texts that nothing reads any more."""
    workers = Workers(os.cpu_count() or 1, folder=folder / "cleaning")
    clean = partial(clean_batch, pack=census.pack, keep_personal=False)
    for spec in census.lists:
        with clock.step("read"):
            rows = read_list(spec, census.pack.headers).rows
        with clock.step("clean"):
            made = [_slim(batch) for batch in workers.map(clean, batches_of(rows))]
        yield from made
    with clock.step("clean"):  # the processor time of workers is known when they have ended
        workers.close()


def _slim(cleaned: pa.Table) -> pa.Table:
    """Empty the raw columns but those of the coordinates."""
    nothing = pa.nulls(cleaned.num_rows, pa.string())
    for place, name in enumerate(cleaned.column_names):
        if name.startswith("raw_") and name not in RAW_KEPT:
            cleaned = cleaned.set_column(place, cleaned.schema.field(name), nothing)
    return cleaned


def _locate(engine: Engine, census: Census, clock: Clock) -> tuple[str, ...]:
    with clock.step("locate"):
        layer = census.districts
        districts = read_districts(
            layer.path, code=layer.code, name=layer.name, layer=layer.layer, encoding=layer.encoding
        )
        gazetteer = Gazetteer(index_districts(InMemoryLayer(districts)), proven=False)
        locate_entries(engine, lists=census.lists, gazetteer=gazetteer, placement=census.pack.placement)
    return tuple(districts.names)


def batches_of(table: pa.Table) -> Iterator[pa.Table]:
    """Yield a table in pieces."""
    for start in range(0, table.num_rows, BATCH_ROWS):
        yield table.slice(start, BATCH_ROWS).combine_chunks()


def read_batches(path: Path) -> Iterator[pa.Table]:
    """Yield the stored entries in pieces, in order."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=KEPT.names):
            yield pa.Table.from_batches([batch])
