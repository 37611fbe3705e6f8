"""The world under construction: makes firms and sites and keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from coastal_city import codes, words
from coastal_city.clerks.naming import registered
from coastal_city.dice import Dice, Weighted
from coastal_city.ground.places import Places
from coastal_city.model import County, Firm, Name, Place, Site
from coastal_city.population.trades import OFFICES, WORKS, Trade

WORKS_TABLE = Weighted(WORKS, [trade.weight for trade in WORKS])
OFFICE_TABLE = Weighted(OFFICES, [trade.weight for trade in OFFICES])


@dataclass(slots=True)
class Agent:
    """A bookkeeping agent: it keeps the books and lends its address and telephone."""

    name: str
    phone: str
    office: Place


class World:
    """Firms and sites made so far, and the means to make more."""

    def __init__(self, dice: Dice, places: Places, wanted: int) -> None:
        """Open the agents' offices."""
        self.dice, self.places, self.wanted = dice, places, wanted
        self.firms: list[Firm] = []
        self.serial = 0
        self.names: set[str] = set()
        self.first_place: dict[str, Place] = {}
        self.sites: list[Site] = []
        agents = [self._agent() for _ in range(max(6, wanted // 160))]
        self.agents = Weighted.zipf(agents, 0.8)
        self.staff = {agent.phone: words.person(dice) for agent in agents}
        self.consultants = Weighted([agents[0].phone], [1.0])

    def _agent(self) -> Agent:
        dice = self.dice
        park = dice.draw(self.places.towers)
        phone = words.mobile(dice) if dice.chance(0.6) else words.landline(dice)
        return Agent(words.brand(dice) + dice.pick(("财务", "会计服务", "企业服务")), phone, self.places.in_park(park))

    def area_code(self, county: County) -> str:
        """Draw the registering office: county, zone or city."""
        return self.dice.case((0.75, county.code), (0.15, county.zone_code or county.code), (0.1, "990301"))

    def area(self, county: County) -> str:
        """Draw the area part of a name."""
        own = county.name if county.own_city else "临瀛市" + county.name
        return self.dice.case(
            (0.36, "临瀛市"),
            (0.16, "临瀛"),
            (0.2, own),
            (0.06, county.short),
            (0.1, "澜江"),
            (0.08, county.name if county.own_city else "临瀛"),
            (0.04, ""),
        )

    def company_name(self, county: County, trade: Trade, brand: str = "") -> Name:
        """Draw a company's name."""
        dice = self.dice
        sector = dice.pick(trade.words)
        if len(sector) <= 2 and dice.chance(0.12):
            sector += (
                dice.pick(("科技", "制造", "科技", "制品"))
                if trade.industrial
                and trade.code[:2] not in ("44", "46", "77")
                and not sector.endswith(("制品", "科技"))
                else ""
            )
        form = dice.case((0.85, "有限公司"), (0.06, "有限责任公司"), (0.02, "股份有限公司"), (0.07, "厂"))
        if form == "厂" and (not trade.industrial or sector.endswith("业")):
            form = "有限公司"
        area = self.area(county)
        order = "mid" if area and form == "有限公司" and dice.chance(0.1) else "lead"
        if order == "mid":
            area = area.removesuffix("市") if len(area) <= 3 else "临瀛"
        return Name(area, brand or words.brand(dice), sector, form, order)

    def household_name(self, county: County, trade: Trade, place: Place, rep: str) -> Name:
        """Draw a household's name; many carry the owner's."""
        dice = self.dice
        area = (county.name if county.own_city else "临瀛市" + county.name) + dice.case(
            (0.45, place.town.core), (0.25, place.town.name), (0.3, "")
        )
        sector = words.workshop_word(dice.pick(trade.words))
        form = (
            dice.pick(("厂", "加工厂", "加工厂", "加工店", "加工部"))
            if trade.industrial
            else dice.pick(("经营部", "店", "商行", "服务部"))
        )
        brand = rep if dice.chance(0.3) else words.brand(dice)[:2]
        return Name(area, brand, sector, form + ("(个体工商户)" if dice.chance(0.18) else ""), "lead")

    def firm(
        self, kind: str, name: Name, county: County, trade: Trade, rep: str = "", phone: str = "", founded: int = 0
    ) -> Firm:
        """Register a legal unit."""
        dice = self.dice
        if kind == "company":
            self._free_name(name, county)
        founded = founded or 2027 - int(30 * dice.u() * max(dice.u(), 0.35))
        area = self.area_code(county)
        self.serial += 1
        head = {"company": "91", "household": "92", "public": "12"}[kind]
        firm = Firm(
            f"L{self.serial:06d}",
            kind,
            name,
            county,
            area,
            codes.new_unit_code(dice, head, area, founded),
            codes.new_registration(dice, area, kind == "household"),
            rep or words.person(dice),
            phone or (words.mobile(dice) if dice.chance(0.72) else words.landline(dice)),
            founded,
            trade,
        )
        firm.coded = dice.chance(0.95 if kind != "household" else 0.84)
        if dice.chance({"company": 0.42, "household": 0.25, "public": 0.0}[kind]):
            agent = next(
                (one for one in self._some_agents() if one.office.town.county is county), dice.draw(self.agents)
            )
            firm.agent = agent.phone
            if kind == "company" and dice.chance(0.2):
                firm.seat = self._desk(agent)
        self.firms.append(firm)
        return firm

    def _some_agents(self) -> list[Agent]:
        """Draw a few agents; a firm takes the first of its own county, else any."""
        return [self.dice.draw(self.agents) for _ in range(8)]

    def _free_name(self, name: Name, county: County) -> None:
        """Refuse a name already taken, as the registry does; names of dead firms come free again."""
        while registered(name) in self.names and not self.dice.chance(0.04):
            if name.area in ("临瀛市", "临瀛") and name.order == "lead" and self.dice.chance(0.6):
                name.area = county.name if county.own_city else "临瀛市" + county.name
            else:
                name.brand = words.brand(self.dice)
        self.names.add(registered(name))

    def _desk(self, agent: Agent) -> Place:
        """Return a desk number in an agent's office (集群注册)."""
        office = agent.office
        desk = Place(
            "desk",
            office.town,
            office.village,
            office.lon,
            office.lat,
            office.road,
            office.number,
            park=office.park,
            building=office.building,
            floor=office.floor,
            room=office.room,
        )
        desk.unit = self.dice.between(1, 480)
        return desk

    def site(
        self,
        firm: Firm,
        place: Place,
        chances: tuple[float, float, float],
        kind: str = "main",
        name: Name | None = None,
        trade: Trade | None = None,
    ) -> Site:
        """Open a site of a firm; a branch of its own registration gets a code of its own."""
        dice = self.dice
        own = kind == "branch"
        founded = firm.founded if kind == "main" else firm.founded + dice.below(2028 - firm.founded)
        code = codes.new_unit_code(dice, "91", self.area_code(place.town.county), founded) if own else firm.code
        number = codes.new_registration(dice, place.town.county.code, False) if own else firm.number
        rep = words.person(dice) if own else firm.rep
        phone = firm.phone if kind == "main" or dice.chance(0.2) else words.mobile(dice)
        contact = firm.rep if dice.chance(0.25) else words.person(dice, firm.rep[0] if dice.chance(0.15) else "")
        site = Site(
            f"S{len(self.sites) + 1:06d}",
            firm,
            place,
            name or firm.name,
            kind,
            trade or firm.trade,
            chances,
            code,
            number,
            rep,
            phone,
            contact,
            founded,
        )
        site.closed = dice.chance(0.06 if firm.kind != "household" else 0.11)
        self.sites.append(site)
        return site

    def rename(self, firm: Firm, share: float) -> None:
        """Give some firms a former name, as a clerk sees it: brand, trade, area or form changed."""
        dice = self.dice
        if firm.kind != "company" or not dice.chance(share):
            return
        now = firm.name
        old = Name(now.area, now.brand, now.sector, now.form, now.order, latin=now.latin)
        kind = dice.u()
        if kind < 0.4:
            old.brand = words.brand(dice)
        elif kind < 0.7:
            old.sector = dice.pick(firm.trade.words) if dice.chance(0.5) else dice.pick(dice.draw(WORKS_TABLE).words)
        elif kind < 0.9 and firm.trade.industrial and not now.sector.endswith("业"):
            old.form, old.order = "厂", "lead"
        else:
            old.area = "临瀛市" if now.area != "临瀛市" else firm.county.short
        if (old.area, old.brand, old.sector, old.form) != (now.area, now.brand, now.sector, now.form):
            firm.old = old
