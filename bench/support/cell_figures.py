"""One cell of the matrix of worlds: entries masked, parsed, linked and measured; Splink beside it on request."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.support.cells import CELLS
from bench.support.clock import Clock
from bench.support.entries import TRUTH
from bench.support.link_quality import Quality, count_questions, measure_level
from bench.support.link_steps import Steps, link_stepwise
from bench.support.splink_peer import MODELS, peer_python, run_tool, store_parsed
from bench.support.words import learn_words
from bench.support.worlds_data import World, cached, load_world
from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import describe_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.settings.linkage_settings import load_linkage_settings

NO_CAP = "0"


@dataclass(frozen=True, slots=True)
class CellFigures:
    """What one cell showed."""

    world: str
    cell: str
    rows: int
    pairs: int
    """Compared pairs."""
    site: Quality
    legal: Quality
    undecided: tuple[int, int]
    """Pairs for clerks, and the questions that they are."""
    seconds: float
    """Processor seconds of parsing and linking."""
    peer: Mapping[str, str] = field(default_factory=dict)
    """"tuned site", "learned legal" ... -> F1 of Splink, or why there is none; empty where it was not asked."""


def measure_cell(world: World, cell: str) -> CellFigures:
    """Parse, link and measure one cell of a world."""
    entries, clock = CELLS[cell](world.entries), Clock()
    steps = link_entries(entries, world.places, clock)
    truth = {level: hash_text(entries[level]) for level in TRUTH}
    return CellFigures(
        world=world.name,
        cell=cell,
        rows=entries.num_rows,
        pairs=len(steps.pairs),
        site=measure_level(steps, truth, "site"),
        legal=measure_level(steps, truth, "legal_unit"),
        undecided=count_questions(steps),
        seconds=sum(processor for _, processor in clock.steps.values()),
    )


def link_entries(entries: pa.Table, places: tuple[str, ...], clock: Clock) -> Steps:
    """Parse entries in this process and link them at the default thresholds."""
    with clock.step("parse and code"):
        rows = coded_rows(describe_rows(entries, vocabulary=learn_words(entries, places)))
    return link_stepwise(rows, load_linkage_settings(), VerdictRules(), clock)


# -- Splink -------------------------------------------------------------------------------------------------


def measure_peer(name: str, cell: str, *, rows: int, seed: int, how: str) -> Mapping[str, str]:
    """Return Splink's F1 on the same parsed columns; kept until these or its models change."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [_parsed(Path(scratch), name, cell, rows=rows, seed=one) for one in (seed + 1, seed)]
        digest = hashlib.sha256(MODELS.read_bytes())
        for file in files:
            digest.update(file.read_bytes())
        found = cached(f"splink-{how}-{digest.hexdigest()[:24]}", lambda: _run_peer(*files, how))
    return {key: str(value) for key, value in found.items()}


def _parsed(folder: Path, name: str, cell: str, *, rows: int, seed: int) -> Path:
    """Write the parsed columns of a cell, with truth."""
    world = load_world(name, rows=rows, seed=seed)
    masked, parsed = CELLS[cell](world.entries), folder / f"parsed-{seed}.parquet"
    entries = folder / f"entries-{seed}.parquet"
    pq.write_table(masked, entries)
    store_parsed(entries, learn_words(masked, world.places), parsed)
    return parsed


def _run_peer(tuning: Path, measured: Path, how: str) -> dict[str, str]:
    python, found = peer_python(), {}
    for level, truth in (("site", "truth_site"), ("legal", "truth_legal")):
        command = [
            python,
            "-P",
            str(MODELS),
            str(tuning),
            str(measured),
            truth,
            NO_CAP,
            *(["learn"] if how == "both" else []),
        ]
        try:
            result = run_tool(command)[0]
        except subprocess.CalledProcessError as failed:
            found[f"tuned {level}"] = found[f"learned {level}"] = f"fails: {failed.stderr.splitlines()[-1][:80]}"
            continue
        for kind, key in (("tuned", "f1"), ("learned", "learnt_f1")):
            found[f"{kind} {level}"] = f"{float(result[key]):.4f}".removeprefix("0") if key in result else "–"
    return found
