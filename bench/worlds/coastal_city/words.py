"""Words for brands, people, roads and settlements, written for this world."""

from __future__ import annotations

from coastal_city.dice import Dice, Weighted

COMMON_BRANDS = Weighted.zipf(
    """宏达 恒通 鑫源 永盛 金辉 华盛 东方 兴达 海天 顺达 宏盛 永兴 鑫达 恒达 新兴 华丰 万达 金鑫 长城 正大 天成 立信 大洋 远东
    鸿运 凯达 三联 四通 永发 佳美 利达 博大 中兴 精工 双龙 荣发 泰和 瑞丰 百盛 伟业 超越 恒泰 诚信 锦绣 飞跃 众鑫 航宇 宝丰 联谊 嘉禾
    德力 星光 东海 金源 隆昌 盛源 通达 富强 亿丰 康达 鸿泰 永达 创新 明辉 友谊 天马 春蕾 美达 兴隆 金龙 海纳 合兴 力源 乐源 方圆
    浦发 奥科 欣荣 元亨 晟达 润泽 晨光 科达 中意 一帆 三星 华美 新亚 建华 环球 雄鹰 光明 腾飞 万里 飞龙""".split(),
    0.75,
)
FIRST = Weighted.zipf(
    list("鑫恒永华宏金兴海瑞盛东新天泰嘉佳德凯诚万中正润立博安信亿隆荣富祥伟森百晟浩航腾铭昌锦君力飞启科明顺联丰"), 0.7
)
SECOND = Weighted.zipf(
    list("达源盛通丰泰鑫隆兴发辉龙美业成利康诚华信荣和昌祥腾宇洋峰力运星顺杰特远宝豪联创明旺佳博瑞润凯晖奥科光"), 0.7
)
THIRD = list("达源盛特斯尔诺德丰克亚康力泰奇邦")
HALL_BRANDS = list(
    "鑫达 永盛 金鑫 宏达 顺发 华光 银河 星辉 亮晶 恒光 鸿泰 创兴 三和 立新 东升 美镀 洁美 建成 国泰 长虹 力光 海光 合力 金泰 祥和 双联 兴旺 富艺 铭辉 耀华".split()
)

SURNAMES = Weighted.zipf(
    list("陈林王黄李张吴郑叶徐周金朱潘胡蔡杨刘赵孙项谢何戴章方蒋余许姜卢夏柯邱邵池倪沈程缪温翁包南木瞿麻"), 0.9
)
GIVEN_ONE = Weighted.zipf(list("勇伟军强敏杰斌峰平波辉建华涛明飞燕芳丽静磊鹏洁霞琴莉俊丹超瑶"), 0.6)
GIVEN_A = Weighted.zipf(list("建国志永海金文小晓德光明春云爱秀玉美丽雪成伟学克家宏胜贤振正圣培仁嘉子思"), 0.7)
GIVEN_B = Weighted.zipf(list("平华国明林生军荣东强芬芳英兰珍琴飞勇伟波峰龙祥忠良德青云娟萍红丹妹弟豪杰雷洪宇轩"), 0.7)

