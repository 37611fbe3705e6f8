"""How each agency writes an address."""

from __future__ import annotations

from coastal_city import words
from coastal_city.dice import Dice
from coastal_city.model import CITY, PROVINCE, Park, Place

SIGNS = "零一二三四五六七八九"


def _count(value: int) -> str:
    """Write a number up to 99 in characters, bigger ones in digits."""
    if value > 99:
        return str(value)
    tens, ones = divmod(value, 10)
    return (("" if tens == 1 else SIGNS[tens]) + "十" if tens else "") + (SIGNS[ones] if ones or not tens else "")


def area(dice: Dice, place: Place, shares: tuple[float, float, float, float]) -> str:
    """Return the areas in front: from province, from city, from county, or from town."""
    county, town = place.town.county, place.town
    name = town.old_name if town.old_name and dice.chance(0.06) else town.name
    top = CITY + county.name if not county.own_city or dice.chance(0.4) else county.name
    town_part = name if dice.chance(0.75) else ""
    zone = county.zone if county.zone and place.park and dice.chance(0.18) else ""
    return dice.case(
        (shares[0], PROVINCE + top + town_part),
        (shares[1], top + (zone or town_part)),
        (shares[2], (zone or county.name) + town_part),
        (shares[3], zone or name),
        (1.0, ""),
    )


def block(dice: Dice, place: Place, formal: bool) -> str:
    """Write building, unit, floor and room as the agency likes."""
    park = place.park
    if park is None:
        if not place.building:
            return ""
        return dice.case(
            (0.5, f"{place.building}幢"),
            (0.2, f"第{place.building}幢"),
            (0.2, f"{place.building}号厂房"),
            (0.1, f"{place.building}#"),
        )
    number = park.mark(place.building)
    if formal:
        text = number + (park.word if not park.letters else dice.pick(("幢", "座")))
    elif place.kind == "tower":
        text = dice.case((0.6, number + park.word), (0.4, number + "号楼"))
    else:
        text = dice.case(
            (0.25, number + park.word),
            (0.2, number + "#"),
            (0.15, number + "#楼"),
            (0.15, number + "号楼"),
            (0.1, number + "栋"),
            (0.15, number + "#厂房"),
        )
    if park.letters:
        text = text.replace("号", "")
    if place.kind == "tower" and len(park.spots) == 1:
        text = ""
    return text + _inside(dice, place, formal)


def _inside(dice: Dice, place: Place, formal: bool) -> str:
    """Write the unit, floor and room."""
    unit = f"{place.unit}单元" if place.unit and place.kind == "park" and dice.chance(0.8) else ""
    if formal:
        floor = dice.case((0.5, f"{place.floor}层"), (0.25, f"{_count(place.floor)}层"), (0.25, f"{place.floor}楼"))
        room = f"{place.room}室" if place.room else ""
        return unit + (room if room and dice.chance(0.55) else floor + room)
    floor = dice.case(
        (0.3, f"{place.floor}楼"),
        (0.2, f"{place.floor}F"),
        (0.25, f"{_count(place.floor)}楼"),
        (0.25, f"{place.floor}层"),
    )
    room = dice.case((0.5, f"{place.room}室"), (0.3, f"{place.room}"), (0.2, f"-{place.room}")) if place.room else ""
    return unit + dice.case((0.45, floor), (0.25, room or floor), (0.3, ""))


def _park_name(dice: Dice, park: Park, loose: bool) -> str:
    """Return the park's name, or what people call it."""
    return dice.pick(park.aliases) if dice.chance(0.3 if loose else 0.1) else park.name


def street(dice: Dice, place: Place, loose: bool) -> str:
    """Write road, lane, crossing, kilometre post or village lot."""
    if place.kind == "village":
        return _lot(dice, place)
    if place.kind == "km":
        spot = f"{place.kilo}公里" if loose or dice.chance(0.4) else f"K{place.kilo}+{dice.below(10)}00"
        return place.road + spot + (place.side if dice.chance(0.6) else "处" if loose else "")
    if place.kind == "cross" and (loose or dice.chance(0.6)):
        joint = dice.pick(("与", "与", "和", "、"))
        end = dice.pick(("交叉口", "交叉路口", "交汇处", "路口"))
        return f"{place.road}{joint}{place.cross}{end}{place.side}{'侧' if dice.chance(0.6) else ''}"
    road, number = place.road, place.number
    if place.park and dice.chance(0.15):
        road, number = place.park.old_road, place.park.old_number
    lane = f"{place.lane}弄" if place.lane else ""
    text = f"{road}{lane}{number}号"
    if loose and not place.park and not place.building and dice.chance(0.05):
        text = text.replace("号", "")
    return text + (f"-{dice.between(1, 6)}" if not place.park and not place.building and dice.chance(0.07) else "")


