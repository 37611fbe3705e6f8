"""Groups of companies: one owner, one telephone, nearly the same names, several plants."""

from __future__ import annotations

from river_prefecture.ground.spots import Spot, park_spot, street_spot
from river_prefecture.population.firms import more_plants, unique_name
from river_prefecture.population.maker import Maker
from river_prefecture.population.trades import BY_KEY, SPECIAL
from river_prefecture.units import Unit

FAMILIES = (
    ("rice", "rice", "feed", "rice_sale", "oil", "paddy"),
    ("pig", "feed", "meat", "manure", "pig"),
    ("brick", "concrete", "quarry", "build", "truck"),
    ("cracker", "cracker", "carton", "print"),
    ("saw", "chair", "bamboo", "biomass", "tree"),
    ("steel", "build", "door", "concrete"),
    ("wine", "bottle", "tea", "hotel"),
)


def _variants(maker: Maker, brand: str, word: str, county: int) -> list[str]:
    place = maker.country.counties[county]
    return [
        f"潋川{brand}{word}有限公司",
        f"潋川市{brand}{word}有限公司",
        f"南江{brand}{word}有限公司",
        f"{place.name if place.name.endswith('县') else '潋川' + place.stem}{brand}{word}有限公司",
        f"{brand}{word}（潋川）有限公司",
    ]


def group(maker: Maker) -> list[Unit]:
    """A parent and three to six subsidiaries; two of them differ by one word only."""
    dice = maker.dice
    t = maker.town(rural=False)
    county = maker.country.towns[t].county
    brand = maker.brand()
    spot = park_spot(dice, maker.country, county) if dice.chance(0.5) else street_spot(dice, maker.country, t)
    owner = maker.owner(maker.country.villages[spot.village], county, 0.1)
    year = dice.between(1998, 2016)
    name = dice.pick(
        [
            f"潋川{brand}集团有限公司",
            f"南江{brand}实业集团有限公司",
            f"潋川市{brand}投资集团有限公司",
            f"{brand}控股集团有限公司",
        ]
    )
    parent = maker.register("91", name, county, year, owner, spot)
    head = maker.site(parent, name, SPECIAL["manage"], spot, (1.0, 0.9, 0.05))
    head.short = brand + "集团"
    units = [parent]
    family = dice.pick(FAMILIES)
    units.extend(_subsidiary(maker, parent, brand, family[k % len(family)], t, spot) for k in range(dice.between(3, 6)))
    return units


def _subsidiary(maker: Maker, parent: Unit, brand: str, key: str, t: int, yard: Spot) -> Unit:
    """A subsidiary in the parent's yard or elsewhere."""
    dice = maker.dice
    trade = BY_KEY[key]
    own = dice.chance(0.45)
    spot = yard if own else maker.place(t if dice.chance(0.5) else maker.town(), 0.35, 0.0)
    year = dice.between(parent.year, 2026)
    word = dice.pick(trade.firm)
    name = dice.pick(_variants(maker, brand, word, spot.county))
    if name in maker.taken:
        name = unique_name(maker, trade, spot.county, year, brand)[0]
    maker.taken.add(name)
    boss = parent.owner if dice.chance(0.55) else maker.owner(maker.country.villages[spot.village], spot.county, 0.05)
    registered = yard if dice.chance(0.4) else spot
    unit = maker.register("91", name, spot.county, year, boss, registered)
    site = maker.site(unit, name, trade, spot, (0.97, 0.9, 0.25 + 0.7 * trade.permit))
    site.short = brand + word
    if trade.code.startswith("03"):
        site.scope, site.size = True, f"年出栏生猪{dice.between(10, 200) * 100}头"
    if trade.scope and dice.chance(0.4):
        more_plants(maker, unit, dice.between(1, 3))
    return unit
