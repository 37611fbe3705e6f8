"""Invented names and addresses in any number, for tests of speed and shape.  Not the sample generator's words."""

from __future__ import annotations

import random

import pyarrow as pa

BRAND = "丰华盛达恒泰兴隆永昌德源嘉禾瑞祥宏远金辉银河明月春晓秋实东升西岭南山北海大洋长风新纪元福临康宁安顺和美"
SURNAME = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
TRADE = [
    "机械制造",
    "食品",
    "五金制品",
    "塑料",
    "纺织",
    "餐饮",
    "包装",
    "化工",
    "建材",
    "环保科技",
    "汽车修理",
    "家具",
    "服装",
    "电子",
    "养殖",
    "铸造",
]
FORM = ["有限公司", "有限责任公司", "厂", "店", "经营部", "加工厂", "股份有限公司", "合作社", "中心"]
AREA = ["云溪市", "白鹿县", "青石区", "龙泉乡", "双河镇", "马家镇", "柳林街道", "城关镇", "北坡乡", "东塘街道"]
ROAD = ["人民路", "建设二路", "解放街", "环城北路", "工业大道", "兴业路", "文化巷", "滨河路", "站前街", "五一路"]


def name(chance: random.Random) -> str:
    """Invent one name."""
    area = chance.choice(["", "", "云溪市", "云溪", "白鹿县", "白鹿"])
    brand = chance.choice([chance.choice(SURNAME) + "记", "".join(chance.sample(BRAND, chance.choice([2, 2, 3])))])
    tail = chance.choice(["", "", "", "", "", "", "第二分厂", "(一车间)", "青石分公司", "(原老机械厂)"])
    core = brand + chance.choice(TRADE)
    form = chance.choice(FORM)
    return f"{core}({area}){form}{tail}" if area and chance.random() < 0.2 else f"{area}{core}{form}{tail}"


def address(chance: random.Random) -> str:
    """Invent one address."""
    head = chance.choice(["", "云溪市", "白鹿县", "云溪市青石区"]) + chance.choice(AREA[3:])
    number = str(chance.randint(1, 999)) + chance.choice(["号", "号", "-2号", "号之一", ""])
    place = chance.choice(
        [chance.choice(ROAD), chance.choice(ROAD), chance.choice(BRAND) + chance.choice(BRAND) + "村3组"]
    )
    return head + place + number + chance.choice(["", "", "", f"{chance.randint(1, 9)}幢{chance.randint(101, 909)}室"])


def entries(rows: int, seed: int = 7) -> pa.Table:
    """Invent a table of `rows` entries with the columns that `describe` reads."""
    chance = random.Random(seed)
    return pa.table(
        {
            "entry_id": [f"e{number}" for number in range(rows)],
            "name": [name(chance) for _ in range(rows)],
            "former_name": ["" if chance.random() < 0.97 else name(chance) for _ in range(rows)],
            "address": [address(chance) for _ in range(rows)],
            "site_address": ["" if chance.random() < 0.6 else address(chance) for _ in range(rows)],
        }
    )
