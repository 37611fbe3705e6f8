"""The everyday population: park tenants, free-standing plants, households, offices."""

from __future__ import annotations

from coastal_city import words
from coastal_city.model import Firm, Place, Site
from coastal_city.population.trades import BY_CODE
from coastal_city.world import OFFICE_TABLE, WORKS_TABLE, World


def ordinary(world: World, share: float) -> None:
    """Fill a share of the wanted sites with everyday firms."""
    dice = world.dice
    goal = len(world.sites) + int(world.wanted * share)
    while len(world.sites) < goal:
        kind = dice.u()
        if kind < 0.44:
            tenant(world)
        elif kind < 0.6:
            lone_plant(world)
        elif kind < 0.83:
            household(world)
        else:
            office(world)


def tenant(world: World) -> Site:
    """Add a tenant of a park; some rent from a family member or keep a second hall."""
    dice = world.dice
    place = world.places.in_park(dice.draw(world.places.parks))
    site = works(world, place, (0.93, 0.72, 0.56))
    if dice.chance(0.07):
        second_works(world, site)
    return site


def lone_plant(world: World) -> Site:
    """Add a plant on a lot of its own."""
    dice = world.dice
    place = world.places.on_road() if dice.chance(0.72) else world.places.in_village()
    site = works(world, place, (0.94, 0.78, 0.7))
    if dice.chance(0.12):
        second_works(world, site)
    return site


def works(world: World, place: Place, chances: tuple[float, float, float]) -> Site:
    """Add a manufacturing company with its usual history."""
    dice = world.dice
    trade = dice.draw(WORKS_TABLE)
    county = place.town.county
    firm = world.firm("company", world.company_name(county, trade), county, trade, *_owner(world))
    world.rename(firm, 0.11)
    moved(world, firm)
    return world.site(firm, place, chances)


def _owner(world: World) -> tuple[str, str]:
    """Return a representative and telephone: now and then one who already owns a firm."""
    dice = world.dice
    if world.firms and dice.chance(0.07):
        other = dice.pick(world.firms[-400:])
        return other.rep, other.phone if dice.chance(0.5) else ""
    return "", ""


def moved(world: World, firm: Firm) -> None:
    """Let some firms have moved between parks, so that stale lists show an older seat."""
    dice = world.dice
    if dice.chance(0.13):
        firm.old_seat = (
            world.places.in_park(dice.draw(world.places.parks)) if dice.chance(0.6) else world.places.on_road()
        )


def second_works(world: World, first: Site) -> None:
    """Add a further works of the same firm, seldom registered on its own."""
    dice = world.dice
    firm = first.firm
    place = world.places.in_park(dice.draw(world.places.parks)) if dice.chance(0.5) else world.places.on_road()
    site = world.site(firm, place, (0.05, 0.08, 0.95), "works")
    site.label = dice.pick(
        (
            "二厂区",
            "二厂",
            "新厂区",
            "分厂",
            "东厂区",
            place.town.core + "厂区",
            place.town.core + "分厂",
            "二车间",
            "第二厂区",
            "南厂",
        )
    )
    site.serial = 2


def old_plants(world: World, share: float) -> None:
    """Leave the cancelled permits of plants that were moved: sites of their own, now closed."""
    dice = world.dice
    mains = [
        site
        for site in world.sites
        if site.kind == "main" and site.trade.industrial and site.firm.kind == "company" and site.firm.old_seat
    ]
    for site in mains:
        if dice.chance(share) and site.firm.old_seat is not None:
            old = world.site(site.firm, site.firm.old_seat, (0.0, 0.0, 1.0), "old")
            old.closed, site.serial = True, 2


def household(world: World) -> Site:
    """Add a household: a workshop in a village or a small shop."""
    dice = world.dice
    place = world.places.in_village() if dice.chance(0.6) else world.places.on_road()
    if dice.chance(0.15):
        place = world.places.in_park(dice.draw(world.places.parks))
    trade = dice.draw(WORKS_TABLE) if dice.chance(0.74) else dice.draw(OFFICE_TABLE)
    if trade.code in ("4430", "4620", "7724", "3731", "2720", "7212", "7221", "6513"):
        trade = BY_CODE["3484"]
    rep, phone = _owner(world)
    rep = rep or words.person(dice)
    name = world.household_name(place.town.county, trade, place, rep)
    firm = world.firm("household", name, place.town.county, trade, rep, phone)
    chances = (0.8, 0.42, 0.4) if trade.industrial else (0.85, 0.5, 0.0)
    site = world.site(firm, place, chances)
    if trade.industrial and dice.chance(0.04):
        _upgrade(world, site)
    return site


def _upgrade(world: World, site: Site) -> None:
    """Turn a household into a company: the old household row stays on the lists."""
    before = site.firm.name
    after = world.firm(
        "company",
        world.company_name(site.place.town.county, site.trade, before.brand[-2:]),
        site.place.town.county,
        site.trade,
        site.firm.rep,
        site.firm.phone,
    )
    after.name.sector, after.old = before.sector, before
    site.upgraded = site.firm.code
    world.firms.remove(site.firm)
    site.firm, site.name, site.code, site.number = after, after.name, after.code, after.number


def office(world: World) -> Site:
    """Add a trading or service firm in a tower or on a road."""
    dice = world.dice
    place = world.places.in_park(dice.draw(world.places.towers)) if dice.chance(0.6) else world.places.on_road()
    trade = dice.draw(OFFICE_TABLE)
    county = place.town.county
    firm = world.firm("company", world.company_name(county, trade), county, trade, *_owner(world))
    world.rename(firm, 0.07)
    moved(world, firm)
    return world.site(firm, place, (0.94, 0.72, 0.02 if trade.code in ("8111", "5920", "6210") else 0.0))
