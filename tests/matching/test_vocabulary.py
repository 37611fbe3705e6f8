"""Words are learned by counting, whatever the order."""

from __future__ import annotations

import random

import pytest

from minglu.matching.names import parse_name
from minglu.matching.vocabulary import bare, choose, count, learn, level_of, merge, vocabulary

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
