"""Build the world: ground, firms, lists, truth."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from coastal_city import words
from coastal_city.clerks.lists import WRITERS, Row
from coastal_city.dice import Dice, Weighted
from coastal_city.ground.grid import locate, make_grid
from coastal_city.ground.land import Land, make_land
from coastal_city.ground.maps import write_maps
from coastal_city.ground.places import Places
from coastal_city.model import Site
from coastal_city.population import chains, clusters, firms
from coastal_city.world import World

SHARES = {"business": 0.45, "tax": 0.35, "permit": 0.20}
DOUBLES = {"business": 0.03, "tax": 0.025, "permit": 0.033}
Entry = tuple[Site, bool]
SETTINGS = """[census]
name = "临瀛市污染源普查基本单位名录库（虚构）"
reference_date = 2027-12-31
rules = "pollution-2"

[[lists]]
kind = "business"
path = "business.csv"
crs = "WGS84"

[[lists]]
kind = "tax"
path = "tax.csv"
crs = "WGS84"

[[lists]]
kind = "permit"
path = "permit.csv"
crs = "WGS84"

[districts]
path = "districts.gpkg"
code = "code"
name = "name"

[parent]
path = "parent.gpkg"
"""


def build_world(folder: Path, rows: int, seed: int) -> None:
    """Write every file of the world into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = Dice(seed)
    grid = make_grid(dice, max(46, rows // 50))
    land = make_land(dice, grid)
    wanted = int(rows * 0.57)
    world = World(dice, Places(dice, grid, land, wanted), wanted)
    _people_the_city(world)
    _settle(world)
    write_maps(folder, grid, land)
    (folder / "census.toml").write_text(SETTINGS, encoding="utf-8")
    truth: list[tuple[str, str, int, Site]] = []
    for kind, share in SHARES.items():
        truth += _write_list(world, folder, kind, round(rows * share))
    _write_truth(folder, truth, land)


def _people_the_city(world: World) -> None:
    """Add every kind of unit."""
    dice = world.dice
    world.consultants = Weighted.zipf([words.mobile(dice) for _ in range(max(3, world.wanted // 1200))], 0.8)
    firms.ordinary(world, 0.3)
    clusters.groups(world, 0.05)
    clusters.foreign(world, 0.08)
    firms.ordinary(world, 0.2)
    clusters.families(world, 0.09)
    clusters.plating(world, 0.055)
    chains.add_chains(world, 0.12)
    clusters.public(world, 0.008)
    firms.ordinary(world, 0.14)
    chains.branch_offices(world, 0.03)
    firms.old_plants(world, 0.16)


def _settle(world: World) -> None:
    """Find the district of every site and note the first place of every firm."""
    sites = world.sites
    cells = locate(world.places.grid, [(site.place.lon, site.place.lat) for site in sites])
    for site, cell in zip(sites, cells, strict=True):
        if cell < 0:
            cell = site.place.village.cells[0]
            ring = world.places.grid.rings[cell]
            site.place.lon, site.place.lat = sum(x for x, _ in ring) / 8, sum(y for _, y in ring) / 8
        site.place.cell = cell
        world.first_place.setdefault(site.firm.uid, site.place)


def _entries(world: World, kind: str, count: int) -> list[Entry]:
    """Choose the sites that stand on a list, and those that stand on it twice."""
    dice = world.dice
    at = list(SHARES).index(kind)
    doubles = round(count * DOUBLES[kind])
    on: list[Site] = []
    off: list[Site] = []
    for site in dice.shuffled(world.sites):
        chance = site.chances[at]
        (on if dice.chance(chance) else off if chance > 0.04 else []).append(site)
    singles = (on + off)[: count - doubles]
    seconds: list[Entry] = []
    twice: set[str] = set()
    for site in dice.shuffled(singles) * 3:
        wish = 1.0 if site.upgraded and kind == "business" else 0.16 if site.firm.old and not site.name.tail else 0.012
        if len(seconds) < doubles and dice.chance(wish if site.uid not in twice else 0.002):
            twice.add(site.uid)
            seconds.append((site, True))
    return dice.shuffled([(site, False) for site in singles] + seconds)


def _write_list(world: World, folder: Path, kind: str, count: int) -> list[tuple[str, str, int, Site]]:
    """Write one list and return the truth of its rows."""
    headings, writer = WRITERS[kind]
    rows: list[tuple[Row, Site]] = [
        (writer(world, site, former), site) for site, former in _entries(world, kind, count)
    ]
    if kind == "tax":
        bureau = headings.index("主管税务所（科、分局）")
        rows.sort(key=lambda pair: pair[0][bureau])
    name = f"{kind}.csv"
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(headings)
        out.writerows(row for row, _ in rows)
    return [(kind, name, number, site) for number, (_, site) in enumerate(rows, start=2)]


def in_scope(site: Site) -> bool:
    """Tell whether the census surveys the site."""
    return site.trade.industrial and not site.closed and site.kind != "old"


def _write_truth(folder: Path, truth: list[tuple[str, str, int, Site]], land: Land) -> None:
    """Write the truth of every row."""
    sites = [entry[3] for entry in truth]
    table = pa.table(
        {
            "list": pa.array([entry[0] for entry in truth], pa.string()),
            "file": pa.array([entry[1] for entry in truth], pa.string()),
            "sheet": pa.array([""] * len(truth), pa.string()),
            "row": pa.array([entry[2] for entry in truth], pa.int64()),
            "site": pa.array([site.uid for site in sites], pa.string()),
            "legal_unit": pa.array([site.firm.uid for site in sites], pa.string()),
            "district_code": pa.array([land.district_codes[site.place.cell] for site in sites], pa.string()),
            "in_scope": pa.array([in_scope(site) for site in sites], pa.bool_()),
        }
    )
    pq.write_table(table, folder / "truth.parquet", compression="zstd")
