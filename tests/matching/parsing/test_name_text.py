"""Names are taken apart as the rules of naming build them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.matching.parsing.name_text import NameParts, parse_name
from minglu.matching.parsing.vocabulary import vocabulary

WORDS = vocabulary(
    [
        "云溪市",
        "白鹿县",
        "青石区",
        "龙泉乡",
        "双河镇",
        "柳林街道",
        "东塘村",
        "红旗镇",
        "和平村",
        "浙江省",
        "上海市",
        "宁夏回族自治区",
    ]
)

# name, region, brand, trade, form, branch
CASES = """
云溪市丰华机械制造有限公司        云溪 丰华 机械 有限公司 -
云溪丰华机械制造有限公司          云溪 丰华 机械 有限公司 -
丰华机械制造有限公司（新厂）      - 丰华 机械 有限公司 新|厂
丰华机械制造有限司公              - 丰华 机械 有限公司 -
丰华机械制造有限公司              - 丰华 机械 有限公司 -
丰华机械制造有限责任公司          - 丰华 机械 有限公司 -
丰华机械制造（云溪）有限公司      云溪 丰华 机械 有限公司 -
丰华（云溪市）机械有限公司        云溪 丰华 机械 有限公司 -
丰华机械（异地）有限公司          异地 丰华 机械 有限公司 -
宁波丰华机械有限公司              宁波 丰华 机械 有限公司 -
浙江宁波丰华机械有限公            浙江/宁波 丰华 机械 有限公司 -
云溪市白鹿县污水处理厂            云溪 白鹿 环保 厂 -
丰华机械制造有限公司（云溪）      云溪 丰华 机械 有限公司 -
浙江省云溪市丰华机械厂            浙江/云溪 丰华 机械 厂 -
浙江云溪白鹿县丰华机械厂          浙江/云溪/白鹿 丰华 机械 厂 -
宁夏丰华机械厂                    宁夏 丰华 机械 厂 -
宁夏回族自治区丰华机械厂          宁夏 丰华 机械 厂 -
上海丰华实业总公司                上海 丰华 贸易 公司 -
丰华机械制造股份有限公司          - 丰华 机械 股份公司 -
丰华机械制造股份公司              - 丰华 机械 股份公司 -
丰华集团有限公司                  - 丰华 - 集团公司 -
丰华化工集团                      - 丰华 化工 集团公司 -
丰华化工（集团）有限公司          - 丰华 化工 有限公司 -
丰华化工公司                      - 丰华 化工 公司 -
张记餐饮店                        - 张记 餐饮 店 -
李记餐饮店                        - 李记 餐饮 店 -
张记饮食店                        - 张记 餐饮 店 -
白鹿县张记饭店                    白鹿 张记 餐饮 店 -
白鹿县双河镇老王小吃店            白鹿/双河 老王 餐饮 店 -
双河镇老王小吃                    双河 老王 餐饮 - -
老王五金制品经营部                - 老王 五金 部 -
老王五金门市部                    - 老王 五金 部 -
兴旺砖厂                          - 兴旺 砖瓦 厂 -
兴旺牧场                          - 兴旺 养殖 场 -
兴旺生猪养殖场                    - 兴旺 养殖 场 -
兴旺生猪养殖专业合作社            - 兴旺 养殖 合作社 -
兴旺蔬菜农民专业合作社            - 兴旺 农业 合作社 -
兴旺家庭农场                      - 兴旺 - 农场 -
兴旺加油站                        - 兴旺 能源 站 -
兴旺污水处理中心                  - 兴旺 环保 中心 -
东塘村卫生室                      - 东塘 医疗 室 -
白鹿县人民医院                    白鹿 人民 医疗 院 -
云溪第二棉纺织厂                  云溪 第2 纺织 厂 -
云溪市第2棉纺织厂                 云溪 第2 纺织 厂 -
云溪餐饮店                        - 云溪 餐饮 店 -
云溪红旗机械厂                    云溪 红旗 机械 厂 -
和平机械厂                        - 和平 机械 厂 -
丰华机械厂二分厂                  - 丰华 机械 厂 2|分厂
丰华机械厂第二分厂                - 丰华 机械 厂 2|分厂
丰华机械厂（二分厂）              - 丰华 机械 厂 2|分厂
丰华机械厂2分厂                   - 丰华 机械 厂 2|分厂
丰华机械厂贰分厂                  - 丰华 机械 厂 2|分厂
丰华机械厂第十二分厂              - 丰华 机械 厂 12|分厂
丰华机械二厂                      - 丰华 机械 厂 2|厂
丰华机械第二厂                    - 丰华 机械 厂 2|厂
丰华机械2号厂                     - 丰华 机械 厂 2|厂
丰华机械厂三车间                  - 丰华 机械 厂 3|车间
丰华机械厂第三车间                - 丰华 机械 厂 3|车间
丰华机械厂（第三车间）            - 丰华 机械 厂 3|车间
丰华机械有限公司第三车间          - 丰华 机械 有限公司 3|车间
丰华机械有限公司三车间            - 丰华 机械 有限公司 3|车间
丰华机械有限公司白鹿分公司        - 丰华 机械 有限公司 白鹿|分公司
丰华机械有限公司白鹿县分公司      - 丰华 机械 有限公司 白鹿|分公司
丰华机械有限公司（白鹿分公司）    - 丰华 机械 有限公司 白鹿|分公司
云溪丰华机械有限公司白鹿第一分公司 云溪 丰华 机械 有限公司 白鹿1|分公司
丰华机械有限公司分公司            - 丰华 机械 有限公司 |分公司
丰华机械有限公司白鹿分司公        - 丰华 机械 有限公司 白鹿|分公司
丰华机械有限公司三第公分司        - 丰华 机械 有限公司 3|分公司
丰华贸易白鹿分公司                - 丰华 贸易 - 白鹿|分公司
丰华机械有限公司东厂区            - 丰华 机械 有限公司 东|厂区
丰华机械有限公司（东厂区）        - 丰华 机械 有限公司 东|厂区
丰华机械厂西厂区                  - 丰华 机械 厂 西|厂区
丰华机械有限公司仓库              - 丰华 机械 有限公司 |基地
丰华机械有限公司白鹿生产基地      - 丰华 机械 有限公司 白鹿|基地
丰华食品有限公司门市部            - 丰华 食品 有限公司 |分部
丰华食品有限公司青石店            - 丰华 食品 有限公司 青石|分店
兴旺饭店二店                      - 兴旺 餐饮 店 2|分店
兴旺饭店第二分店                  - 兴旺 餐饮 店 2|分店
兴旺饭店青石分店                  - 兴旺 餐饮 店 青石|分店
兴旺饭店（青石店）                - 兴旺 餐饮 店 青石|分店
兴旺养殖专业合作社第二养殖场      - 兴旺 养殖 合作社 2|分场
丰华石油有限公司第七加油站        - 丰华 能源 有限公司 7|分站
丰华水务有限公司白鹿污水处理厂    - 丰华 环保 有限公司 白鹿污水处理|厂
丰华机械厂1#车间                  - 丰华 机械 厂 1|车间
丰华机械厂二期                    - 丰华 机械 厂 -
丰华机械有限公司二期工程          - 丰华 机械 有限公司 -
个体户张三                        - 张三 - - -
丰华机械厂（停产）                - 丰华 机械 厂 -
丰华机械厂（个体工商户）          - 丰华 机械 厂 -
丰华投资管理中心（有限合伙）      - 丰华 投资 中心 -
丰华　机械厂                      - 丰华 机械 厂 -
ＡＢＣ电子有限公司                - ABC 电子 有限公司 -
abc电子有限公司                   - ABC 电子 有限公司 -
A9汽修店                          - A9 汽修 店 -
88号奶茶店                        - 88号 饮料 店 -
张三                              - 张三 - - -
好又多超市                        - 好又多 - 超市 -
好又多便利店                      - 好又多 - 超市 -
百货大楼                          - 百货大楼 - - -
老地方烧烤                        - 老地方 餐饮 - -
云溪市白鹿县青石区丰华厂          云溪/白鹿/青石 丰华 - 厂 -
平阳县丰华塑料厂                  平阳 丰华 塑料 厂 -
水乡丰华塑料厂                    - 水乡丰华 塑料 厂 -
城市之光广告有限公司              - 城市之光 文化 有限公司 -
市场小吃店                        - 市场 餐饮 店 -
丰华家具厂                        - 丰华 家具 厂 -
丰华家俱厂                        - 丰华 家具 厂 -
丰华原料加工厂                    - 丰华原料 加工 厂 -
丰华机械加工厂                    - 丰华 机械 厂 -
丰华五金塑料制品有限公司          - 丰华 五金+塑料 有限公司 -
丰华木材加工坊                    - 丰华 木业 坊 -
机械丰华厂                        - 丰华 机械 厂 -
云溪市机械丰华加工厂              云溪 丰华 机械 厂 -
水产大市场丰华水产店              - 水产大市场丰华 水产 店 -
云溪市水产大市场丰华水产店        云溪 水产大市场丰华 水产 店 -
"""


def _cases() -> list[tuple[str, ...]]:
    return [tuple(line.rsplit(None, 5)) for line in CASES.strip().splitlines()]


@pytest.mark.parametrize("case", _cases())
def test_name_has_the_parts_that_a_clerk_would_mark(case: tuple[str, ...]) -> None:
    """Region, brand, trade, form and branch of a hundred names."""
    parts = parse_name(case[0].strip(), WORDS)
    wanted = ["" if part == "-" else part for part in case[1:]]
    assert [parts.region, parts.brand, parts.trade, parts.form, parts.branch] == wanted


# name, cores of the former names
ALIASES = [
    ("丰华机械有限公司（原云溪兴旺机械厂）", ["兴旺机械"]),
    ("丰华机械有限公司（原名：兴旺机械厂）", ["兴旺机械"]),
    ("丰华机械有限公司（曾用名兴旺机械厂）", ["兴旺机械"]),
    ("丰华机械有限公司(曾用名:兴旺机械厂)", ["兴旺机械"]),
    ("丰华机械有限公司 曾用名：兴旺机械厂", ["兴旺机械"]),
    ("丰华机械有限公司（兴旺机械厂）", ["兴旺机械"]),
    ("丰华机械有限公司（原料车间）", []),
    ("丰华机械有限公司（原兴旺）", []),
    ("丰华机械有限公司", []),
]


@pytest.mark.parametrize(("name", "formers"), ALIASES)
def test_former_names_are_aliases_and_leave_the_name(name: str, formers: list[str]) -> None:
    """甲公司(原乙厂) is 甲公司, once called 乙厂; 原料车间 is no name."""
    parts = parse_name(name, WORDS)
    assert (list(parts.formers), parts.brand, parts.form) == (formers, "丰华", "有限公司")


@pytest.mark.parametrize("trade", ["餐饮店", "五金店", "修车铺", "水果店", "理发店", "超市", "饭店", "砖厂"])
def test_near_equal_names_of_one_market_keep_their_brands(trade: str) -> None:
    """张记 and 李记 in one trade stay two."""
    assert parse_name(f"张记{trade}", WORDS).brand == "张记"
    assert parse_name(f"李记{trade}", WORDS).brand == "李记"


MESSY = st.text(
    alphabet=st.sampled_from(
        "云溪市白鹿县丰华机械餐饮厂店有限责任公司分二第三车间（）()原曾用名:：集团A9ａ \u3000\u200b\x00é"
    )
    | st.characters(),
    max_size=30,
)


@given(MESSY)
def test_any_text_has_name_parts(text: str) -> None:
    """Parsing is total."""
    parts = parse_name(text, WORDS)
    assert all(isinstance(part, str) for part in (*parts[:7], parts.latin))


@given(MESSY)
def test_parsing_the_cleaned_name_again_changes_nothing(text: str) -> None:
    """The key is its own key: cleaning is idempotent."""
    key = parse_name(text, WORDS).key
    assert parse_name(key, WORDS).key == key


@given(MESSY)
def test_no_part_invents_characters(text: str) -> None:
    """Core and brand are made of characters of the name (numerals may turn into digits)."""
    parts = parse_name(text, WORDS)
    assert set(parts.core) <= set(parts.key)
    assert set(parts.brand) <= set(parts.key) | set("0123456789")
    assert set(parts.latin) <= set(parts.key)


def test_silent_name_has_no_parts() -> None:
    """An empty name is silence."""
    assert parse_name("", WORDS) == NameParts()
