"""The worlds that linkage is measured on: generated, read, cleaned and located once, and kept under bench/.cache.

A world's entries are made anew whenever its generator or anything that reads and cleans lists has changed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.support.clock import Clock
from bench.support.entries import store_entries

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "bench" / ".cache" / "worlds"
MAKERS = ROOT / "bench" / "worlds"
OWN = ROOT / "sample_data" / "generator"
KEPT_BACK = "highland_province"
"""Nobody tunes on this world: its figures are printed, its rows never."""


def _foreign(name: str) -> tuple[Path, Sequence[str]]:
    return MAKERS / name, ()


WORLDS: Mapping[str, tuple[Path, Sequence[str]]] = {
    "own_held_out": (OWN, ("--vocabulary", "held-out", "--format", "csv")),
    "river_prefecture": _foreign("river_prefecture"),
    "coastal_city": _foreign("coastal_city"),
    KEPT_BACK: _foreign(KEPT_BACK),
}
"""Name -> its generator, and options beside --out, --rows, --seed."""


@dataclass(frozen=True, slots=True)
class World:
    """One world's cleaned entries with their truth (columns site, legal_unit), ordered by entry_id."""

    name: str
    entries: pa.Table
    places: tuple[str, ...]
    """Names of its districts."""
    key: str
    """Changes with the entries."""


def make_lists(name: str, folder: Path, *, rows: int, seed: int) -> Path:
    """Write a world's lists, layers, census file and truth into `folder`."""
    maker, options = WORLDS[name]
    command = [sys.executable, str(maker), "--out", str(folder), "--rows", str(rows), "--seed", str(seed), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def load_world(name: str, *, rows: int, seed: int, cache: Path = CACHE) -> World:
    """Return a world's entries: from the cache, or made and kept there."""
    key = f"{name}-{rows}-{seed}-{_fingerprint(WORLDS[name][0])}"
    folder = cache / key
    if not folder.exists():
        for old in cache.glob(f"{name}-{rows}-{seed}-*"):
            shutil.rmtree(old)
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            data, made = make_lists(name, Path(scratch) / "data", rows=rows, seed=seed), Path(scratch) / "made"
            made.mkdir()
            places = store_entries(data, made / "entries.parquet", Clock())
            (made / "places.json").write_text(json.dumps(places, ensure_ascii=False), "utf-8")
            made.rename(folder)
    places = tuple(json.loads((folder / "places.json").read_text("utf-8")))
    return World(name, pq.read_table(folder / "entries.parquet"), places, key)


def _fingerprint(maker: Path) -> str:
    """Return a checksum of the sources that a world's entries depend on."""
    digest = hashlib.sha256()
    for folder in (maker, ROOT / "register", ROOT / "geo"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".toml", ".txt"}:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def cached(name: str, make: Callable[[], Mapping[str, object]]) -> Mapping[str, object]:
    """Return a small result kept under `name`, made on first use."""
    path = CACHE / "results" / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(make(), ensure_ascii=False), "utf-8")
    found: Mapping[str, object] = json.loads(path.read_text("utf-8"))
    return found
