"""Making a set: territory, blocks of the world, lists, files, truth.  The order of the work, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from generator import census, faults, files, layers, lists, words
from generator.knobs import Knobs
from generator.places import Territory
from generator.points import triangulate
from generator.stage import Stage
from generator.territory import draw_territory
from generator.trades import trade_table
from generator.truth import TruthWriter
from generator.world import make_block

SMALLEST_SET = 60  # districts of the county that is committed
ROWS_PER_DISTRICT = 100
PILOT_UNITS = 6_000
DENSITY_SPREAD, URBAN_DENSITY = 0.7, 2.0  # units per district: spread on the log scale, factor of towns


def generate(out: Path, knobs: Knobs, *, form: str = "office", territory: Territory | None = None) -> int:
    """Write a whole set into `out` and return the number of rows."""
    out.mkdir(parents=True, exist_ok=True)
    stage = set_stage(knobs, territory)
    layers.write_territory(out, stage.territory)
    faults.write_faulty(out, stage.territory, knobs.seed)
    writers = {kind: files.open_writer(out, kind, form) for kind in lists.KINDS}
    truth, rows = TruthWriter(out, stage), dict.fromkeys(lists.KINDS, 0)
    for number in range(stage.blocks):
        block = make_block(stage, number)
        captured = lists.capture(stage, block)
        for kind, writer in writers.items():
            listing = lists.make_listing(stage, block, kind, captured[kind])
            sheet, numbers = writer.write(listing)
            truth.write_rows(block, listing, writer.file, sheet, numbers)
            rows[kind] += len(numbers)
        truth.write_sites(block, captured)
    for part in (*writers.values(), truth):
        part.close()
    made = tuple(census.ListFile(kind, out / writer.file, rows[kind]) for kind, writer in writers.items())
    _write_census_files(out, stage, made)
    return sum(rows.values())


def _write_census_files(out: Path, stage: Stage, made: tuple[census.ListFile, ...]) -> None:
    territory = stage.territory
    counties = {place.county for place in territory.places}
    name = counties.pop() if len(counties) == 1 else territory.province
    for file, districts, comment in (
        ("census.toml", "districts.gpkg", "An invented area (虚构示例): sound district layer."),
        (
            "census-faulty.toml",
            "districts-faulty.gpkg",
            "The same lists with faulty districts (faults-planted.json).",
        ),
    ):
        if (out / districts).exists():
            census.write_census(
                out / file,
                stage.knobs,
                made,
                name=name,
                districts=districts,
                parent=territory.parent is not None,
                comment=comment,
            )


def set_stage(knobs: Knobs, territory: Territory | None = None) -> Stage:
    """Draw the territory unless one is given, and prepare what all blocks share."""
    vocabulary = words.load(knobs.vocabulary)
    knobs = with_rates(knobs, vocabulary.rates)
    if territory is None:
        count = knobs.districts_count or max(SMALLEST_SET, knobs.rows // ROWS_PER_DISTRICT)
        territory = draw_territory(count, vocabulary, np.random.default_rng([knobs.seed, 0]))
    urban = np.array([place.urban for place in territory.places])
    spread = np.random.default_rng([knobs.seed, 10]).lognormal(0.0, DENSITY_SPREAD, len(urban))
    weights = np.cumsum(spread * np.where(urban, URBAN_DENSITY, 1.0))
    triangles, trades = triangulate(territory.polygons), trade_table(vocabulary)
    pilot = Stage(knobs, vocabulary, territory, triangles, trades, weights / weights[-1], PILOT_UNITS)
    return replace(pilot, units=max(1, round(knobs.rows / _rows_per_unit(pilot))))


def with_rates(knobs: Knobs, rates: Mapping[str, float]) -> Knobs:
    """Fill in the rates of a vocabulary wherever a knob still stands at its default."""
    default = Knobs()
    free = {name: rate for name, rate in rates.items() if getattr(knobs, name) == getattr(default, name)}
    return replace(knobs, **free)


def _rows_per_unit(pilot: Stage) -> float:
    """Return how many rows a legal unit has on all lists together, counted in a pilot block."""
    block = make_block(pilot, 0)
    found = sum(int(mask.sum()) for mask in lists.capture(pilot, block).values())
    return found * (1 + pilot.knobs.duplicate_share) / len(block.legal.serial)
