"""Parks whose road and number the lists give together: learned where they agree, read alike by both readers."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.address_text import parse_address
from minglu.matching.parsing.addresses import describe_addresses
from minglu.matching.parsing.grammar import grammar_of
from minglu.matching.parsing.park_addresses import learn_parks
from minglu.matching.parsing.vocabulary import Vocabulary, vocabulary

AREAS = ["海晏区", "湖埭街道"]
SHOWN = [
    *(f"海晏区湖埭街道银景路83号恒达装备产业园{hall}号楼" for hall in range(1, 5)),
    *(f"海晏区兴业支路428号(海晏科创园){hall}座" for hall in "ABCD"),
    *(f"海晏区滨海工业集聚区纬{road}路{road}号" for road in range(1, 7)),
    "海晏区银景路83号园区1号楼",
]


def learned(addresses=SHOWN):
    return learn_parks(addresses, vocabulary(AREAS))


def test_a_park_is_read_as_the_road_and_number_that_its_addresses_give():
    words = learned()
    park, road = (parse_address(text, words) for text in ("湖埭街道恒达装备产业园2号楼301室", "银景路83号2号楼301室"))
    assert (park.key, park.road, park.number) == (road.key, road.road, road.number) == ("银景路#83", "银景路", "83")
    assert (park.building, park.room) == (road.building, road.room) == ("2", "301")
    assert parse_address("海晏科创园C座", words).key == "兴业支路#428"
    assert parse_address("海晏科创园C座", words).building == "C"


def test_a_zone_of_many_roads_and_a_name_of_many_parks_are_no_single_place():
    words = learned()
    assert not any(park.startswith(("滨海工业集聚区=", "园区=")) for park in words.parks)
    assert parse_address("滨海工业集聚区5号楼", words).key == "滨海工业集聚区#5幢"


def test_two_addresses_teach_nothing_and_a_number_of_the_park_itself_stays():
    assert learned(SHOWN[:2]).parks == ()
    assert parse_address("恒达装备产业园12号", learned()).key == "恒达装备产业园#12"


def test_order_and_repetition_of_addresses_change_nothing_and_the_table_brings_all_back():
    words = learned()
    assert learned([*reversed(SHOWN), *SHOWN]) == words
    assert Vocabulary.of_table(words.table()) == words
    assert words != vocabulary(words.places, words.trades, words.markets)


@given(
    st.lists(
        st.sampled_from(
            [
                "海晏区",
                "湖埭街道",
                "恒达装备产业园",
                "海晏科创园",
                "银景路83号",
                "3号楼",
                "A座",
                "5号",
                "201室",
                "石马村",
            ]
        ),
        max_size=6,
    )
)
def test_columns_are_read_as_single_addresses_are(parts):
    """Both readers give the same road, number, building and key."""
    words, text = learned(), "".join(parts)
    column, alone = describe_addresses(pa.array([text]), grammar_of(words)), parse_address(text, words)
    for name in ("park", "road", "number", "building", "room", "key"):
        assert column[name][0].as_py() == getattr(alone, name)
