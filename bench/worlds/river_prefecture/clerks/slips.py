"""Slips of the pen: characters of the same sound, of similar shape, old forms, lost characters, brackets."""

from __future__ import annotations

from river_prefecture.dice import Dice

SOUND = (
    "兴新 鑫欣 欣新 丰峰 锋丰 诚成 城成 华花 明民 福富 隆龙 源园 圆源 元源 顺舜 荣蓉 利力 立利 辉晖 盛胜 圣盛 "
    "和合 河和 达大 祥翔 瑞锐 康慷 润闰 泰太 永勇 宏洪 鸿宏 红宏 发法 旺望 佳家 嘉佳 场厂 坪平 冲充 岭领 湾弯 坳奥 "
    "建健 国果 志至 文闻 强墙 军均 伟维 林临 松嵩 良粮 清青 庆清 桥乔 溪西 塘糖 铺浦 潭谭 业叶 茂贸 裕玉 组祖 世士 "
    "继纪 云芸 秀绣 桂贵 芳方 燕艳 英瑛 梅美 砖专 磷林 页业 合和 站占 坊房 粉份"
).split()
SHAPE = (
    "己已 未末 土士 日曰 人入 天夫 鸟乌 茶荼 坪评 治冶 侯候 晴睛 栗粟 陈阵 杨扬 徐除 干千 大太 木本 米来 石右 田由 甲申 "
    "白自 目日 矿旷 料科 坡披 垭娅 渡度 禾木 沙纱 洗冼 砖硅 肥肌 牧枚 猪诸 鸡鸭 乡多 拌拦 拆折 坝坎 堆推 铺捕 "
    "蒋将 曾会 彭膨 邓郑 贺货 肖削 刘对 汪江 卢户 谭潭 欧殴 丘岳 恒桓 宏宠 盛感 源原 瑞端 祥详 鑫金 农衣 润阔"
).split()
OLD = str.maketrans(
    "厂场龙兴丰养鸡东华国业门车湾桥陈庄饭农产丝铁电机众万双联罗刘张杨贺邓谭钢锋茶医药区园张红",
    "廠場龍興豐養雞東華國業門車灣橋陳莊飯農產絲鐵電機眾萬雙聯羅劉張楊賀鄧譚鋼鋒茶醫藥區園張紅",
)
SWAP: dict[str, list[tuple[str, float]]] = {}
for _weight, _pairs in ((0.62, SOUND), (0.38, SHAPE)):
    for _a, _b in map(tuple, _pairs):
        SWAP.setdefault(_a, []).append((_b, _weight))
        SWAP.setdefault(_b, []).append((_a, _weight))


def one_slip(dice: Dice, text: str) -> str:
    """One wrong character: usually by sound or shape, else lost, doubled or swapped."""
    if len(text) < 4:
        return text
    if dice.chance(0.8):
        places = [i for i, c in enumerate(text) if c in SWAP]
        if places:
            at = dice.pick(places)
            wrong = dice.pick(SWAP[text[at]])[0]
            return text[:at] + wrong + text[at + 1 :]
    at = dice.between(1, len(text) - 2)
    way = dice.below(4)
    if way < 2:
        return text[:at] + text[at + 1 :]
    if way == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def slip(dice: Dice, text: str, share: float) -> str:
    """A slip in the given share of cells; one in ten of those has two."""
    if not dice.chance(share):
        return text
    text = one_slip(dice, text)
    return one_slip(dice, text) if dice.chance(0.1) else text


def traditional(dice: Dice, text: str, share: float) -> str:
    """Old character forms as on signboards and in files of before the computer."""
    return text.translate(OLD) if dice.chance(share) else text


def brackets(dice: Dice, text: str, half: float) -> str:
    """Half-width brackets in the given share of cells that have brackets."""
    if "（" in text and dice.chance(half):
        return text.replace("（", "(").replace("）", ")")
    return text


def blanks(dice: Dice, text: str, share: float) -> str:
    """A stray blank inside or after the text."""
    if text and dice.chance(share):
        at = dice.between(1, len(text))
        return text[:at] + dice.pick([" ", "　"]) + text[at:]
    return text
