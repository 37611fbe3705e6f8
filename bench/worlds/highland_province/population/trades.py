"""The trades of the province: industry class, words in names, facilities, where they stand."""

from dataclasses import dataclass

from highland_province.dice import Table

Industry = tuple[str, str]


@dataclass(slots=True, frozen=True)
class Trade:
    """One trade as the registry's clerks know it."""

    industry: Industry
    words: tuple[str, ...]  # what firms call it
    shop: tuple[str, ...]  # what households call it
    where: str  # village | town | park | any
    facilities: tuple[str, ...] = ()
    placed: float = 0.1  # share named after the village
    permit: float = 0.5  # share of its sites on the permit list


# class | its name | firms call it | households call it | where | facilities
# | share named after the village | share on the permit list | weight
FIRMS = """
1530|精制茶加工|茶业 茶叶 茶厂|茶叶初制所 茶叶加工厂|village|热风炉 杀青机排气筒|0.3|0.35|9
1340|制糖业|糖业 红糖|红糖加工坊 红糖厂|town|锅炉烟囱 污水总排口 蔗渣堆场|0.2|0.7|1.5
2919|其他橡胶制品制造|橡胶 橡胶制品 胶业|民营胶厂 收胶站|village|烟气干燥排放口 污水处理站排口 锅炉|0.25|0.6|4
1011|石灰石、石膏开采|矿业 石料 石灰石矿|采石场 石场|village|破碎筛分废气排放口 料仓粉尘排放口 沉淀池|0.5|0.5|4
1019|粘土及其他土砂石开采|砂石 砂石料 建材|砂石料场 砂场|highway|破碎筛分废气排放口 料仓粉尘排放口 沉淀池|0.45|0.45|6
3031|粘土砖瓦及建筑砌块制造|新型墙材 建材 页岩砖|页岩砖厂 空心砖厂 砖厂|village|隧道窑烟囱 破碎排放口|0.3|0.6|5
3021|水泥制品制造|商品混凝土 混凝土 水泥制品|水泥预制品厂 水泥砖厂|highway|1号搅拌楼 2号搅拌楼 料仓粉尘排放口|0.08|0.6|4
1351|牲畜屠宰|生猪定点屠宰 畜禽屠宰 肉食品|生猪屠宰点 牛羊屠宰场 屠宰场|town|污水处理站 锅炉|0.3|0.7|3
2011|锯材加工|木业 木材加工|木材加工厂 锯木厂|village|木工粉尘排放口 锅炉|0.15|0.4|4
2663|林产化学产品制造|林化 松香|松香厂|park|导热油炉 工艺废气排放口 污水站|0.1|0.8|1
1399|其他未列明农副食品加工|咖啡 坚果 农产品开发 生物科技|坚果加工厂 咖啡初加工厂|park|烘干炉 污水处理站|0.1|0.4|5
1371|蔬菜加工|食品 野生菌 农副产品|泡菜厂 野生菌加工厂|park|1号锅炉 2号锅炉 污水处理站|0.05|0.4|4
1512|白酒制造|酒业 酒厂|小锅酒厂 酒坊|village|锅炉 污水沉淀池|0.25|0.35|4
1522|瓶（罐）装饮用水制造|饮品 山泉水|桶装水厂|village||0.2|0.25|2
2624|复混肥料制造|肥业 生物有机肥|有机肥厂|park|烘干炉尾气排放口 造粒排放口|0.03|0.7|1.5
2926|塑料包装箱及容器制造|塑业 包装|塑料制品厂|park|注塑废气排放口|0.03|0.6|2
3312|金属门窗制造|门窗 金属结构|铝合金门窗加工店 门窗店|town|喷涂废气排放口|0.02|0.2|4
3212|铅锌冶炼|有色金属 冶炼 锌业|冶炼厂|park|1号回转窑 2号回转窑 制酸尾气 污水处理站|0.05|0.9|1
0313|猪的饲养|养殖 畜牧 农业开发|养猪场 生猪养殖场|village|沼气池 粪污贮存池|0.25|0.35|6
0321|鸡的饲养|家禽养殖 养殖|养鸡场 蛋鸡养殖场|village|粪污贮存池|0.25|0.3|3
6110|旅游饭店|酒店 大酒店 酒店管理|客栈 宾馆 酒店 招待所|town|热水锅炉|0.05|0.1|6
5199|其他未列明批发业|商贸 贸易 边贸|经营部 批发部|town||0.02|0.02|9
8111|汽车修理与维护|汽车服务 汽车修理|汽车修理厂 修理店|highway|喷漆房排放口|0.02|0.3|4
4790|其他房屋建筑业|建筑 建设工程 建筑劳务|施工队|town||0.01|0.02|5
7820|环境卫生管理|环保科技 环卫服务|垃圾清运队|park|填埋场渗滤液处理站|0.02|0.5|1.5
"""
SHOPS = """
6210|正餐服务|餐饮|饭店 餐馆 小吃店 烧烤店 清真饭店 牛肉馆|town|油烟排放口|0.02|0.05|18
1392|豆制品制造|豆制品|豆腐坊 豆制品加工店|town|小锅炉|0.05|0.15|5
1431|米、面制品制造|米业|米线加工厂 饵丝加工坊 米线厂|town|蒸汽锅炉|0.06|0.25|6
2110|木质家具制造|家具|家具厂 木器加工店|town|喷漆房|0.03|0.25|4
6130|民宿服务|旅游开发|民宿 客栈 农家乐 山庄|any||0.12|0.02|9
"""
SHOP_WEIGHTS = """
1530:13 2919:3 1019:3 3031:3 3021:3 1351:3 2011:4 1512:6 3312:7 0313:7 0321:4 6110:11 5199:6 8111:9
"""


