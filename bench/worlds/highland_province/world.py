"""The world as a whole: ground, units, lists and truth, written to a folder.

What a site is: a legal unit at a place of operation. Choices made here:

* A renamed firm, and one registered at an office or agent's room, keeps its site.
* A single-sited firm's registry row speaks of its works even when it is registered elsewhere.
* A company with several works has a headquarters site of its own (the registry row).
* A firm that moved its works has two sites; only the old permit speaks of the old one.
* A dissolved predecessor at the same door is another legal unit and another site,
  even when the same person owned it. Households turned into firms (个转企) are left out.
* Several permit rows for the facilities of one site are one site.
"""

from pathlib import Path

from highland_province.clerks import business, permit, tax
from highland_province.dice import Dice
from highland_province.ground.grid import county_sizes, make_ground
from highland_province.ground.places import make_tree
from highland_province.ground.region import Region
from highland_province.model import Lists, Row
from highland_province.output import write_world
from highland_province.population.founding import found_firm, found_paper_firm, found_shop
from highland_province.population.networks import found_networks
from highland_province.population.ventures import Pumps, found_hydro, found_inn, found_mill, found_mine

SHARES = {"business": 0.45, "tax": 0.35, "permit": 0.20}
AGAIN = 0.028  # share of sites entered a second time in the same list


def build(out: Path, rows: int, seed: int) -> None:
    """Make the world and write it."""
    count = max(44, round(rows / 50))
    width, height, sizes = county_sizes(count)
    tree = make_tree(Dice(seed, 1), sizes)
    region = Region(Dice(seed, 3), tree, make_ground(Dice(seed, 2), width, height))
    quota = {kind: round(rows * share) for kind, share in SHARES.items()}
    _people(region, quota)
    lists = _write_lists(region)
    for kind, wanted in quota.items():
        lists.rows[kind] = _trimmed(region.dice, lists.rows[kind], wanted)
    write_world(out, region, lists)


def _people(region: Region, quota: dict[str, int]) -> None:
    """Found units until every list can be filled."""
    dice = region.dice
    found_networks(region)
    pumps = Pumps(region)
    start, counts = 0, [0, 0, 0]
    while any(c < q * 1.01 for c, q in zip(counts, quota.values(), strict=True)):
        turn = dice.unit()
        if turn < 0.42:
            found_firm(region)
        elif turn < 0.80:
            found_shop(region)
        elif turn < 0.85:
            found_paper_firm(region)
        elif turn < 0.875:
            found_hydro(region)
        elif turn < 0.905:
            found_mine(region)
        elif turn < 0.925:
            found_mill(region)
        elif turn < 0.955:
            pumps.found()
        else:
            found_inn(region)
        for site in region.sites[start:]:
            counts = [c + n for c, n in zip(counts, site.on, strict=True)]
        start = len(region.sites)


def _write_lists(region: Region) -> Lists:
    """Let every agency write its rows, some of them twice."""
    dice, lists = region.dice, Lists()
    recent: list[str] = []
    for site in region.sites:
        in_business, in_tax, in_permit = site.on
        for _ in range(in_business * (2 if dice.chance(AGAIN) else 1)):
            lists.rows["business"].append(Row(business.write(region, site, recent), site))
        for _ in range(in_tax * (2 if dice.chance(AGAIN) else 1)):
            lists.rows["tax"].append(Row(tax.write(region, site, recent), site))
        if in_permit:
            again = 1 if dice.chance(AGAIN) else 0
            for cells in permit.write_all(region, site, recent, in_permit):
                lists.rows["permit"].append(Row(cells, site))
            for cells in permit.write_all(region, site, recent, again):
                lists.rows["permit"].append(Row(cells, site))
        recent = [*recent[-40:], site.code or site.unit.code]
    return lists


def _trimmed(dice: Dice, rows: list[Row], wanted: int) -> list[Row]:
    """The wanted number of rows in chance order; only a site's own lines stay together."""
    kept = [rows[place] for place in dice.sample(len(rows), min(wanted, len(rows)))]
    order: dict[str, float] = {}
    for row in kept:
        order.setdefault(row.site.key, dice.unit())
    keys = [(order[row.site.key], place) for place, row in enumerate(kept)]
    return [kept[place] for _, place in sorted(keys)]
