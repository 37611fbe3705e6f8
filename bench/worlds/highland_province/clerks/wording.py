"""How a clerk writes a unit's name."""

from dataclasses import dataclass

from highland_province.dice import Dice
from highland_province.ground.places import COUNTIES, NUMERALS
from highland_province.lexicon import CONFUSED
from highland_province.model import Name, Site

ROMAN = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
MEASURES = "级号分队厂采车加"


@dataclass(slots=True, frozen=True)
class NameHabit:
    """Shares of rows in which a clerk departs from the registered name."""

    short: float  # a many-sited unit's site by its everyday name
    former: float  # the old name of a renamed unit
    area: float  # the administrative part in another length
    area_drop: float
    form: float  # 有限公司 for 有限责任公司 and the like
    form_drop: float
    respell: float  # another transliteration
    typo: float
    numeral: float  # 1级 or Ⅰ级 for 一级
    tail_drop: float  # the branch row under the parent's bare name
    owner: float  # a household by its owner's name alone


def write_name(dice: Dice, site: Site, habit: NameHabit) -> str:
    """The name of a site as the clerk writes it."""
    unit, name = site.unit, site.name
    if unit.household and dice.chance(habit.owner):
        owner = unit.owner.name.write(dice, habit.respell)
        return owner + dice.pick(("", "", "（个体）", "（个体工商户）"))
    if unit.former and dice.chance(habit.former):
        return _renamed(dice, site, habit)
    if site.short and dice.chance(habit.short):
        text = dice.pick(site.short)
    else:
        if name.tail and dice.chance(habit.tail_drop):
            name = unit.name
        text = _vary(dice, name, habit)
    if dice.chance(habit.numeral):
        text = _numerals(dice, text)
    return _slip(dice, text) if dice.chance(habit.typo) else text


def _renamed(dice: Dice, site: Site, habit: NameHabit) -> str:
    """The old name, alone or in brackets after the new one; a branch keeps its tail."""
    assert site.unit.former is not None
    old = site.unit.former.official()
    tail = site.name.tail
    turn = dice.unit()
    if turn < 0.7 or tail:
        return old + tail
    left, right = dice.pick((("（", "）"), ("(", ")")))
    word = dice.pick(("原", "原名：", "曾用名："))
    return f"{_vary(dice, site.unit.name, habit)}{left}{word}{old}{right}"


def _vary(dice: Dice, name: Name, habit: NameHabit) -> str:
    """The name with its parts written as the clerk is used to."""
    area, form = name.area, name.form
    if dice.chance(habit.area_drop) and name.brand.official:
        area = ""
    elif dice.chance(habit.area) and not name.bracketed:
        area = other_area(dice, name)
    if form and dice.chance(habit.form_drop) and len(name.brand.official + name.trade) > 2:
        form = ""
    elif dice.chance(habit.form):
        form = _other_form(form)
    brand = name.brand.write(dice, habit.respell)
    if name.bracketed and area:
        left, right = ("(", ")") if dice.chance(0.4) else ("（", "）")
        return f"{brand}{name.trade}{left}{area}{right}{form}{name.tail}"
    tail = name.tail
    if "（" in form + tail and dice.chance(0.4):
        form, tail = (t.replace("（", "(").replace("）", ")") for t in (form, tail))
    return area + brand + name.trade + form + tail


def other_area(dice: Dice, name: Name) -> str:
    """The same administrative part, longer or shorter."""
    place = COUNTIES[name.county]
    for known in (place.full, place.short, place.stem):
        if name.area.startswith(known):
            rest = name.area[len(known) :]
            forms = [place.full, place.short, place.short, place.short]
            if not rest:
                forms += [place.stem, place.stem]
            forms += list(place.others[:1])
            return dice.pick([form for form in forms if form != known] or [known]) + rest
    return name.area


def _other_form(form: str) -> str:
    """The legal form in its sister wording."""
    sisters = {
        "有限公司": "有限责任公司",
        "有限责任公司": "有限公司",
        "农民专业合作社": "专业合作社",
        "矿业有限公司": "矿业有限责任公司",
    }
    return sisters.get(form, form)


def _numerals(dice: Dice, text: str) -> str:
    """Ordinal numerals before a measure word in Arabic or Roman figures."""
    roman = dice.chance(0.25)
    out = []
    for place, mark in enumerate(text):
        follows = text[place + 1 : place + 2]
        if mark in NUMERALS and follows and follows in MEASURES:
            order = NUMERALS.index(mark)
            after = text[place - 1 : place] == "第"
            mark = ROMAN[order] if roman and follows in "级号" and not after else str(order + 1)
        out.append(mark)
    return "".join(out)


def _slip(dice: Dice, text: str) -> str:
    """One slip of the hand: a character mistaken for a like one, or one left out."""
    places = [i for i, mark in enumerate(text) if mark in CONFUSED]
    if places and dice.chance(0.7):
        place = dice.pick(places)
        return text[:place] + dice.pick(CONFUSED[text[place]]) + text[place + 1 :]
    if len(text) > 6:
        place = dice.between(2, len(text) - 3)
        return text[:place] + text[place + 1 :]
    return text
