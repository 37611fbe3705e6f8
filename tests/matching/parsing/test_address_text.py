"""Addresses are taken apart from large to small, in whatever spelling a clerk used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.address_text import AddressParts, parse_address, plain_address, split_address
from minglu.matching.parsing.vocabulary import vocabulary

WORDS = vocabulary(
    [
        "浙江省",
        "云溪市",
        "白鹿县",
        "青石区",
        "龙泉乡",
        "双河镇",
        "柳林街道",
        "东塘村",
        "马家社区",
        "白鹿镇",
        "西坡村民委员会",
    ]
)

# address, then the parts that are not silent
CASES = """
浙江省云溪市青石区柳林街道东塘村3组12号|province=浙江 city=云溪 county=青石 town=柳林 village=东塘 number=12 key=东塘#12
浙江云溪青石柳林东塘村三组十二号|province=浙江 city=云溪 county=青石 town=柳林 village=东塘 number=12 key=东塘#12
云溪市青石区柳林街道办事处东塘村村民委员会12号|city=云溪 county=青石 town=柳林 village=东塘 number=12 key=东塘#12
青石区柳林街道东塘村委会3组|county=青石 town=柳林 village=东塘 key=东塘#3组
东塘村三组|village=东塘 key=东塘#3组
东塘村第三村民小组|village=东塘 key=东塘#3组
东塘12号|village=东塘 number=12 key=东塘#12
西坡12号|village=西坡 number=12 key=西坡#12
西坡村五队|village=西坡 key=西坡#5组
马家社区8号|village=马家 number=8 key=马家#8
马家社区居委会8号|village=马家 number=8 key=马家#8
白鹿县双河镇人民路88号|county=白鹿 town=双河 road=人民路 number=88 key=人民路#88
白鹿双河人民路88号|county=白鹿 town=双河 road=人民路 number=88 key=人民路#88
白鹿县白鹿镇人民路88号|county=白鹿 town=白鹿 road=人民路 number=88 key=人民路#88
白鹿白鹿镇人民路88号|county=白鹿 town=白鹿 road=人民路 number=88 key=人民路#88
双河镇人民路八十八号|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路８８号|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路 88 号|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88#|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路门牌88号|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路No.88|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88号对面|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88号旁|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88号内|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路88号（原纺织厂内）|town=双河 road=人民路 number=88 key=人民路#88
双河镇人民路（农行旁）88号|town=双河 road=人民路 number=88 key=人民路#88
人民路88号之一|road=人民路 number=88-1 key=人民路#88-1
人民路88之一号|road=人民路 number=88-1 key=人民路#88-1
人民路88-1号|road=人民路 number=88-1 key=人民路#88-1
人民路88－1号|road=人民路 number=88-1 key=人民路#88-1
人民路八十八号之二|road=人民路 number=88-2 key=人民路#88-2
人民路88号附2号|road=人民路 number=88-2 key=人民路#88-2
人民路88号-2|road=人民路 number=88-2 key=人民路#88-2
人民路88、90号|road=人民路 number=88 key=人民路#88
人民路88-92号|road=人民路 number=88-92 key=人民路#88-92
人民路88号3幢201室|road=人民路 number=88 building=3 room=201 key=人民路#88
人民路88号三幢201室|road=人民路 number=88 building=3 room=201 key=人民路#88
人民路88号3栋2单元201|road=人民路 number=88 building=3 room=201 key=人民路#88
人民路88号3号楼201室|road=人民路 number=88 building=3 room=201 key=人民路#88
人民路88号3幢2楼|road=人民路 number=88 building=3 floor=2 key=人民路#88
人民路88号二楼|road=人民路 number=88 floor=2 key=人民路#88
人民路88号3幢2层201室|road=人民路 number=88 building=3 floor=2 room=201 key=人民路#88
人民路88号A座1201室|road=人民路 number=88 building=A room=1201 key=人民路#88
人民路88号201室|road=人民路 number=88 room=201 key=人民路#88
人民路88号201|road=人民路 number=88 room=201 key=人民路#88
人民路88-3-201|road=人民路 number=88-3 room=201 key=人民路#88-3
人民路88号3幢201、202室|road=人民路 number=88 building=3 room=202 key=人民路#88
人民路88号3号门面|road=人民路 number=88 room=3 key=人民路#88
人民路88号12号商铺|road=人民路 number=88 room=12 key=人民路#88
人民路123弄5号|road=人民路 number=123弄5 key=人民路#123弄5
人民路123弄5号602室|road=人民路 number=123弄5 room=602 key=人民路#123弄5
人民路一百二十三弄五号|road=人民路 number=123弄5 key=人民路#123弄5
文化巷7号|road=文化巷 number=7 key=文化巷#7
人民东路7号|road=人民东路 number=7 key=人民东路#7
人民路东段7号|road=人民路东段 number=7 key=人民路东段#7
人民中大街7号|road=人民中街 number=7 key=人民中街#7
工业大道7号|road=工业道 number=7 key=工业道#7
建设二路7号|road=建设2路 number=7 key=建设2路#7
建设2路7号|road=建设2路 number=7 key=建设2路#7
建设路7号|road=建设路 number=7 key=建设路#7
五一路7号|road=五一路 number=7 key=五一路#7
七一大道三号|road=七一道 number=3 key=七一道#3
2号路7号|road=2号路 number=7 key=2号路#7
工业园2号路7号|park=工业园 road=2号路 number=7 key=2号路#7
104国道7号|road=104国道 number=7 key=104国道#7
104国道旁|road=104国道
双河镇104国道边|town=双河 road=104国道
省道S210旁|road=省道S210
省道S210线7号|road=省道S210线 number=7 key=省道S210线#7
双河路7号|road=双河路 number=7 key=双河路#7
双河大道7号|road=双河道 number=7 key=双河道#7
白鹿路7号|road=白鹿路 number=7 key=白鹿路#7
云溪市云溪路7号|city=云溪 road=云溪路 number=7 key=云溪路#7
青石区经济开发区兴业路7号|county=青石 park=经济开发区 road=兴业路 number=7 key=兴业路#7
云溪经济技术开发区兴业路7号|city=云溪 park=经济技术开发区 road=兴业路 number=7 key=兴业路#7
双河镇工业园区7号|town=双河 park=工业园区 number=7 key=工业园区#7
双河镇工业园区B区3号厂房|town=双河 park=工业园区B区 building=3 key=工业园区B区#3幢
双河镇食品产业园3幢|town=双河 park=食品产业园 building=3 key=食品产业园#3幢
双河镇李家行政村12号|town=双河 village=李家 number=12 key=李家#12
双河镇李家村三社|town=双河 village=李家 key=李家#3组
双河镇李家村第三生产队|town=双河 village=李家 key=李家#3组
双河镇李家湾三组|town=双河 road=李家湾 key=李家湾#3组
双河镇农贸市场12号|town=双河 park=农贸市场 number=12 key=农贸市场#12
双河镇农贸市场12号摊位|town=双河 park=农贸市场 room=12 key=农贸市场#12
双河镇五金城B区3号摊位|town=双河 park=五金城B区 room=3 key=五金城B区#3
双河镇五金城二楼3号摊位|town=双河 park=五金城 floor=2 room=3
双河镇东塘村工业区7号|town=双河 village=东塘 park=工业区 number=7 key=东塘#7
双河镇东塘村人民路7号|town=双河 village=东塘 road=人民路 number=7 key=人民路#7
平阳县昆阳镇解放街7号|county=平阳 town=昆阳 road=解放街 number=7 key=解放街#7
江南省平阳市昆阳镇雅河村7号|province=江南 city=平阳 town=昆阳 village=雅河 number=7 key=雅河#7
义乌市北苑街道雪峰西路968号|city=义乌 town=北苑 road=雪峰西路 number=968 key=雪峰西路#968
上海市浦东新区碧波路690号4号楼502室|province=上海 county=浦东 road=碧波路 number=690 building=4 room=502 key=碧波路#690
内蒙古阿拉善左旗巴彦镇新华街7号|province=内蒙古 county=阿拉善左 town=巴彦 road=新华街 number=7 key=新华街#7
白鹿市双河镇人民路7号|county=白鹿 town=双河 road=人民路 number=7 key=人民路#7
北京市朝阳区建国路7号|province=北京 county=朝阳 road=建国路 number=7 key=建国路#7
东塘村大街7号|road=东塘村街 number=7 key=东塘村街#7
乐清市柳市镇苏吕村|city=乐清 town=柳市 village=苏吕
新疆维吾尔自治区伊犁州伊宁市解放西路|province=新疆 city=伊犁州 county=伊宁 road=解放西路
大兴安岭地区加格达奇区人民路|city=大兴安岭 county=加格达奇 road=人民路
G60高速白鹿服务区|road=G60高速
石家庄市长安区建设北大街与和平路交口|city=石家庄 county=长安 road=建设北街
深圳市南山区粤海街道科技南路18号生态园12栋904-905|city=深圳 county=南山 town=粤海 road=科技南路 number=18 building=12 room=904-905 key=科技南路#18
市场路7号|road=市场路 number=7 key=市场路#7
新村路7号|road=新村路 number=7 key=新村路#7
街道路7号|road=街道路 number=7 key=街道路#7
东塘村王家屯7号|village=东塘 number=7 key=东塘#7
地址：双河镇人民路7号|town=双河 road=人民路 number=7 key=人民路#7
某某大厦A座1201室|road=某某大厦 building=A room=1201
无|-
---|-
（）|-
号|-
12号|number=12
二十三号|number=23
双河胡同7号|road=双河巷 number=7 key=双河巷#7
双河道7号|road=双河道 number=7 key=双河道#7
云溪市双河镇东关里7号|city=云溪 town=双河 road=东关里 number=7 key=东关里#7
双河镇皮草城E区41号摊位|town=双河 road=皮草城E区 room=41 key=皮草城E区#41
双河镇东塘村皮草城E区41摊位|town=双河 village=东塘 number=41 key=皮草城E区#41
双河镇银河大厦1201室|town=双河 road=银河大厦 room=1201
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_address_has_the_parts_that_a_clerk_would_mark(case: str) -> None:
    """Levels, park, road, number, building, floor, room and key of a hundred addresses."""
    address, told = case.split("|")
    parts = parse_address(address, WORDS)
    found = {name: value for name, value in parts._asdict().items() if value and name != "text"}
    assert found == dict(part.split("=") for part in told.replace("-", "", told == "-").split())


