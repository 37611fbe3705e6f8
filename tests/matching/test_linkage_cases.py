"""Kinds of pairs that went wrong on lists of other makers, each small, with the right outcome."""

import numpy as np
import pytest

from minglu.matching.comparing.comparisons import compare_pairs
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.linkage import Linkage, link_rows
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.settings.linkage_settings import load_linkage_settings
from tests.matching.drawn_lists import entry, rows_of, table

SETTINGS = load_linkage_settings()
BRANDS = [
    "禾泓",
    "垣澜",
    "岚邺",
    "泓璟",
    "璟珩",
    "铄昶",
    "翊铄",
    "芮骁",
    "煦珂",
    "沅翊",
    "澜榆",
    "珩禾",
    "骁芮",
    "榆槿",
    "槿垣",
    "漪煦",
    "祁漪",
    "邺岚",
    "昶沅",
    "珂祁",
]


def crowd():
    """Twenty enterprises of one county, with codes and doors of their own."""
    return [
        entry(
            f"B{number:03}",
            list="business",
            name=f"示例县{brand}塑料制品有限公司",
            uscc=f"91000000MA00{number:05}X",
            org_code=f"MA00{number:05}",
            site_address=f"示例县{brand}路{number + 1}号",
        )
        for number, brand in enumerate(BRANDS)
    ]


def linked(*more) -> tuple[Linkage, dict[str, tuple[str, str]]]:
    """Link the crowd with more entries; returns the linkage, and per entry its site and its legal unit."""
    linkage = link_rows(rows_of(table([*crowd(), *more])), SETTINGS, VerdictRules())
    keys = linkage.clusters.to_pylist()
    return linkage, {row["entry_id"]: (row["site_key"], row["legal_key"]) for row in keys}


def levels_of(left, right):
    """Return the spoken levels of two entries by name."""
    rows = rows_of(table([entry("E1", **left), entry("E2", **right)]))
    found = compare_pairs(row_facts(rows), np.array([0]), np.array([1]), SETTINGS)[0].tolist()
    pairs = zip(SETTINGS.comparisons, found, strict=True)
    return {comparison.name: comparison.levels[level - 1].key for comparison, level in pairs if level}


def test_a_full_name_that_nobody_else_bears_settles_the_legal_unit_without_any_code():
    """By law one enterprise bears a full registered name; no code in common is needed to know it."""
    _, of = linked(entry("P1", list="permit", name="示例县禾泓塑料制品有限公司"))
    assert of["P1"][1] == of["B000"][1]


def test_a_branch_that_spells_out_its_parent_is_of_its_legal_unit_and_another_site():
    """The full name of a company with a mark behind it, a code of its own, nothing else in common."""
    branch = {"uscc": "91000000MA0100001X", "org_code": "MA0100001", "site_address": "邻近县祁邺路5号"}
    linkage, of = linked(entry("B900", list="business", name="示例县垣澜塑料制品有限公司清珩分公司", **branch))
    assert of["B900"][1] == of["B001"][1]
    assert of["B900"][0] != of["B001"][0]
    assert not [
        row for row in linkage.scored_pairs.to_pylist() if "B900" in row.values() and row["verdict"] == "review"
    ]


def test_a_branch_mark_left_out_at_the_same_code_and_door_is_no_other_site():
    """A clerk forgot the words 清珩分公司: code, door, person and telephone say which site it is."""
    same = {"uscc": "91000000MA0200001X", "org_code": "MA0200001", "site_address": "邻近县祁邺路197号"}
    same |= {"legal_person": "钱二", "phone": "13900001111"}
    left, right = {"name": "邶珩化工有限公司清珩分公司", **same}, {"name": "邶珩化工有限公司", **same}
    assert levels_of(left | {"list": "business"}, right | {"list": "tax"})["branch"] == "left_out"
    _, of = linked(entry("B901", list="business", **left), entry("T901", list="tax", **right))
    assert of["B901"][0] == of["T901"][0]


@pytest.mark.parametrize("road", ["示例县科技路98号", "邻近市别县科技路98号"])
def test_another_road_or_county_speaks_against_one_site(road):
    """Complete addresses that differ are no missing value."""
    place = SETTINGS.of("place")
    level = levels_of({"site_address": "示例县人民路12号"}, {"site_address": road})["place"]
    assert next(one.site for one in place.levels if one.key == level) < 0.0


TWO_BODIES = [
    ("小禾有限公司", "小禾股份有限公司", "91", "91"),
    ("大豆粮油有限公司", "大豆粮油专业合作社", "91", "93"),
    ("小麦食品有限公司", "小麦贸易有限公司", "91", "91"),
    ("小豆中学", "小豆中学食堂", "12", "92"),
]


@pytest.mark.parametrize(("one", "other", "here", "there"), TWO_BODIES)
def test_two_valid_codes_of_two_bodies_at_one_door_are_asked_and_not_merged(one, other, here, there):
    """Company and company, company and co-operative, school and canteen: no owner is named, a clerk is asked."""
    door = {"site_address": "示例县人民路7号", "lon": 112.31141, "lat": 30.61142, "list": "business"}
    door["industry_code"] = "1311"
    first = entry("X1", name=f"示例县{one}", uscc=f"{here}000000MA0300001X", org_code="MA0300001", **door)
    second = entry("X2", name=f"示例县{other}", uscc=f"{there}000000MA0300002X", org_code="MA0300002", **door)
    linkage, of = linked(first, second)
    assert of["X1"][0] != of["X2"][0]
    pairs = {(row["left"], row["right"]): row for row in linkage.scored_pairs.to_pylist()}
    assert (pairs["X1", "X2"]["verdict"], pairs["X1", "X2"]["relation"]) == ("review", "same_site")


def test_own_branches_do_not_count_against_a_name():
    """The exact name stays as rare as it is, however many branches its enterprise has; and weighs most of all."""
    named = {"list": "permit", "name": "示例县岚邺塑料制品有限公司"}
    marks = ("第一分公司", "北郊经营部", "城南加油站")
    branches = [
        entry(f"B80{n}", list="business", name=f"示例县岚邺塑料制品有限公司{mark}", org_code=f"MA080000{n}")
        for n, mark in enumerate(marks)
    ]
    scored = linked(entry("P2", **named), *branches)[0].scored_pairs.to_pylist()
    with_branches = next(row["p_legal"] for row in scored if (row["left"], row["right"]) == ("B002", "P2"))
    alone = linked(entry("P2", **named))[0].scored_pairs.to_pylist()
    without = next(row["p_legal"] for row in alone if (row["left"], row["right"]) == ("B002", "P2"))
    marked = linked(entry("P2", **(named | {"name": named["name"] + "污水处理厂"})))[0].scored_pairs.to_pylist()
    beside = next(row["p_legal"] for row in marked if (row["left"], row["right"]) == ("B002", "P2"))
    assert with_branches >= without - 1e-6
    assert without >= beside - 1e-6
