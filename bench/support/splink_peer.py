"""Splink in a virtual environment of its own, and the parsed columns that it is given."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.support.entries import BATCH_ROWS, KEPT, TRUTH
from minglu.matching.encoding.encode_entries import ENTRY_COLUMNS
from minglu.matching.parsing.parse_entries import describe
from minglu.matching.parsing.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "bench" / ".cache" / "splink"
MODELS = ROOT / "bench" / "support" / "splink_models.py"


def store_parsed(entries: Path, words: Vocabulary, path: Path) -> None:
    """Write what linkage reads of entries, beside what it parses of their names and addresses, and the truth."""
    kept = [name for name in KEPT.names if name in ENTRY_COLUMNS]
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetFile(entries) as file, ExitStack() as stack:
        writer = None
        for batch in file.iter_batches(BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            features = describe(table, words)
            parsed = table.select(kept)
            for name in features.column_names[1:]:
                parsed = parsed.append_column(name, features[name])
            for name in TRUTH:
                parsed = parsed.append_column(f"truth_{name}".removesuffix("_unit"), table[name])
            writer = writer or stack.enter_context(pq.ParquetWriter(unfinished, parsed.schema, compression="zstd"))
            writer.write_table(parsed)
    unfinished.rename(path)


def run_tool(command: list[str]) -> list[Mapping[str, float | str]]:
    """Run one of the two in a process of its own, so that its memory is its own."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    found = json.loads(done.stdout.splitlines()[-1])
    return found if isinstance(found, list) else [found]


def peer_python() -> str:
    """Return the interpreter of Splink's environment, made on first use."""
    python = PEER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (PEER / "ready").exists():
        venv.create(PEER, with_pip=True)
        requirements = str(ROOT / "bench" / "requirements-splink.txt")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "-r", requirements], check=True)
        (PEER / "ready").touch()
    return str(python)
