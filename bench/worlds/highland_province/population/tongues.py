"""Names of people and places that were put into characters more than once."""

from collections.abc import Sequence
from dataclasses import dataclass

from highland_province.dice import Dice, Table
from highland_province.lexicon import GIVEN, HAN_VILLAGES, SURNAMES

Syllables = Sequence[str]


@dataclass(slots=True, frozen=True)
class Spelled:
    """A name in its official spelling and in the other spellings in use."""

    official: str
    others: tuple[str, ...] = ()

    def write(self, dice: Dice, other_share: float) -> str:
        """The official spelling, or now and then another one."""
        if self.others and dice.chance(other_share):
            return dice.pick(self.others)
        return self.official


# Each entry lists the characters in use for one syllable, the usual one first.
DAI_HEAD = ("曼蛮慢", "曼慢", "勐孟猛", "景", "芒忙", "那纳", "嘎戛噶", "允", "弄", "南楠")
DAI_TAIL = (
    "糯诺",
    "宽",
    "罕汗",
    "龙竜",
    "卖迈",
    "腊蜡",
    "坎砍",
    "撒洒萨",
    "播博",
    "丙炳",
    "掌章",
    "费",
    "回",
    "听",
    "东",
    "令",
    "暖",
    "纳那",
    "别",
    "伦",
    "贺",
    "养",
    "迭",
    "中",
)
YI_HEAD = ("者哲", "阿", "普朴", "咪米", "洛罗落", "俄娥", "哈", "车", "乐", "扎札", "牛", "木姆")
YI_TAIL = ("比毕", "尼泥", "红", "戈歌", "姆木", "冲", "甸", "则责", "古", "鲁卢", "者", "达", "德")
TIBET_HEAD = ("贡工", "卡喀", "扎札", "达打", "拉", "尼", "巴", "崩奔", "吉结", "色", "格各", "央")
TIBET_TAIL = ("塘汤", "措错", "雄熊", "多夺", "贡", "仁", "宗", "顶丁", "日", "咱杂", "玛马", "农")
SOUTH_NAMES = (DAI_HEAD, DAI_TAIL), (YI_HEAD, YI_TAIL)
NORTH_NAMES = (TIBET_HEAD, TIBET_TAIL), (YI_HEAD, YI_TAIL)


def spelled(dice: Dice, syllables: Syllables, settle: float = 0.8) -> Spelled:
    """A name from syllables; the official spelling is mostly the usual one."""
    official = "".join(s[0] if dice.chance(settle) else dice.pick(s) for s in syllables)
    others = []
    for place, marks in enumerate(syllables):
        for mark in marks:
            other = official[:place] + mark + official[place + 1 :]
            if other != official and other not in others:
                others.append(other)
    return Spelled(official, tuple(others))


def toponym(dice: Dice, north: bool, native: float) -> Spelled:
    """A village or hamlet name, native or Han."""
    if not dice.chance(native):
        return Spelled(dice.pick(HAN_VILLAGES))
    head, tail = dice.pick(NORTH_NAMES if north else SOUTH_NAMES)
    return spelled(dice, [dice.pick(head), dice.pick(tail)])