MESSY = st.text(
    alphabet=st.sampled_from(
        "云溪市县区镇街道村组社区路巷弄号幢栋座楼层室单元之附一二三十百零〇两0123456789-（）()、.#ABab 东西工业园对面内旁\u3000\u200b\x00é"
    )
    | st.characters(),
    max_size=30,
)


@given(MESSY)
def test_any_text_has_address_parts(text: str) -> None:
    """Parsing is total, and silent parts are empty strings."""
    assert all(isinstance(part, str) for part in parse_address(text, WORDS))


@given(MESSY)
def test_plain_address_is_a_fixed_point(text: str) -> None:
    """Parsing the one spelling again gives the same parts."""
    parts = parse_address(text, WORDS)
    assert parse_address(parts.text, WORDS) == parts


@given(MESSY)
def test_halves_make_the_whole(text: str) -> None:
    """Nothing is lost or invented where an address is split."""
    plain = plain_address(text)
    assert "".join(split_address(plain)) == plain


def test_silent_address_has_no_parts() -> None:
    """An empty address is silence."""
    assert parse_address("", WORDS) == AddressParts()


@pytest.mark.parametrize(
    ("address", "key", "building"),
    [
        ("青禾县五金城A1号", "五金城#A1", ""),
        ("青禾县五金城B1号", "五金城#B1", ""),
        ("青禾县五金城A1-2号", "五金城#A1-2", ""),
        ("青禾县皮草城A12号摊位", "皮草城#A12", ""),
        ("青禾县工业园A3幢201室", "工业园#A3幢", "A3"),
        ("青禾县人民路12号A座301室", "人民路#12", "A"),
        ("青禾县G104国道12号", "G104国道#12", ""),
    ],
)
def test_a_letter_before_a_number_is_part_of_it(address, key, building):
    """Stalls A1号 and B1号 of one market are two doors; the letter of a road or of a building stays what it is."""
    found = parse_address(address, vocabulary(["青禾县"]))
    assert (found.key, found.building) == (key, building)
