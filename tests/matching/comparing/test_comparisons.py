"""Comparisons: symmetric, silent where nothing is said, right on cases that people judge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.comparing.comparisons import compare_pairs
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.settings.linkage_settings import load_linkage_settings, pack_levels, unpack_levels
from tests.matching.drawn_lists import draw, entry, rows_of, table

SETTINGS = load_linkage_settings()
ROWS = rows_of(draw(120, seed=3)[0])
FACTS = row_facts(ROWS)


def levels_of(left, right, *others):
    """Return the spoken levels of two entries by name; `others` stand beside them."""
    entries = (entry(f"E{number}", **fields) for number, fields in enumerate((left, right, *others), 1))
    rows = rows_of(table(list(entries)))
    levels = compare_pairs(row_facts(rows), np.array([0]), np.array([1]), SETTINGS)[0]
    return {
        comparison.name: comparison.levels[level - 1].key
        for comparison, level in zip(SETTINGS.comparisons, levels.tolist(), strict=True)
        if level
    }


NAMES = [
    ("示例县宏达塑料制品有限公司", "示例县宏达塑料制品有限公司", "shared_full_name"),
    ("示例县宏达塑料制品有限公司", "宏达塑料制品有限责任公司", "same_core"),
    ("宏达塑料制品有限公司（原：永昌印染厂）", "永昌印染厂", "former_name"),
    ("宏达塑料制品有限公司", "红达塑料制品有限公司", "same_sound"),
    ("宏达塑料制品有限公司", "宏达塑料制品有限司公", "same_core"),
    ("东山镇中心小学", "小学东山镇中心", "same_letters"),
    ("宏达祥拼屋厂", "宏达祥木丝厂", "same_head"),
    ("宏达拼屋厂", "宏达塑料制品厂", "brand_only"),
    ("宏达塑料制品有限公司", "宏达化工有限公司", "brand_only"),
    ("宏达塑料制品有限公司", "瑞丰家具厂", "different"),
]


@pytest.mark.parametrize(("left", "right", "level"), NAMES)
def test_names_come_out_as_people_see_them(left, right, level):
    """A case table of name pairs."""
    assert levels_of({"name": left}, {"name": right})["name"] == level


CODES = [
    (
        {"uscc": "91990101000000010X", "org_code": "000000010"},
        {"uscc": "91990101000000010X", "org_code": "000000010"},
        "same_uscc",
    ),
    ({"uscc": "91990101000000010X", "org_code": "000000010"}, {"org_code": "000000010"}, "same_org"),
    ({"uscc": "91990101000000010X", "org_code": "000000010"}, {"uscc_seen": "91990101000000001X"}, "one_edit"),
    ({"uscc": "91990101000000010X", "org_code": "000000010"}, {"uscc_seen": "9199010100000010X"}, "one_edit"),
    ({"uscc": "91990101000000010X", "org_code": "000000010"}, {"uscc_seen": "91990101765432109X"}, "unlike"),
    ({"uscc": "919901010000000102", "org_code": "000000010"}, {"uscc_seen": "9.19901010000E+17"}, "rounded"),
    (
        {"uscc": "91990101000000010X", "org_code": "000000010"},
        {"uscc": "911101012345678901", "org_code": "234567890"},
        "different",
    ),
    ({"reg_no": "990101000000018"}, {"reg_no": "990101000000018"}, "same_reg"),
]


@pytest.mark.parametrize(("left", "right", "level"), CODES)
def test_codes_come_out_as_people_see_them(left, right, level):
    """A case table of code pairs: equal, common key, slips, rounding, strangers."""
    assert levels_of({"name": "瑞丰家具厂", **left}, {"name": "瑞丰家具厂", **right})["code"] == level


def test_branch_with_its_own_code_is_no_stranger():
    """A branch of the same name may have a code of its own."""
    left = {"name": "宏达塑料制品有限公司", "org_code": "000000010"}
    right = {"name": "宏达塑料制品有限公司第二分厂", "org_code": "234567890"}
    assert levels_of(left, right)["code"] == "branch_code"


def test_places_come_out_as_people_see_them():
    """Door, number, road, township, another township."""
    here = {"site_address": "示例县东山镇人民路12号"}
    for address, level in [
        ("示例县东山镇人民路12号", "same_door"),
        ("东山镇人民路十二号", "same_number"),
        ("示例县东山镇人民路98号", "same_road"),
        ("示例县东山镇科技路98号", "elsewhere_in_town"),
        ("示例县东山镇", "same_town"),
        ("示例县科技路98号", "elsewhere"),
        ("邻近县科技路98号", "other_county"),
        ("示例县西河镇科技路98号", "other_town"),
    ]:
        assert levels_of(here, {"site_address": address})["place"] == level


def test_a_household_has_one_site():
    """Two rows of one household's code are one site wherever the list says; a company's may be two; a branch mark tells."""
    for prefix, level in (("92", "household"), ("91", "several")):
        one, two = (
            {
                "list": "tax",
                "name": "宏达食品店",
                "uscc": f"{prefix}990101000000010X",
                "org_code": "000000010",
                "site_address": f"示例县{town}人民路12号",
            }
            for town in ("东山镇", "西河镇")
        )
        assert levels_of(one, two)["family"] == level
        assert levels_of(one, {**two, "name": "宏达食品店第二门市部"})["family"] == "several"


def test_points_that_agree_call_an_address_out_of_date():
    """Other townships, but the points lie close: less disagreement, unless a point is known to kilometres only."""
    here = {"site_address": "示例县东山镇人民路12号", "lon": 112.1, "lat": 30.1, "precision_m": 20.0}
    there = {**here, "site_address": "示例县西河镇科技路98号"}
    assert levels_of(here, there)["place"] == "outdated"
    assert levels_of(here, {**there, "lon": 112.2})["place"] == "other_town"
    assert levels_of(here, {**there, "precision_m": 3_000.0})["place"] == "other_town"


def test_a_region_that_sounds_alike_is_no_other_region():
    """轩麓县 sounds like 宣麓县, a slip; 东山县 is another county."""
    for right, level in [("轩麓县", "same"), ("东山县", "different")]:
        found = levels_of({"name": "宣麓县宏达塑料制品厂"}, {"name": f"{right}宏达塑料制品厂"})
        assert found["region"] == level


def test_stalls_are_doors_and_texts_that_resist_reading_still_agree():
    """A stall is a market's house number; a text without any door counts as a whole, a mere area does not."""
    for left, right, level in [
        ("东山镇五金城B区3号摊位", "东山镇五金城B区3号摊位", "same_door"),
        ("东山镇五金城B区3号摊位", "五金城B区三号摊", "same_number"),
        ("东山镇五金城B区3号摊位", "东山镇五金城B区5号摊位", "same_area"),
        ("东山镇百货大楼底层", "东山镇百货大楼底层", "same_text"),
        ("示例县东山镇前岗村", "示例县东山镇前岗村", "as_far_as_given"),
    ]:
        assert levels_of({"site_address": left}, {"site_address": right})["place"] == level