def _trade(line: str) -> tuple[Trade, float]:
    """One line of a table of trades."""
    code, title, words, shop, where, facilities, placed, permit, weight = line.split("|")
    trade = Trade(
        (code, title),
        tuple(words.split()),
        tuple(shop.split()),
        where,
        tuple(facilities.split()),
        float(placed),
        float(permit),
    )
    return trade, float(weight)


def _shops() -> list[tuple[Trade, float]]:
    """The trades of households: some of the firms' trades and their own."""
    known = {trade.industry[0]: trade for trade in FIRM_TRADES.values}
    pairs = (pair.split(":") for pair in SHOP_WEIGHTS.split())
    shared = [(known[code], float(weight)) for code, weight in pairs]
    return shared + [_trade(line) for line in SHOPS.strip().splitlines()]


FIRM_TRADES: Table[Trade] = Table([_trade(line) for line in FIRMS.strip().splitlines()])
SHOP_TRADES: Table[Trade] = Table(_shops())
MINES: tuple[tuple[Industry, str], ...] = (
    (("0912", "铅锌矿采选"), "铅锌矿"),
    (("0914", "锡矿采选"), "锡矿"),
    (("0911", "铜矿采选"), "铜矿"),
    (("0610", "烟煤和无烟煤开采洗选"), "煤矿"),
    (("0810", "铁矿采选"), "铁矿"),
    (("0921", "金矿采选"), "金矿"),
)
HYDRO: Industry = ("4413", "水力发电")
FUEL: Industry = ("5265", "机动车燃油零售")
CREDIT: Industry = ("6623", "信用合作社服务")
SEWAGE: Industry = ("4620", "污水处理及其再生利用")
WATER: Industry = ("4610", "自来水生产和供应")
HOSPITAL: Industry = ("8423", "乡镇卫生院")
CITY_HOSPITAL: Industry = ("8411", "综合医院")
PRIMARY: Industry = ("8321", "普通小学教育")
MIDDLE: Industry = ("8331", "普通初中教育")
OFFICE: Industry = ("7211", "企业总部管理")
RUBBER: Industry = ("2919", "其他橡胶制品制造")
SUGAR: Industry = ("1340", "制糖业")
TEA: Industry = ("1530", "精制茶加工")
INN: Industry = ("6110", "旅游饭店")


def industrial(industry: Industry) -> bool:
    """Whether the class lies in divisions 06 to 46."""
    return 6 <= int(industry[0][:2]) <= 46


def neighbour(industry: Industry) -> Industry:
    """The class a hurried clerk takes for this one."""
    return _NEIGHBOURS.get(industry[0], industry)


_NEIGHBOURS: dict[str, Industry] = {
    "1011": ("1019", "粘土及其他土砂石开采"),
    "1019": ("3032", "建筑用石加工"),
    "1530": ("0169", "茶及其他饮料作物种植"),
    "3031": ("3039", "其他建筑材料制造"),
    "3021": ("3029", "其他水泥类似制品制造"),
    "2919": ("0514", "农产品初加工活动"),
    "1351": ("1353", "肉制品及副产品加工"),
    "6110": ("6130", "民宿服务"),
    "6130": ("6110", "旅游饭店"),
    "2011": ("2110", "木质家具制造"),
    "0313": ("0311", "牛的饲养"),
    "3312": ("3311", "金属结构制造"),
    "1399": ("1371", "蔬菜加工"),
    "1371": ("1399", "其他未列明农副食品加工"),
    "0912": ("3212", "铅锌冶炼"),
    "5199": ("5299", "其他未列明零售业"),
    "6210": ("6291", "小吃服务"),
    "1392": ("1399", "其他未列明农副食品加工"),
}
