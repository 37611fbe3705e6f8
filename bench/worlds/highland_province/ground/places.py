"""The administrative tree: prefectures, counties, townships, villages and their names."""

from dataclasses import dataclass

from highland_province.dice import Dice
from highland_province.lexicon import RESETTLED, TOWN_WORDS
from highland_province.population.tongues import Spelled, toponym

PROVINCE = "岭西省"
NUMERALS = "一二三四五六七八九十"


@dataclass(slots=True, frozen=True)
class County:
    """A county with its full name, the shortened ones and its prefecture."""

    code: str
    full: str
    short: str
    stem: str
    others: tuple[str, ...]
    prefecture: int

    @property
    def north(self) -> bool:
        """Whether the county lies in the northern (Tibetan) prefecture."""
        return self.prefecture == 1


PREFECTURES = (
    ("澜岭哈尼族彝族自治州", "澜岭州", "澜岭"),
    ("贡塘藏族自治州", "贡塘州", "贡塘"),
)
COUNTIES = (
    County("992501", "澜岭市", "澜岭市", "澜岭", (), 0),
    County(
        "992522",
        "墨坝哈尼族彝族自治县",
        "墨坝县",
        "墨坝",
        ("墨坝自治县", "墨坝哈尼族自治县", "墨坝哈尼彝族自治县"),
        0,
    ),
    County(
        "992523",
        "元溪哈尼族彝族傣族自治县",
        "元溪县",
        "元溪",
        ("元溪自治县", "元溪哈尼族彝族自治县"),
        0,
    ),
    County(
        "992524",
        "勐宽傣族拉祜族自治县",
        "勐宽县",
        "勐宽",
        ("勐宽自治县", "孟宽县", "勐宽傣族自治县"),
        0,
    ),
    County("992525", "江坪县", "江坪县", "江坪", (), 0),
    County("992526", "金弄苗族瑶族傣族自治县", "金弄县", "金弄", ("金弄自治县", "金弄苗族自治县"), 0),
    County("993401", "贡塘市", "贡塘市", "贡塘", (), 1),
    County("993422", "维措傈僳族自治县", "维措县", "维措", ("维措自治县", "维错县"), 1),
    County("993423", "卡雄县", "卡雄县", "卡雄", ("喀雄县",), 1),
    County("993424", "德咱县", "德咱县", "德咱", ("德杂县",), 1),
    County("993425", "木洛彝族回族自治县", "木洛县", "木洛", ("木洛自治县", "木罗县"), 1),
)


@dataclass(slots=True)
class Township:
    """A township, street office, town or state farm."""

    county: int
    code: str
    name: Spelled
    suffix: str  # 镇, 乡, 彝族乡, 街道, 农场
    former: str
    districts: list[int]

    @property
    def full(self) -> str:
        """The full name."""
        return self.name.official + self.suffix

    @property
    def farm(self) -> bool:
        """Whether this is a farm of the state reclamation."""
        return self.suffix == "农场"


@dataclass(slots=True)
class District:
    """A census district: a village, a community or a part of one."""

    code: str
    township: int
    name: Spelled
    ending: str  # 村民委员会, 社区居民委员会, 分场
    part: str
    kind: str  # seat | town | village | farm

    @property
    def full(self) -> str:
        """The name in the district layer."""
        return self.name.official + self.ending + self.part


@dataclass(slots=True)
class Tree:
    """All townships and districts."""

    townships: list[Township]
    districts: list[District]


def _township(dice: Dice, county: int, order: int, last: bool) -> Township:
    """A township's names and code."""
    code, north = COUNTIES[county].code, COUNTIES[county].north
    if order == 0:
        city = COUNTIES[county].full.endswith("市")
        name = Spelled(COUNTIES[county].stem if city else dice.pick(TOWN_WORDS))
        return Township(county, code + "001", name, "街道" if city else "镇", "", [])
    name = toponym(dice, north, 0.75)
    if last and not north:
        return Township(county, code + f"{400 + order}", name, "农场", "", [])
    suffix = dice.pick(("镇", "镇", "乡", "乡", "乡", "回族乡" if north else "彝族乡"))
    former = ""
    if dice.chance(0.14):
        former, name, suffix = name.official + "乡", Spelled(dice.pick(RESETTLED)), "镇"
    rank = (100 if suffix == "镇" else 200) + order
    return Township(county, f"{code}{rank}", name, suffix, former, [])


def _village(dice: Dice, town: Township, order: int, index: int) -> District:
    """The n-th district of a township."""
    north = COUNTIES[town.county].north
    seat = town.code.endswith("001")
    if town.farm:
        number = NUMERALS[order % 10] if order < 10 else "十" + NUMERALS[(order - 10) % 9]
        return District(f"{town.code}{500 + order}001", index, Spelled(number), "分场", "", "farm")
    if order == 0 or (seat and order % 2 == 0):
        name = town.name if order == 0 else Spelled(dice.pick(TOWN_WORDS))
        kind = "seat" if seat else "town"
        return District(f"{town.code}{order + 1:03d}001", index, name, "社区居民委员会", "", kind)
    name = toponym(dice, north, 0.6)
    return District(f"{town.code}{200 + order}001", index, name, "村民委员会", "", "village")


def _distinct(district: District, taken: set[str]) -> District:
    """The district under a name no other district of the township bears."""
    stem = district.name
    for front in ("", "上", "下", "大", "小", "新", "老", "东", "西", "南", "北"):
        district.name = Spelled(front + stem.official, tuple(front + o for o in stem.others))
        if district.full not in taken:
            break
    taken.add(district.full)
    return district


def make_tree(dice: Dice, sizes: list[int]) -> Tree:
    """Townships and districts for counties with the given numbers of districts."""
    tree = Tree([], [])
    for county, size in enumerate(sizes):
        count = max(1, round(size / 7))
        bounds = [size * part // count for part in range(count + 1)]
        for order in range(count):
            town = _township(dice, county, order, order == count - 1 and count > 1)
            taken: set[str] = set()
            for place in range(bounds[order + 1] - bounds[order]):
                town.districts.append(len(tree.districts))
                village = _village(dice, town, place, len(tree.townships))
                tree.districts.append(_distinct(village, taken))
            tree.townships.append(town)
    return tree
