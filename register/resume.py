"""Finished steps of a run, kept beside OUT so that an interrupted run can go on.

A kept step is used again only if everything that decides its tables has the digest it had (the lists as they were
read, layers, decisions, census file, rules, code, libraries) and every kept file has the digest it was written with.
How far the interrupted run came is never asked: a step verifies or is made anew, and both ways give the same tables.

Kept are tables of matching and later.  None holds a phone or a person; reading and cleaning, whose tables do,
are done anew.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

import shapely

from minglu import __version__
from minglu.matching.linkage_schemas import CLUSTERS
from minglu.register.config.census_file import Census
from minglu.register.coverage.run_metadata import as_plain
from minglu.register.engine import Engine
from minglu.register.engine.parquet_files import read_parquet
from minglu.register.sources.list_reading import InputReport
from minglu.register.storage.run_folder import digest, write_json
from minglu.register.storage.run_store import STORED, Stored
from minglu.register.territory.check_layer import Territory

SCHEMA = "minglu/step/1"
KEPT: Mapping[str, Stored] = {**STORED, "clusters": Stored(CLUSTERS, "entry_id")}
CODE = ("register", "matching", "geo", "common")
USED, NONE, OTHER, DAMAGED = "used", "none", "other", "damaged"
OUTCOMES: Mapping[str, tuple[str, str]] = {
    USED: ("taken from the interrupted run; every digest agrees", "取自被中断的任务，摘要全部一致"),
    OTHER: (
        "made anew; inputs, rules or program are not those of the interrupted run",
        "重新计算；输入、规则或程序与被中断的任务不同",
    ),
    DAMAGED: ("made anew; what was kept has not the digest it had", "重新计算；保留的数据与其摘要不符"),
}
"""What is worth telling of a step; that nothing was kept is not."""


class Steps:
    """The steps of one run; without a folder nothing is kept and nothing looked for."""

    def __init__(self, engine: Engine, folder: Path | None, key: str = "") -> None:
        self._engine, self._folder, self._key = engine, folder, key

    def run(self, name: str, tables: Sequence[str], make: Callable[[], None]) -> str:
        """Bring `tables` about: from the interrupted run where they verify, else by `make`.

        Returns USED, or why not: NONE (nothing was kept), OTHER (kept by another run), DAMAGED (a digest differs).
        """
        if self._folder is None:
            make()
            return NONE
        found = self._take(self._folder, name, tables)
        if found != USED:
            make()
            self._keep(self._folder, name, tables)
        return found

    def _take(self, folder: Path, name: str, tables: Sequence[str]) -> str:
        try:
            record = json.loads((folder / f"{name}.json").read_text("utf-8"))
            key, digests = record["key"], [record["tables"][table] for table in tables]
        except FileNotFoundError:
            return NONE
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return DAMAGED
        if key != self._key:
            return OTHER
        paths = [folder / f"{table}.parquet" for table in tables]
        if any(not path.is_file() or digest(path) != wanted for path, wanted in zip(paths, digests, strict=True)):
            return DAMAGED
        for table, path in zip(tables, paths, strict=True):
            self._engine.put(table, read_parquet(path))
        return USED

    def _keep(self, folder: Path, name: str, tables: Sequence[str]) -> None:
        """Write the tables, then the record of their digests: a torn one verifies as little as none."""
        folder.mkdir(mode=0o700, exist_ok=True)
        paths = {table: folder / f"{table}.parquet" for table in tables}
        for table, path in paths.items():
            self._engine.save(table, path, order_by=KEPT[table].order_by, schema=KEPT[table].schema)
        digests = {table: digest(path) for table, path in paths.items()}
        write_json(folder / f"{name}.json", {"schema": SCHEMA, "key": self._key, "tables": digests})


def run_key(census: Census, inputs: Sequence[InputReport], heads: Sequence[str], territory: Territory) -> str:
    """Return the digest of everything that decides the tables of a run.

    `heads` vouch for the decisions, for the field facts and for the previous run.
    """
    layer, parent = territory.districts, territory.parent
    facts = {
        "minglu": __version__,
        "code": _code_digest(Path(__file__).parents[1]),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "libraries": sorted({f"{one.name}=={one.version}" for one in distributions()}),
        "census": digest(census.path),
        "rules": census.pack.digest,
        "inputs": as_plain(inputs),
        "heads": list(heads),
        "districts": _layer_digest(
            layer.crs.to_wkt(),
            [layer.codes, layer.names],
            (shape for some in layer.portions() for shape in shapely.to_wkb(some.geometries)),
        ),
        "parent": parent
        and _layer_digest(parent.crs.to_wkt(), [[parent.code, parent.name]], [shapely.to_wkb(parent.geometry)]),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _code_digest(package: Path) -> str:
    """Digest every module and every piece of rule data: two states of a working copy may have one version."""
    files = [path for part in CODE for path in (package / part).rglob("*") if path.suffix in {".py", ".toml", ".txt"}]
    whole = hashlib.sha256()
    for path in sorted([*files, *package.glob("*.py")]):
        whole.update(f"{path.relative_to(package).as_posix()} {digest(path)}\n".encode())
    return whole.hexdigest()


def _layer_digest(crs: str, names: Sequence[Sequence[str]], shapes: Iterable[bytes | None]) -> str:
    whole = hashlib.sha256(json.dumps([crs, *names]).encode())
    for shape in shapes:
        whole.update(b"-" if shape is None else shape)
    return whole.hexdigest()