ROADS = Weighted.zipf(
    """工业路 人民路 创业路 兴业路 振兴路 滨海大道 环城南路 解放路 中山路 建设路 富民路 新兴路 金海路 海光路 潮新路 经一路 纬二路 经三路
    纬五路 兴海路 望海路 迎宾大道 学院路 文化路 商贸路 科技路 创新路 腾飞路 沿江路 塘河路 港区大道 疏港路 东海大道 金屿大道 机场路
    康庄路 民生路 丰收路 五洲路 通港路 智造路 银河路 锦绣路 站前路 长江路 黄河路 钱江路 泰山路 昆仑路""".split(),
    0.7,
)
ROAD_A = list("龙凤金银海港江塘新东西南北中兴永宏华安平康乐和顺祥瑞云霞松柏")
ROAD_B = list("川溪湖山阳港达盛昌兴宁泰丰泽景园桥门湾渔")
TOWN_A = list("沙前塘渔柳海石白青龙岭溪横长西东南新大小上下湖港江盐金梅蒲沧")
TOWN_B = list("头洋塘浦岙门湾溪桥埠岭渡田港屿墩埭坑")
VILLAGES = Weighted.zipf(
    """前进 新民 红旗 东风 建设 团结 和平 新建 胜利 幸福 海滨 永丰 后塘 下洋 上岙 河头 桥头 新塘 埭头 东岙 西岙 岭下 江边 渔业 三甲
    四份 新街 横街 老街 望海 兴港 滨江 金湾 长安 林家 陈家 王宅 黄家 李岙 张家埠 吴家桥 郑家堡 叶宅 徐家渡 大岙 小岙 双桥 石马 龙头
    坭城 沙岗 盐场 五星 光明 曙光 先锋 联合 民主 友谊 勤丰 前岸 后岸 中埭 水潭 塔下 山前 山后 溪口""".split(),
    0.35,
)
SOUNDALIKE = {
    "盛": "胜",
    "鑫": "新",
    "源": "元",
    "达": "大",
    "辉": "晖",
    "泰": "太",
    "兴": "星",
    "宏": "鸿",
    "永": "勇",
    "华": "花",
    "嘉": "佳",
    "丰": "峰",
    "隆": "龙",
    "诚": "成",
    "晟": "盛",
    "恒": "衡",
    "祥": "翔",
    "富": "福",
    "洋": "阳",
    "塘": "唐",
    "岙": "奥",
    "浦": "蒲",
}
SYLLABLES = [
    ("艾", "Ai"),
    ("博", "Bo"),
    ("德", "De"),
    ("菲", "Fe"),
    ("格", "Ge"),
    ("凯", "Kai"),
    ("兰", "Lan"),
    ("曼", "Man"),
    ("诺", "No"),
    ("欧", "Eu"),
    ("普", "Pro"),
    ("瑞", "Re"),
    ("赛", "Se"),
    ("泰", "Tec"),
    ("威", "Wi"),
    ("科", "Co"),
    ("雅", "Ya"),
    ("贝", "Be"),
    ("莱", "Lai"),
]
TAILS = [
    ("尔", "r"),
    ("斯", "s"),
    ("特", "t"),
    ("克", "k"),
    ("姆", "m"),
    ("", ""),
    ("诺", "no"),
    ("达", "da"),
    ("纳", "na"),
]
OLD_FORMS = str.maketrans(
    "东华丰亿电达兴荣联长业龙万广庆宝远实机开发国临瀛东区厂镀宏鸿泽隆顺海银钢铁铝铜锁阀紧轴轮车汽纺织纸箱灯饰鞋严门创气线缆环属齿处热压铸仪开关润诚凯启铭锦飞腾医疗药务资胶制尔贝莱兰诺纳兰赛",
    "東華豐億電達興榮聯長業龍萬廣慶寶遠實機開發國臨瀛東區廠鍍宏鴻澤隆順海銀鋼鐵鋁銅鎖閥緊軸輪車汽紡織紙箱燈飾鞋嚴門創氣線纜環屬齒處熱壓鑄儀開關潤誠凱啟銘錦飛騰醫療藥務資膠製爾貝萊蘭諾納蘭賽",
)


WORKSHOP = {
    "门业": "门窗",
    "塑业": "塑料",
    "铝业": "铝材",
    "铜业": "铜件",
    "鞋业": "鞋",
    "木业": "木器",
    "阀业": "阀门",
    "泵业": "水泵",
    "锁业": "锁具",
    "印业": "印刷",
    "药业": "药品",
    "车业": "车件",
    "船业": "船舶",
    "鞋服": "鞋",
    "镀业": "电镀",
}


def workshop_word(sector: str) -> str:
    """Return the trade word as a workshop (厂, 店) carries it."""
    return WORKSHOP.get(sector, sector)


def brand(dice: Dice) -> str:
    """Draw a trade name; popular ones come back often, as they do in any registry."""
    kind = dice.u()
    if kind < 0.33:
        return dice.draw(COMMON_BRANDS)
    first, second = dice.draw(FIRST), dice.draw(SECOND)
    if first == second:
        second = "达" if first != "达" else "源"
    if kind < 0.88:
        return first + second
    third = dice.pick(THIRD)
    return first + second + (third if third != second else "德")


def foreign_brand(dice: Dice) -> tuple[str, str]:
    """Draw a brand by sound: its Chinese form and its Latin form."""
    (one, left), (two, middle) = dice.pick(SYLLABLES), dice.pick(SYLLABLES)
    three, right = dice.pick(TAILS)
    if one == two:
        two, middle = ("美", "mei")
    return one + two + three, left + middle.lower() + right


def person(dice: Dice, surname: str = "") -> str:
    """Draw a person's name."""
    family = surname or dice.draw(SURNAMES)
    if dice.chance(0.22):
        return family + dice.draw(GIVEN_ONE)
    return family + dice.draw(GIVEN_A) + dice.draw(GIVEN_B)


def mobile(dice: Dice) -> str:
    """Draw a mobile number."""
    return dice.pick(
        ("138", "139", "137", "135", "136", "158", "159", "150", "133", "189", "180", "187", "130", "177")
    ) + dice.digits(8)


def landline(dice: Dice) -> str:
    """Draw a fixed line of the city (the area number 0509 is not in use)."""
    return "0509-" + dice.pick("8867") + dice.pick("2345678") + dice.digits(6)
