"""Choose places: roads, lanes, village lots, kilometre posts, parks and towers."""

from __future__ import annotations

from coastal_city import words
from coastal_city.dice import Dice, Weighted
from coastal_city.ground.grid import Grid
from coastal_city.ground.land import Land
from coastal_city.model import Park, Place, Town, Village

DEGREE = 111320.0
PARK_KINDS = (
    "小微企业园",
    "工业园",
    "科创园",
    "智造产业园",
    "汽车零部件产业园",
    "标准厂房园区",
    "创业园",
    "时尚产业园",
    "五金机电产业园",
    "装备产业园",
)
SHORT = {
    "小微企业园": "小微园",
    "工业园": "工业区",
    "科创园": "科创园区",
    "智造产业园": "智造园",
    "汽车零部件产业园": "汽配园",
    "标准厂房园区": "标准厂房",
    "创业园": "创业园区",
    "时尚产业园": "时尚园",
    "五金机电产业园": "五金机电园",
    "装备产业园": "装备园",
    "电镀中心": "电镀城",
    "表面处理园区": "表面处理中心",
    "电镀园区": "电镀园",
}
TOWER_KINDS = ("大厦", "商务中心", "国际大厦", "商务楼", "财富中心", "广场")


class Places:
    """Everything that can be an address."""

    def __init__(self, dice: Dice, grid: Grid, land: Land, sites: int) -> None:
        """Lay out the parks and towers for about the given number of sites."""
        self.dice, self.grid, self.land = dice, grid, land
        self.towns = Weighted(land.towns, [town.weight for town in land.towns])
        parks = [self._park(PARK_KINDS, 0) for _ in range(max(5, sites // 320))]
        towers = [self._park(TOWER_KINDS, 1) for _ in range(max(4, sites // 500))]
        halls = [self._park(("电镀中心", "表面处理园区", "电镀园区"), 2) for _ in range(max(1, sites // 2500))]
        self.parks, self.towers, self.halls = Weighted.zipf(parks, 0.7), Weighted.zipf(towers, 0.6), halls

    def town(self) -> Town:
        """Draw a town by its industry."""
        return self.dice.draw(self.towns)

    def point(self, village: Village) -> tuple[float, float]:
        """Draw a point in one of the village's cells."""
        return self.grid.inside(self.dice, self.dice.pick(village.cells))

    def _park(self, kinds: tuple[str, ...], sort: int) -> Park:
        """Lay out a park (sort 0), an office tower (1) or a plating centre (2)."""
        dice = self.dice
        town = self.town()
        village = dice.pick(town.villages)
        core = dice.case((0.4, town.core), (0.25, town.county.short), (0.35, words.brand(dice)[:2]))
        kind = dice.pick(kinds)
        zone = dice.case((0.75, ""), (0.25, dice.pick(("二期", "A区", "B区", "东区")))) if sort == 0 else ""
        aliases = [core + SHORT.get(kind, kind), core + kind, town.core + kind, town.core + SHORT.get(kind, kind)]
        road, old = dice.pick(town.roads), dice.pick(town.roads)
        number = dice.between(1, 300) * 2 - dice.below(2)
        same = dice.chance(0.5)
        low, high, reach = ((6, 28, 260.0), (1, 3, 30.0), (4, 9, 160.0))[sort]
        buildings = dice.between(low, high)
        x, y = self.grid.inside(dice, dice.pick(village.cells))
        spots = [
            (x + (dice.u() - 0.5) * 2 * reach / 98500, y + (dice.u() - 0.5) * 2 * reach / DEGREE)
            for _ in range(buildings)
        ]
        return Park(
            core + kind + zone,
            aliases,
            town,
            village,
            road,
            number,
            road if same else old,
            number if same else dice.between(1, 400),
            dice.pick(("幢", "栋", "号楼", "幢", "号厂房") if sort != 1 else ("幢", "号楼")),
            dice.between(8, 24) if sort == 1 else dice.between(3, 6),
            spots,
            words.landline(dice),
            dice.chance(0.2) and sort != 1,
            f"临瀛市{core}{kind.replace('园区', '园')}{'运营管理' if sort == 2 else '开发'}有限公司",
        )

    def in_park(self, park: Park, building: int = 0, floor: int = 0) -> Place:
        """Return a room of a park; a building or floor may be asked for."""
        dice = self.dice
        tower = park in self.towers.items
        building = building or dice.between(1, len(park.spots))
        floor = floor or dice.between(1, park.floors)
        lon, lat = park.spots[building - 1]
        if not tower:
            lon, lat = lon + dice.normal() * 1.2e-4, lat + dice.normal() * 1.0e-4
        room = floor * 100 + dice.between(1, 20 if tower else 6) if tower or dice.chance(0.6) else 0
        unit = dice.between(1, 3) if not tower and dice.chance(0.2) else 0
        return Place(
            "tower" if tower else "park",
            park.town,
            park.village,
            lon,
            lat,
            park.road,
            park.number,
            park=park,
            building=building,
            unit=unit,
            floor=floor,
            room=room,
        )

    def on_road(self, town: Town | None = None) -> Place:
        """Return a lot of its own on a road, in a lane, at a crossing or a kilometre post."""
        dice = self.dice
        town = town or self.town()
        village = dice.pick(town.villages)
        lon, lat = self.point(village)
        road = dice.pick(town.roads)
        number = dice.between(1, 60) if dice.chance(0.4) else dice.between(1, 999)
        place = Place("road", town, village, lon, lat, road, number)
        kind = dice.u()
        if kind < 0.1:
            place.lane, place.number = dice.between(3, 480), dice.between(1, 60)
        elif kind < 0.19:
            place.kind, place.cross = "cross", dice.pick([other for other in town.roads if other != road])
            place.side = dice.pick(("东北", "东南", "西北", "西南", "东", "南"))
        elif kind < 0.25:
            place.kind, place.road = (
                "km",
                dice.pick(("228国道", "104国道", "G228国道", "S218省道", "77省道", "沿海疏港公路", "G1523高速连接线")),
            )
            base = 1190 + int(town.code) * 37 % 640
            place.kilo, place.side = dice.between(base, base + 11), dice.pick(("东侧", "西侧", "南侧", "北侧"))
        if kind > 0.7:
            place.building = dice.between(1, 6)
        return place

    def in_village(self, town: Town | None = None) -> Place:
        """Return a lot of a village, known by its name and a door number if any."""
        dice = self.dice
        town = town or self.town()
        village = dice.pick(town.villages)
        lon, lat = self.point(village)
        place = Place("village", town, village, lon, lat)
        kind = dice.u()
        if kind < 0.5:
            place.number = dice.between(1, 380)
        elif kind < 0.7:
            place.road, place.number = (
                dice.pick(("工业区", "工业小区", "村委会旁", "老粮站内", "工业点")),
                dice.between(0, 12),
            )
        elif kind < 0.85:
            place.side = dice.pick(("东片", "南片", "后岸", "上片", "下片", "新屋", "外塘"))
        return place

    def room_next_to(self, place: Place) -> Place:
        """Return another room of the same building, or the same lot."""
        if place.park is None:
            twin = Place(
                place.kind,
                place.town,
                place.village,
                place.lon + self.dice.normal() * 3e-5,
                place.lat + self.dice.normal() * 3e-5,
                place.road,
                place.number,
                place.lane,
                None,
                place.building,
                cross=place.cross,
                side=place.side,
                kilo=place.kilo,
            )
            twin.building = self.dice.between(1, 4) if self.dice.chance(0.3) else place.building
            return twin
        return self.in_park(place.park, place.building, place.floor if self.dice.chance(0.35) else 0)
