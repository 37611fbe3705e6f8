"""Small invented lists for the tests of linkage: entries with their truth, drawn from a seed."""

from __future__ import annotations

import random
from functools import cache

import pyarrow as pa

from minglu.matching.encoding.coded_records import CodedRows, coded_rows
from minglu.matching.encoding.encode_entries import ENTRY_COLUMNS, PARSED_COLUMNS, encode_rows
from minglu.matching.parsing.parse_entries import describe
from minglu.matching.parsing.vocabulary import Vocabulary, vocabulary

TOWNS = ("城厢街道", "东山镇", "西河镇", "南浦乡", "北岭镇", "临江街道")
ROADS = ("人民路", "建设路", "工业大道", "河滨路", "文昌街", "科技路", "迎宾路")
FIRST, SECOND = "宏兴瑞嘉永恒鼎盛泰和广安", "达旺丰盛源昌利发顺隆祥茂"
TRADES = ("塑料制品", "印染", "电镀", "食品", "家具", "五金", "化工", "纺织", "造纸")
FORMS = ("有限公司", "有限责任公司", "厂")
COLUMNS = tuple(dict.fromkeys((*ENTRY_COLUMNS, *PARSED_COLUMNS)))
LISTS = ("business", "tax", "permit")


@cache
def words() -> Vocabulary:
    """Return the vocabulary of the invented county."""
    return vocabulary(places=("示例县", *TOWNS))


def entry(entry_id: str, **values: object) -> dict[str, object]:
    """Make one entry; columns that are not given are silent."""
    blank: dict[str, object] = dict.fromkeys(COLUMNS, "")
    return {**blank, "lon": None, "lat": None, "precision_m": None, "entry_id": entry_id, **values}


def table(entries: list[dict[str, object]]) -> pa.Table:
    """Make the table of entries that linkage reads."""
    numbers = ("lon", "lat", "precision_m")
    schema = pa.schema([(name, pa.float64() if name in numbers else pa.string()) for name in COLUMNS])
    return pa.Table.from_pylist(entries, schema=schema)


def rows_of(entries: pa.Table) -> CodedRows:
    """Parse and code entries as `link_entries` does."""
    return coded_rows(encode_rows(entries, describe(entries, words())).sort_by("entry_id"))


def draw(
    units: int, seed: int, *, lists: tuple[str, ...] = LISTS, codes: bool = True
) -> tuple[pa.Table, dict[str, tuple[int, int]]]:
    """Draw `units` legal units, some with two sites, on `lists`; returns entries and (site, legal unit) per entry_id."""
    rng = random.Random(seed)
    entries, truth = [], {}
    for unit in range(units):
        brand = rng.choice(FIRST) + rng.choice(SECOND) + (rng.choice(FIRST) if rng.random() < 0.6 else "")
        name = f"示例县{brand}{rng.choice(TRADES)}{rng.choice(FORMS)}"
        code = f"{rng.randrange(10**8):08d}X"
        phone, person = f"1990{rng.randrange(10**7):07d}", f"人{rng.randrange(10**5)}"
        trade = f"{rng.randrange(1300, 4300)}"
        for site in range(2 if rng.random() < 0.12 else 1):
            mark = f"第{'二三'[site - 1]}分厂" if site else ""
            town, road, number = rng.choice(TOWNS), rng.choice(ROADS), rng.randrange(1, 300)
            lon, lat = 112 + rng.random() / 5, 30 + rng.random() / 5
            for name_of_list in lists:
                if rng.random() < 0.25:
                    continue
                row = entry(
                    f"E{rng.randrange(10**15):015d}",
                    list=name_of_list,
                    name=_slip(name, rng) + mark,
                    site_address=f"示例县{town}{road}{number}号" if rng.random() < 0.9 else "",
                    industry_code=trade,
                    phone=phone if rng.random() < 0.6 else "",
                    legal_person=person if rng.random() < 0.6 else "",
                )
                if codes and rng.random() < 0.85:
                    row |= {"uscc": f"91990101{code}0", "org_code": code}
                if rng.random() < 0.6:
                    row |= {"lon": lon + rng.gauss(0, 2e-4), "lat": lat + rng.gauss(0, 2e-4), "precision_m": 20.0}
                entries.append(row)
                truth[str(row["entry_id"])] = (2 * unit + site, unit)
    return table(entries), truth


def _slip(name: str, rng: random.Random) -> str:
    """Write a name as offices do: now and then without the region, or with one slip."""
    if rng.random() < 0.2:
        name = name.removeprefix("示例县")
    if rng.random() < 0.06:
        place = rng.randrange(len(name) - 4)
        name = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name


def pair_scores(clusters: pa.Table, column: str, truth: dict[str, tuple[int, int]], level: int) -> tuple[float, float]:
    """Return precision and recall over pairs of entries: found together against truly together."""
    found: dict[object, list[str]] = {}
    true: dict[object, list[str]] = {}
    for row in clusters.to_pylist():
        found.setdefault(row[column], []).append(row["entry_id"])
        true.setdefault(truth[row["entry_id"]][level], []).append(row["entry_id"])
    one = {(a, b) for group in found.values() for a in group for b in group if a < b}
    two = {(a, b) for group in true.values() for a in group for b in group if a < b}
    return len(one & two) / max(len(one), 1), len(one & two) / max(len(two), 1)