def _lot(dice: Dice, place: Place) -> str:
    """Write a village lot."""
    village = place.village.name if dice.chance(0.9) else place.village.name.removesuffix("社区").removesuffix("村")
    if place.road:
        return village + place.road + (f"{place.number}号" if place.number and dice.chance(0.7) else "")
    if place.number:
        return village + f"{place.number}号"
    return village + place.side


def business_address(dice: Dice, place: Place) -> str:
    """Write as the registry does: whole, formal, with remarks in brackets."""
    text = area(dice, place, (0.55, 0.3, 0.13, 0.02))
    if place.kind == "desk":
        return text + _desk(dice, place)
    if place.park is not None:
        park = _park_name(dice, place.park, False)
        lead = street(dice, place, False)
        text += dice.case((0.45, lead), (0.25, lead + park), (0.12, f"{lead}（{park}）"), (0.18, park)) + block(
            dice, place, True
        )
    else:
        village = place.village.name if place.kind == "road" and dice.chance(0.25) else ""
        text += village + street(dice, place, False) + block(dice, place, True)
    if dice.chance(0.06):
        text += dice.pick(("（自主申报）", "（自主申报）", "（一照多址）", "（临时经营场所）", "（限办公）"))
    return text if dice.chance(0.85) else text.replace("（", "(").replace("）", ")")


def _desk(dice: Dice, place: Place) -> str:
    """Write a desk in an agent's office."""
    name = place.park.name if place.park else ""
    room = f"{place.room}室" + dice.pick(
        (f"-{place.unit}", f"-A{place.unit}", f"（工位{place.unit}）", f"-{place.unit}号")
    )
    remark = dice.case((0.45, "（集群注册）"), (0.06, "（托管）"), (0.49, ""))
    return f"{place.road}{place.number}号{name if dice.chance(0.7) else ''}{place.building}幢{room}{remark}"


def tax_address(dice: Dice, place: Place) -> str:
    """Write as the tax bureau does: short, the room often left out."""
    text = area(dice, place, (0.08, 0.22, 0.4, 0.2))
    if place.kind == "desk":
        return text + _desk(dice, place)
    if place.park is not None:
        park = _park_name(dice, place.park, True)
        lead = street(dice, place, True)
        text += dice.case((0.5, lead), (0.15, lead + park), (0.35, park)) + (
            block(dice, place, False) if dice.chance(0.72) else ""
        )
    else:
        text += street(dice, place, True) + (block(dice, place, False) if dice.chance(0.4) else "")
    return slip_address(dice, text, 0.02)


def permit_address(dice: Dice, place: Place) -> str:
    """Write as applicants for a permit do: the park and the hall in their own words."""
    text = area(dice, place, (0.2, 0.3, 0.3, 0.15))
    if place.park is not None:
        park = _park_name(dice, place.park, True)
        lead = street(dice, place, True) if dice.chance(0.3) else ""
        text += lead + park + (block(dice, place, False) if dice.chance(0.82) else "")
    else:
        village = place.village.name if place.kind != "village" and dice.chance(0.3) else ""
        text += village + street(dice, place, True) + (block(dice, place, False) if dice.chance(0.25) else "")
        if text[-1] not in "内旁侧处" and dice.chance(0.05):
            text += dice.pick(("（租用空置厂房）", "内", "旁", "对面"))
    return slip_address(dice, text, 0.03)


def slip_address(dice: Dice, text: str, share: float) -> str:
    """Now and then write a wrong sign or number, or a full-width digit."""
    if not dice.chance(share) or len(text) < 6:
        return text
    digits = [at for at, sign in enumerate(text) if sign.isascii() and sign.isdigit()]
    if digits and dice.chance(0.5):
        at = dice.pick(digits)
        return text[:at] + str(dice.below(9) + 1) + text[at + 1 :]
    spots = [at for at, sign in enumerate(text) if sign in words.SOUNDALIKE]
    if spots:
        at = dice.pick(spots)
        return text[:at] + words.SOUNDALIKE[text[at]] + text[at + 1 :]
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
