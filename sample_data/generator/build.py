"""Making a set: territory, blocks of the world, lists, files, truth.  The order of the work, nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from generator import census, faults, files, firms, layers, lists, words
from generator.knobs import Knobs
from generator.places import Territory
from generator.points import triangulate
from generator.territory import draw_territory
from generator.truth import TruthWriter
from generator.world import Stage, make_block

SMALLEST_SET = 60  # districts of the county that is committed
ROWS_PER_DISTRICT = 100
PILOT_UNITS = 6_000


def generate(out: Path, knobs: Knobs, *, form: str = "office", territory: Territory | None = None) -> int:
    """Write a whole set into `out` and return the number of rows."""
    out.mkdir(parents=True, exist_ok=True)
    stage = set_stage(knobs, territory)
    layers.write_territory(out, stage.territory)
    faults.write_faulty(out, stage.territory, knobs.seed)
    writers = {kind: files.open_writer(out, kind, form) for kind in lists.KINDS}
    truth, rows = TruthWriter(out, stage), 0
    for number, units in files.batches(round(knobs.rows / rows_per_unit(stage)), knobs.block_units):
        block = make_block(stage, number, units)
        captured = lists.capture(stage, block)
        for kind, writer in writers.items():
            listing = lists.make_listing(stage, block, kind, captured[kind])
            sheet, numbers = writer.write(listing)
            truth.write_rows(block, listing, writer.file, sheet, numbers)
            rows += len(numbers)
        truth.write_sites(block, captured)
    for writer in writers.values():
        writer.close()
    truth.close()
    _write_census_files(out, stage, {kind: writer.file for kind, writer in writers.items()})
    return rows


def _write_census_files(out: Path, stage: Stage, names: dict[str, str]) -> None:
    territory = stage.territory
    counties = {place.county for place in territory.places}
    name = counties.pop() if len(counties) == 1 else territory.province
    for file, districts, comment in (
        ("census.toml", "districts.gpkg", "An invented county (虚构示例县): sound district layer."),
        (
            "census-faulty.toml",
            "districts-faulty.gpkg",
            "The same lists with a faulty district layer (faults-planted.json).",
        ),
    ):
        if (out / districts).exists():
            census.write_census(
                out / file,
                stage.knobs,
                name,
                names,
                districts=districts,
                parent=territory.parent is not None,
                comment=comment,
            )


def set_stage(knobs: Knobs, territory: Territory | None = None) -> Stage:
    """Draw the territory unless one is given, and prepare what all blocks share."""
    vocabulary = words.load(knobs.vocabulary)
    rng = np.random.default_rng([knobs.seed, 0])
    if territory is None:
        count = knobs.districts_count or max(SMALLEST_SET, knobs.rows // ROWS_PER_DISTRICT)
        territory = draw_territory(count, vocabulary, rng)
    urban = np.array([place.urban for place in territory.places])
    weights = rng.lognormal(0.0, 0.7, len(urban)) * np.where(urban, 2.0, 1.0)
    running = np.cumsum(weights) / weights.sum()
    running[-1] = 1.0
    return Stage(knobs, vocabulary, territory, triangulate(territory.polygons), firms.trade_table(vocabulary), running)


def rows_per_unit(stage: Stage) -> float:
    """Return how many rows a legal unit has on all lists, from a pilot block."""
    block = make_block(stage, 0, PILOT_UNITS)
    found = sum(int(mask.sum()) for mask in lists.capture(stage, block).values())
    return found * (1 + stage.knobs.duplicate_share) / PILOT_UNITS
