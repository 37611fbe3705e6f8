"""What OUT holds: which tables are stored in which order, and the manifest that vouches for every file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from minglu import __version__
from minglu.common.memory_limits import is_shortage
from minglu.errors import SourceError
from minglu.geo.layer.district_index import DistrictIndex
from minglu.geo.layer.districts import Districts
from minglu.geo.territory_schemas import FAULTS, PLACEMENTS
from minglu.matching.linkage_schemas import CUTS, FREQUENCIES, LINKAGE_FIGURES, SCORED_PAIRS, UNCOMPARED, WEIGHTS, WORDS
from minglu.register.config.census_file import Census, input_layers
from minglu.register.engine import Engine
from minglu.register.engine.parquet_files import count_rows, read_parquet, read_pieces, write_parquet
from minglu.register.schemas import (
    COVERAGE,
    DECISIONS,
    ENTRIES,
    FIELD_FACTS,
    LEDGER,
    LEGAL_UNITS,
    MEMBERS,
    PERSONAL_FIELDS,
    REJECTS,
    RETIRED,
    SUCCESSION,
    TEXT,
    UNITS,
    VALUE_FAULTS,
    column,
)
from minglu.register.storage.row_stream import Stream
from minglu.register.storage.run_folder import digest, write_json

MANIFEST = "manifest.json"
DISTRICT_ROWS = 10_000
"""Districts in a row group: a shape takes as much room as a hundred rows of another table."""
PLACE_OF_ROW = '"list", "file", "sheet", "row"'

DISTRICTS = pa.schema(
    [
        column("code", TEXT, "普查小区 code"),
        column("name", TEXT, "name, empty where the layer has none"),
        column("geometry", pa.binary(), "WKB in the layer's own CRS, null for a virtual district"),
    ]
)


class Stored(NamedTuple):
    """A table of OUT/tables: its schema and the order of its rows."""

    schema: pa.Schema
    order_by: str


STORED: Mapping[str, Stored] = {
    "entries": Stored(ENTRIES, "entry_id"),
    "members": Stored(MEMBERS, "entry_id"),
    "units": Stored(UNITS, "unit_id"),
    "legal_units": Stored(LEGAL_UNITS, "legal_id"),
    "placements": Stored(PLACEMENTS, "unit_id"),
    "faults": Stored(FAULTS, "fault_id"),
    "ledger": Stored(LEDGER, PLACE_OF_ROW),
    "rejects": Stored(REJECTS, PLACE_OF_ROW),
    "value_faults": Stored(VALUE_FAULTS, f'{PLACE_OF_ROW}, "field", "code"'),
    "scored_pairs": Stored(SCORED_PAIRS, '"left", "right"'),
    "coverage": Stored(COVERAGE, '"level", "code"'),
    "weights": Stored(WEIGHTS, "comparison, level"),
    "decisions": Stored(DECISIONS, "line"),
    "field_facts": Stored(FIELD_FACTS, "line"),
    "succession": Stored(SUCCESSION, '"level", former, unit, kind'),
    "retired": Stored(RETIRED, '"level", id, entry_id'),
    "cuts": Stored(CUTS, '"left", "right", "relation", "reason"'),
    "uncompared": Stored(UNCOMPARED, "rule"),
    "linkage_figures": Stored(LINKAGE_FIGURES, "figure"),
    "crowds": Stored(FREQUENCIES, "entry_id"),
    "words": Stored(WORDS, "kind, word"),
}


def write_tables(engine: Engine, folder: Path, districts: DistrictIndex, *, keep_personal: bool) -> None:
    """Write every stored table, and the districts, as Parquet into `folder`/tables."""
    tables = folder / "tables"
    tables.mkdir()
    for name, (schema, order_by) in STORED.items():
        stored = without_personal(schema) if name == "entries" and not keep_personal else schema
        engine.save(name, tables / f"{name}.parquet", order_by=order_by, schema=stored)
    by_code = np.array(sorted(range(len(districts)), key=lambda row: districts.codes[row]), np.int64)
    layer = DISTRICTS.with_metadata({"crs": districts.crs.to_wkt()})
    portions = (_as_table(some, layer) for some in districts.portions(by_code))
    write_parquet(tables / "districts.parquet", portions, layer, group_rows=DISTRICT_ROWS)


def _as_table(some: Districts, schema: pa.Schema) -> pa.Table:
    return pa.table(
        {"code": some.codes, "name": some.names, "geometry": shapely.to_wkb(some.geometries)}, schema=schema
    )


def without_personal(schema: pa.Schema) -> pa.Schema:
    """Leave out the columns of personal fields, raw and cleaned."""
    personal = {name for field in PERSONAL_FIELDS for name in (field, f"raw_{field}")}
    return pa.schema([field for field in schema if field.name not in personal])


def read_account(folder: Path) -> dict[str, Any]:
    """Return coverage.json of a run folder; raises SourceError where it can't be read or is no such account."""
    path = folder / "coverage.json"
    try:
        account: dict[str, Any] = json.loads(path.read_text("utf-8"))
        account["census"]["name"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(
            en=f"{path}: can't be read ({type(error).__name__}); expected the run folder of a finished build.",
            zh=f"{path}：无法读取（{type(error).__name__}）；应为 build 生成的结果文件夹。",
        ) from error
    return account


def read_table(
    folder: Path, name: str, columns: Sequence[str] | None = None, *, where: pc.Expression | None = None
) -> pa.Table:
    """Read a stored table of the run folder `folder`, or some of its columns or rows, page checksums verified.

    Raises SourceError where the file can't be read, or lacks columns as another version wrote it.
    """
    with _readable(folder, name) as path:
        _require_columns(path, columns or _columns_of(name))
        return read_parquet(path, columns, where)


def stream_table(folder: Path, name: str) -> Stream:
    """Return a stored table to be read a piece at a time; raises SourceError as `read_table`, also while it is read."""

    def read(columns: Sequence[str], first: int) -> Iterator[pa.Table]:
        with _readable(folder, name) as path:
            yield from read_pieces(path, columns, first)

    with _readable(folder, name) as path:
        _require_columns(path, _columns_of(name))
        return Stream(STORED[name].schema, count_rows(path), read)


@contextmanager
def _readable(folder: Path, name: str) -> Iterator[Path]:
    """Give the path of a stored table; turn what goes wrong in reading it into words."""
    path = folder / "tables" / f"{name}.parquet"
    try:
        yield path
    except (OSError, pa.ArrowException) as error:
        if is_shortage(error):
            raise MemoryError from error
        raise SourceError(
            en=f"{path}: can't be read as a table of a minglu run ({type(error).__name__}). "
            "Expected an unchanged run folder; build it again.",
            zh=f"{path}：无法作为 minglu 结果表读取（{type(error).__name__}）。应为未被改动的结果文件夹，请重新生成。",
        ) from error


def _columns_of(name: str) -> Sequence[str]:
    """Return the columns that a stored table always has."""
    schema = DISTRICTS if name == "districts" else without_personal(STORED[name].schema)
    names: list[str] = schema.names
    return names


def _require_columns(path: Path, wanted: Sequence[str]) -> None:
    """Refuse a table that another version wrote with fewer columns."""
    found = set(pq.read_schema(path).names)
    missing = [name for name in wanted if name not in found]
    if missing:
        raise SourceError(
            en=f"{path}: made by another version of minglu; it lacks the column {missing[0]}. "
            "Nothing was changed. Build it again, or use the version that made it.",
            zh=f"{path}：由其他版本的 minglu 生成，缺少列 {missing[0]}。未作任何改动。请重新生成，或用原版本处理。",
        )


def remove_leftovers(folder: Path) -> None:
    """Remove the engine's working files from a finished run folder."""
    shutil.rmtree(folder / "spill", ignore_errors=True)


def write_manifest(folder: Path, census: Census, coverage: Mapping[str, Any]) -> None:
    """Write manifest.json: sha256 and rows of every input and output, rules and version; no clock."""
    write_json(
        folder / MANIFEST,
        {
            "schema": "minglu/manifest/1",
            "minglu": __version__,
            "census": {"name": census.name, "sha256": digest(census.path)},
            "rules": {"name": census.pack.name, "version": census.pack.version, "sha256": census.pack.digest},
            "inputs": coverage["inputs"],
            "layers": [{"file": path.name, "sha256": digest(path)} for path in input_layers(census)],
            "decisions": coverage["linkage"]["decisions"],
            "field": coverage["field"],
            "previous": coverage["succession"]["previous"],
            "spotcheck": digest(census.spotcheck) if census.spotcheck is not None else "",
            "outputs": list_outputs(folder),
        },
    )


def renew_manifest(folder: Path) -> None:
    """Write manifest.json again after outputs were rendered anew; what it says of the inputs stays."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    write_json(folder / MANIFEST, manifest | {"outputs": list_outputs(folder)})


def list_outputs(folder: Path) -> list[dict[str, Any]]:
    """Return path, sha256 and rows of everything in a run folder but its manifest and run.json."""
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "sha256": digest(path),
            **({"rows": pq.read_metadata(path).num_rows} if path.suffix == ".parquet" else {}),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {MANIFEST, "run.json"}
    ]
