"""Words are learned by counting, whatever the order."""

from __future__ import annotations

import random

import pytest

from minglu.matching.parsing.name_text import parse_name
from minglu.matching.parsing.vocabulary import bare, choose, count, learn, level_of, merge, vocabulary

BRANDS = [
    "丰华",
    "宏远",
    "金辉",
    "明月",
    "春晓",
    "南山",
    "大洋",
    "长风",
    "新元",
    "嘉禾",
    "瑞祥",
    "恒泰",
    "永昌",
    "德源",
    "兴隆",
    "安顺",
    "和美",
    "银河",
    "东升",
    "北海",
]


def _names() -> list[str]:
    """A province whose trade word 蚕茧 no one typed in."""
    return [f"{area}{brand}蚕茧{form}" for area in ("云溪市", "") for brand in BRANDS for form in ("厂", "有限公司")]


def test_unknown_trade_word_is_learned_from_the_list() -> None:
    """蚕茧 closes twenty different brands: it is a trade."""
    learned = learn(_names(), [], ["云溪市"])
    assert learned.trades == ("蚕茧",)
    assert parse_name("张记蚕茧厂", learned).brand == "张记"
    assert parse_name("张记蚕茧厂", vocabulary()).brand == "张记蚕茧"


def test_brands_are_not_learned_as_trades() -> None:
    """A brand that stands at the end of many names, and at their beginning, is no trade."""
    names = [f"{area}县丰华厂" for area in "甲乙丙丁戊己庚辛"] + [
        f"丰华{trade}厂" for trade in ("食品", "机械", "五金")
    ]
    assert learn(names, [], []).trades == ()


def test_longer_trade_is_learned_where_its_parts_are_bound() -> None:
    """集中 stands before 供暖 alone, and makes a trade with it; the second letters of brands stand before any trade."""
    trades = (
        "集中供暖",
        "供暖",
        *["食品", "机械", "五金", "塑料", "家具", "印刷", "纺织", "包装", "皮革", "化工", "电子"],
    )
    names = [f"{brand}{trade}有限公司" for trade in trades for brand in BRANDS]
    learned = learn(names, [], [])
    assert learned.trades == ("供暖", "集中供暖")
    assert parse_name("张记集中供暖有限公司", learned).brand == "张记"
    assert parse_name("张记集中供暖有限公司", learned).trade == parse_name("张记供暖有限公司", learned).trade == "供暖"


def test_form_that_eats_a_trade_teaches_nothing() -> None:
    """直播电商 + 店 looks like 直播电 + 商店: the trade that other forms leave whole is the right one."""
    names = [f"{brand}直播电商{form}" for brand in BRANDS for form in ("店", "有限公司")]
    learned = learn(names, [], [])
    assert learned.trades == ("直播电商",)
    assert parse_name("张记直播电商店", learned).brand == "张记"


def test_market_is_learned_from_its_stalls_and_is_an_area_in_names() -> None:
    """Where stalls are counted along 皮草城, a name that begins with it is not called so."""
    addresses = [f"云溪市白鹿县双河镇皮草城{zone}区{number}号摊位" for number in range(9) for zone in "AB"]
    learned = learn([], addresses, ["白鹿县"])
    assert learned.markets == ("皮草城",)
    parts = parse_name("白鹿县皮草城张记裘皮店", learned)
    assert (parts.region, parts.brand) == ("白鹿/皮草城", "张记裘皮")


def test_order_and_repetition_teach_nothing() -> None:
    """Any order of rows, each once or many times, gives the same digest."""
    names, addresses = _names(), [f"云溪市白鹿县双河镇东塘村{number}号" for number in range(9)]
    before = learn(names, addresses, ["青石区", "云溪市"])
    shuffled = names * 2
    random.Random(3).shuffle(shuffled)
    assert learn(shuffled, addresses[::-1], ["云溪市", "青石区"]) == before
    assert hash(learn(shuffled, addresses, ["云溪市", "青石区"])) == hash(before)


def test_counts_of_batches_add_up() -> None:
    """Counting in parts and merging equals counting all at once."""
    names, addresses = _names(), [f"云溪市白鹿县双河镇东塘村{number}号" for number in range(9)]
    parts = [count(names[:7], addresses[:2]), count(names[7:], addresses[2:])]
    assert choose(merge(parts), []) == choose(count(names, addresses), [])
    assert choose(merge(parts[::-1]), []) == choose(count(names, addresses), [])


def test_sampled_counting_takes_the_same_texts_in_any_order() -> None:
    """Which texts are counted depends on the texts alone."""
    assert count(_names(), [], step=3) == count(_names()[::-1], [], step=3)
    assert 0 < count(_names(), [], step=3)["names", "", ""] < len(_names())


def test_places_are_learned_from_addresses() -> None:
    """Levels that stand in several addresses are known without a layer."""
    addresses = [f"云溪市白鹿县双河镇东塘村{number}号" for number in range(9)]
    assert set(learn([], addresses, []).places) == {"云溪市", "白鹿县", "双河镇", "东塘村"}


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("东塘村村民委员会", "东塘村"), ("东塘村委会", "东塘村"), ("马家社区居民委员会", "马家社区"),
        ("马家居委会", "马家社区"), ("东塘村第一普查小区", "东塘村"), ("青石区", "青石区"), ("", None),
    ],
)  # fmt: skip
def test_districts_give_the_names_that_addresses_use(given: str, place: str | None) -> None:
    """Committees are villages and communities; numbers of 普查小区 are no part of the name."""
    assert learn([], [], [given]).places == ((place,) if place else ())


@pytest.mark.parametrize(
    ("place", "level", "short"),
    [
        ("浙江省", "province", "浙江"), ("广西壮族自治区", "province", "广西"), ("上海市", "province", "上海"),
        ("内蒙古自治区", "province", "内蒙古"), ("云溪市", "city", "云溪"), ("青石区", "county", "青石"),
        ("柳林街道", "town", "柳林"), ("东塘村", "village", "东塘"), ("滕县", "county", "滕县"), ("东海", "", "东海"),
    ],
)  # fmt: skip
def test_level_and_short_name_follow_from_the_suffix(place: str, level: str, short: str) -> None:
    """萧山区 is a county called 萧山."""
    assert (level_of(place), bare(place)) == (level, short)
