"""How a clerk writes an address."""

from dataclasses import dataclass

from highland_province.dice import Dice
from highland_province.ground.places import COUNTIES, PREFECTURES, PROVINCE, County, District, Township
from highland_province.ground.region import Region
from highland_province.model import Spot


@dataclass(slots=True, frozen=True)
class AddressHabit:
    """Shares of rows for the choices a clerk makes while writing an address."""

    province: float
    prefecture: float
    county: float
    full: float  # long administrative names, once a level is written at all
    town_drop: float
    former: float  # a resettled township under its old name
    village_drop: float
    long_village: float  # 村民委员会 rather than 村 or 村委会
    local_drop: float
    detail_drop: float
    respell: float


def write_address(region: Region, spot: Spot, habit: AddressHabit) -> str:
    """The address of a door."""
    dice = region.dice
    district = region.tree.districts[spot.district]
    town = region.tree.townships[district.township]
    place = COUNTIES[town.county]
    front = _front(dice, place, habit)
    if spot.kind == "park":
        stem = place.stem if front else dice.pick((place.short, place.short, place.stem))
        park = stem + dice.pick(("工业园区", "工业园区", "产业园区"))
        middle = _town(dice, town, habit) if dice.chance(0.3) else ""
        return front + middle + park + _detail(dice, spot, habit)
    middle = "" if dice.chance(habit.town_drop) else _town(dice, town, habit)
    if spot.kind == "street":
        return front + middle + _street(dice, spot, district, habit, front + middle)
    return front + middle + _country(dice, spot, district, habit)


def _front(dice: Dice, place: County, habit: AddressHabit) -> str:
    """Province, prefecture and county, each written or left out."""
    long = dice.chance(habit.full)
    out = PROVINCE if dice.chance(habit.province) else ""
    if out or dice.chance(habit.prefecture):
        out += PREFECTURES[place.prefecture][0 if long else 1]
    if out or dice.chance(habit.county):
        other = place.others and dice.chance(0.06)
        out += dice.pick(place.others) if other else place.full if long else place.short
    return out


def _town(dice: Dice, town: Township, habit: AddressHabit) -> str:
    """The township, now and then under its old or shortened name."""
    if town.former and dice.chance(habit.former):
        return town.former
    suffix = town.suffix
    if suffix.endswith("族乡") and dice.chance(0.5):
        suffix = "乡"
    if town.farm and dice.chance(0.2):
        return "农垦" + town.name.official + suffix
    return town.name.write(dice, habit.respell) + suffix


def village_name(dice: Dice, district: District, habit: AddressHabit) -> str:
    """The village or community in one of its lengths."""
    stem = district.name.write(dice, habit.respell)
    if district.kind == "farm":
        return stem + "分场"
    if district.kind in ("seat", "town"):
        return stem + ("社区居民委员会" if dice.chance(habit.long_village) else dice.pick(("社区", "社区", "居委会")))
    return stem + ("村民委员会" if dice.chance(habit.long_village) else dice.pick(("村委会", "村委会", "村")))


def _street(dice: Dice, spot: Spot, district: District, habit: AddressHabit, front: str) -> str:
    """Road and number in a town."""
    community = "" if dice.chance(0.3 + habit.village_drop) else village_name(dice, district, habit)
    if not community and front.endswith("县") and dice.chance(0.1):
        community = "城"
    return community + spot.hamlet.official + _detail(dice, spot, habit)


def _country(dice: Dice, spot: Spot, district: District, habit: AddressHabit) -> str:
    """Village, hamlet and house or kilometre."""
    village = "" if dice.chance(habit.village_drop) else village_name(dice, district, habit)
    if spot.kind == "highway":
        return village + _detail(dice, spot, habit) + dice.pick(("", "旁", "路边"))
    if village and dice.chance(habit.local_drop):
        return village
    hamlet = spot.hamlet.write(dice, habit.respell)
    if not hamlet.endswith("队"):
        hamlet += (
            dice.pick(("村民小组", "小组", "小组", "组", "", "自然村"))
            if hamlet[-1] not in "寨村"
            else dice.pick(("小组", "村民小组", ""))
        )
    return village + hamlet + _detail(dice, spot, habit)


def _detail(dice: Dice, spot: Spot, habit: AddressHabit) -> str:
    """House number, hall or kilometre."""
    if spot.kind != "highway" and dice.chance(habit.detail_drop):
        return ""
    return spot.detail


def town_cell(dice: Dice, region: Region, spot: Spot, fill: float) -> str:
    """The content of a township column."""
    town = region.tree.townships[region.tree.districts[spot.district].township]
    return town.full if dice.chance(fill) else ""
