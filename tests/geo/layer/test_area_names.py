"""Areas by name: what a text can mean in a layer, and when it means nothing."""

from __future__ import annotations

import pytest

from minglu.geo.layer.area_names import AreaNames, learn_home_areas

CODES = ("990101001001", "990101001002", "990101002001", "990101002002", "990102001001")
VILLAGES = ("东村", "和平社区", "东村", "河口村", "和平村")
ABOVE = (("青禾县", "梅溪镇"), ("青禾县", "梅溪镇"), ("青禾县", "柳林乡"), ("青禾县", "柳林乡"), ("白水县", "城关镇"))
NAMES = AreaNames(CODES, VILLAGES, ABOVE)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("青禾县梅溪镇东村12号",), "990101001001"),
        (("青禾县", "柳林乡东村三组"), "990101002001"),
        (("梅溪镇", "东村"), "990101001001"),
        (("柳林乡河口村",), "990101002002"),
        (("河口村",), "990101002002"),
        (("东村",), ""),  # two of them
        (("青禾县人民路1号",), "990101"),
        (("梅溪镇兴业路3号",), "990101001"),
        (("青禾县梅溪镇和平村委会",), "990101001002"),  # raised to 社区 since
        (("白水区城关街道和平社区",), "990102001001"),  # county and town were raised, too
        (("青禾县梅溪镇东村路5号",), "990101001"),  # a road
        (("丙县梅溪镇东村",), ""),  # another county has a town and a village of these names
        (("梅溪镇西村",), "990101001"),
        (("青禾县柳林乡和平村",), "990101002"),  # no such village there
        (("", ""), ""),
        (("某市某区某路1号",), ""),
    ],
)
def test_a_text_means_one_area_or_none(texts, code):
    """From large to small; what remains ambiguous, or names a foreign county, is nothing."""
    assert NAMES.meaning(*texts) == code


def test_areas_above_the_layer_are_learnt_from_its_own_rows():
    """The county stands in every address and in no column of the layer: rows that lie inside show it is ours."""
    names = AreaNames(("01", "02"), ("东村", "西村"))
    assert names.meaning("江州市青禾县东村1号") == ""
    texts = ["江州市青禾县东村1号"] * 5 + ["海州市临港区东村2号"] * 5
    home = learn_home_areas(names, texts, [True] * 5 + [False] * 5)
    assert home == {"江州市", "青禾县"}
    assert names.with_home(home).meaning("江州市青禾县东村1号") == "01"
    assert names.with_home(home).meaning("海州市临港区东村2号") == ""
    assert learn_home_areas(names, texts[:7], [None] * 7) == {"江州市", "青禾县"}
    assert learn_home_areas(names, texts[:2], [None] * 2) == frozenset()


def test_district_names_that_hold_town_and_village_are_cut():
    """A layer with one column of names knows the town as well."""
    names = AreaNames(("01001", "01002", "02001"), ("梅溪镇甲村", "梅溪镇乙村", "柳林乡丙村"))
    assert names.meaning("梅溪镇乙村") == "01002"
    assert names.meaning("梅溪镇兴业路100号") == "01"
    assert names.meaning("柳林乡河边路2号") == "02001"


def test_latin_names_need_whole_words():
    """Rio is no part of Riozinho."""
    names = AreaNames(("1", "2"), ("Rio", "Bela Vista"))
    assert names.meaning("Riozinho, 12") == ""
    assert names.meaning("Rua A, Bela Vista") == "2"


def test_a_layer_without_names_knows_nothing():
    """Nothing is guessed from nothing."""
    assert not AreaNames(("1",), ("",))
    assert AreaNames(("1",), ("",)).meaning("东村") == ""