TIBETAN = (
    ("扎西", "札西"),
    ("次仁", "才仁", "泽仁"),
    ("卓玛", "卓马"),
    ("多吉", "多杰"),
    ("尼玛", "尼马"),
    ("洛桑", "罗桑"),
    ("丹增", "旦增"),
    ("格桑", "噶桑"),
    ("索南", "索朗"),
    ("平措", "彭措"),
    ("达瓦", "达娃"),
    ("央宗", "央金"),
    ("顿珠", "登珠"),
    ("旺堆", "汪堆"),
    ("白玛", "白马"),
    ("此里", "次里"),
    ("鲁茸", "鲁绒"),
    ("农布", "诺布"),
    ("拉姆", "拉木"),
    ("定主", "丁主"),
)
DAI_SEX = (("岩", "艾"), ("岩", "艾"), ("玉",))
DAI_GIVEN = (
    ("温", "文"),
    ("罕", "汗"),
    ("香", "祥"),
    ("光",),
    ("叫", "教"),
    ("坎", "砍"),
    ("龙", "竜"),
    ("波", "拨"),
    ("应", "印"),
    ("扁",),
    ("温", "瘟"),
    ("三", "散"),
    ("丙", "炳"),
    ("章", "掌"),
)
FAITH = (
    ("阿卜杜拉", "阿布都拉", "阿不都拉"),
    ("尤素福", "优素福", "玉素甫"),
    ("易卜拉欣", "伊卜拉欣", "依布拉音"),
    ("穆萨", "木沙"),
    ("伊斯玛仪", "伊斯麻", "司马义"),
    ("苏莱曼", "苏来曼"),
    ("达吾德", "达伍德"),
    ("哈桑", "哈三"),
    ("阿里", "阿力"),
    ("穆罕默德", "买买提", "麦麦提"),
    ("法图麦", "法土麦"),
    ("吐尔逊", "图尔荪"),
    ("艾山", "艾散"),
    ("热合曼", "热和曼"),
    ("萨迪克", "沙地克"),
)
YI_CLAN = (
    ("阿苏", "阿书"),
    ("吉克", "吉科"),
    ("沙马", "沙玛"),
    ("阿约", "阿尤"),
    ("曲比", "曲别"),
    ("马海", "麻海"),
)
YI_GIVEN = (
    ("拉哈", "拉合"),
    ("木呷", "木嘎"),
    ("尔古", "尔各"),
    ("伍呷", "五呷"),
    ("子拉", "支拉"),
    ("日曲", "日区"),
)
HUI_SURNAMES = "马马马纳沙哈李"
DOTS = ("·", "·", "", "•", ".", "・")
SOUTH_PEOPLE: Table[str] = Table([("han", 0.66), ("dai", 0.16), ("yi", 0.04), ("hui", 0.10), ("faith", 0.04)])
NORTH_PEOPLE: Table[str] = Table([("han", 0.52), ("tibet", 0.24), ("yi", 0.11), ("hui", 0.09), ("faith", 0.04)])


def _two(dice: Dice, first: Syllables, second: Syllables, dots: Sequence[str]) -> Spelled:
    """A two-part name with every mix of spellings and joining marks."""
    forms = [a + dot + b for a in first for b in second for dot in dict.fromkeys(dots)]
    return Spelled(forms[0], tuple(forms[1:]))


def _pair(dice: Dice, stock: Sequence[Syllables]) -> tuple[Syllables, Syllables]:
    """Two different parts of a name, the first of them a favourite one."""
    first = dice.early(stock)
    second = dice.pick(stock)
    while second is first:
        second = dice.pick(stock)
    return first, second


def person_name(dice: Dice, north: bool) -> Spelled:
    """A citizen's name; the official spelling is that of the identity card."""
    people = dice.from_table(NORTH_PEOPLE if north else SOUTH_PEOPLE)
    if people == "tibet":
        return _two(dice, *_pair(dice, TIBETAN), ("",))
    if people == "dai":
        second = dice.pick(DAI_GIVEN)
        if dice.chance(0.55):
            second = tuple(mark + dice.pick(DAI_GIVEN)[0] for mark in second[:1])
        return _two(dice, dice.pick(DAI_SEX), second, ("",))
    if people == "yi":
        return _two(dice, dice.pick(YI_CLAN), dice.pick(YI_GIVEN), ("",))
    if people == "faith":
        return _two(dice, *_pair(dice, FAITH), DOTS)
    if people == "hui" and dice.chance(0.35):
        return _two(dice, (dice.pick(HUI_SURNAMES),), dice.pick(FAITH[:9]), ("",))
    surname = dice.pick(HUI_SURNAMES) if people == "hui" else dice.early(SURNAMES)
    given = dice.early(GIVEN)
    return Spelled(surname + given + (dice.early(GIVEN) if dice.chance(0.72) else ""))