def test_signs_of_several_sites_are_heard():
    """A permit serial above 001 speaks against a row without a serial; then neither row is a unit's only one."""
    main, further, first = (
        {"name": "宏达塑料制品有限公司", "org_code": "000000010", "list": kind, "permit_serial": serial}
        for kind, serial in (("business", ""), ("permit", "002"), ("permit", "001"))
    )
    assert levels_of(main, further)["serial"] == "further"
    assert levels_of(main, further)["family"] == "several"
    doors = ({"site_address": f"东山镇人民路{number}号"} for number in (12, 98))
    assert (
        levels_of(*({**row, **door} for row, door in zip((main, further), doors, strict=True)))["serial"]
        == "further_apart"
    )
    assert "serial" not in levels_of(main, first)
    assert levels_of(main, first)["family"] == "single"


def test_rows_entered_twice_at_one_address_are_no_second_site():
    """A list with two rows of a code at one door says nothing of several sites; at two doors it does."""
    code = {"uscc": "91990101000000010X", "org_code": "000000010", "name": "宏达塑料制品有限公司"}
    here, there = ({"site_address": f"示例县东山镇人民路{number}号"} for number in (12, 98))
    one, other = ({**code, **here, "list": name} for name in ("business", "tax"))
    assert levels_of(one, other)["family"] == "single"
    assert levels_of(one, other, one)["family"] == "copies"
    assert levels_of(one, other, {**one, "site_address": ""})["family"] == "copies"
    assert levels_of(one, other, {**one, **there})["family"] == "several"


def test_seat_of_one_is_the_place_of_the_other():
    """An address of operation that is out of date is found again as the registered one of the other list."""
    moved = {"site_address": "示例县东山镇人民路12号", "address": "示例县西河镇工业路7号"}
    assert levels_of(moved, {"site_address": "示例县西河镇工业路7号"})["seat"] == "crossed"
    assert levels_of(moved, {"site_address": "示例县东山镇工业路7号"}).get("seat") != "crossed"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("示例县东山镇陈家村", "东山镇陈家村委会", "as_far_as_given"),
        ("示例县东山镇陈家村12号", "东山镇陈家村", "as_far_as_given"),
        ("示例县东山镇陈家村12号", "东山镇陈家村13号", "same_area"),
        ("示例县东山镇人民路12号", "东山镇人民路13号", "same_road"),
        ("示例县东山镇陈家村东关里12号", "东山镇东关里12号", "number_in_town"),
    ],
)
def test_silence_about_the_number_is_no_other_number(left, right, level):
    """Two addresses that agree as far as both go are nearer than two that name different doors."""
    assert levels_of({"site_address": left}, {"site_address": right})["place"] == level


def test_point_of_many_addresses_is_the_town_not_a_place():
    """Four addresses on one point to the last digit: a geocoder that knew the town only, so 6 km are not far."""
    doors = [{"site_address": f"示例县东山镇人民路{number}号", "lon": 112.0, "lat": 30.0} for number in range(1, 5)]
    other = {"site_address": "示例县东山镇人民路1号", "lon": 112.0, "lat": 30.055}
    assert levels_of(doors[0], other, *doors[1:])["point"] == "ride"
    assert levels_of(doors[0], other, *doors[1:3])["point"] == "far"


def test_distance_is_read_in_the_light_of_precision():
    """The same 900 m are near for rough points and a walk for good ones."""
    good = {"lon": 112.0, "lat": 30.0, "precision_m": 10.0}, {"lon": 112.0, "lat": 30.0081, "precision_m": 10.0}
    rough = {**good[0], "precision_m": 400.0}, {**good[1], "precision_m": 400.0}
    assert levels_of(*good)["point"] == "walk"
    assert levels_of(*rough)["point"] == "near"


def test_one_address_seen_twice_counts_once():
    """Where both rows have one address only, the registered address is silent."""
    one = {"address": "示例县东山镇人民路12号"}
    assert "seat" not in levels_of(one, one)


def test_silence_is_not_disagreement():
    """Two rows of which one says nothing but a name have no level of disagreement elsewhere."""
    full = {
        "name": "宏达塑料制品有限公司", "uscc": "91990101000000010X", "org_code": "000000010", "phone": "1",
        "site_address": "示例县东山镇人民路12号", "legal_person": "甲", "industry_code": "2921", "lon": 112.0, "lat": 30.0,
    }  # fmt: skip
    levels = levels_of(full, {"name": "宏达塑料制品有限公司"})
    assert levels.keys() == {"name", "rarity", "form", "branch", "family"}


indexes = st.integers(0, len(ROWS) - 1)


@given(st.lists(st.tuples(indexes, indexes).filter(lambda ends: ends[0] != ends[1]), min_size=1))
def test_every_comparison_is_symmetric(ends):
    """Left and right may be swapped."""
    left, right = (np.array([one[side] for one in ends]) for side in (0, 1))
    there, back = (compare_pairs(FACTS, *way, SETTINGS) for way in ((left, right), (right, left)))
    for column, name in enumerate(COMPARISONS):
        assert (there[:, column] == back[:, column]).all(), name


def test_levels_do_not_depend_on_the_batch():
    """A pair compared alone comes out as among others."""
    left, right = np.arange(0, 40), np.arange(40, 80)
    together = compare_pairs(FACTS, left, right, SETTINGS)
    alone = [compare_pairs(FACTS, left[i : i + 1], right[i : i + 1], SETTINGS)[0] for i in range(40)]
    assert (together == np.array(alone)).all()


@given(st.data())
def test_packed_levels_unpack(data):
    """Packing loses nothing."""
    levels = np.array([[data.draw(st.integers(0, len(c.levels))) for c in SETTINGS.comparisons]], dtype=np.int8)
    assert (unpack_levels(pack_levels(levels, SETTINGS), SETTINGS) == levels).all()
