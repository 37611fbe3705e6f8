"""How offices write a name and an address: variants first, slips of the hand after them."""

from __future__ import annotations

import numpy as np

from generator import noise
from generator.firms import COMPANY, HOUSEHOLD, INSTITUTION
from generator.words import chinese_number, words
from generator.world import Block, Stage


def write_names(
    stage: Stage, block: Block, site: np.ndarray, kind: str, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Write the names of the rows; `former_name` is the column 曾用名."""
    knobs, sites, legal, trades = stage.knobs, block.sites, block.legal, stage.trades
    noisy, count = stage.vocabulary.noise, len(site)
    unit = sites.legal[site]
    word = np.where(rng.random(count) < knobs.trade_synonym_share * noisy, rng.integers(1, 4, count), 0)
    trade = trades.names[legal.trade[unit], word]
    other_form = rng.random(count) < knobs.form_synonym_share * noisy
    form = np.where(other_form, legal.other_form[unit], legal.form[unit])
    region = _regions(stage, legal.region[unit], legal, unit, rng)
    style = rng.random(count)
    dropped = style < knobs.region_drop_share * noisy
    bracket = ~dropped & (style > 1 - knobs.region_bracket_share * noisy) & (legal.kind[unit] == COMPANY)
    brand = legal.brand[unit]
    wrong = rng.random(count) < knobs.order_share * noisy / 2
    core = np.where(wrong, trade + brand, brand + trade)
    front = np.where(dropped | bracket, "", region)
    name = _join(front, core, np.where(bracket, "(" + _bare(region) + ")", ""), form)
    old = np.where(legal.former_brand[unit] != "", _join(front, legal.former_brand[unit] + trade, "", form), "")
    current = name.copy()
    renamed = old != ""
    only_old = renamed & (rng.random(count) < knobs.old_name_only_share)
    told = renamed & ~only_old & (rng.random(count) < knobs.former_in_name_share)
    name = np.where(only_old, old, name) + sites.suffix[site]
    in_column = told & (rng.random(count) < 0.4)
    mark = np.where(rng.random(count) < 0.7, "(原", "(曾用名:")
    name = np.where(told & ~in_column, name + mark + old + ")", name)
    former = np.where(in_column, old, "")
    _slip(name, stage, rng)
    del current
    return {"name": name, "former_name": former}


def _regions(stage: Stage, county: np.ndarray, legal: object, unit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose county, city or province before the name: always the same for one unit."""
    kind = legal.kind[unit]  # type: ignore[attr-defined]
    serial = legal.serial[unit]  # type: ignore[attr-defined]
    territory = stage.territory
    company = kind == COMPANY
    region = county.copy()
    region[company & (serial % 10 == 3)] = territory.province
    region[company & (serial % 10 == 4)] = territory.city
    region[company & (serial % 4 == 1)] = _bare(county)[company & (serial % 4 == 1)]
    del rng
    return region


def _bare(regions: np.ndarray) -> np.ndarray:
    """Drop the kind of area (青禾县 -> 青禾)."""
    known = {region: region[:-1] if len(region) > 2 else region for region in set(regions.tolist())}
    return words([known[region] for region in regions.tolist()])


def _join(front: np.ndarray, core: np.ndarray, bracket: np.ndarray | str, form: np.ndarray) -> np.ndarray:
    """Join the parts; 加工 + 加工厂 is written once."""
    name = front + core + bracket + form
    return words(
        [text.replace("加工加工", "加工").replace("店店", "店").replace("厂厂", "厂") for text in name.tolist()]
    )


def _slip(name: np.ndarray, stage: Stage, rng: np.random.Generator) -> None:
    """Let slips of the hand happen to some names, in place."""
    knobs, count, noisy = stage.knobs, len(name), stage.vocabulary.noise
    homophones, shapes = stage.vocabulary.swaps("homophones"), stage.vocabulary.swaps("shapes")
    noise.change(name, noise.hit(rng, count, knobs.homophone_share * noisy), rng, noise.swap_like(homophones))
    noise.change(name, noise.hit(rng, count, knobs.shape_share * noisy), rng, noise.swap_like(shapes))
    noise.change(name, noise.hit(rng, count, knobs.order_share * noisy / 2), rng, noise.swap_neighbours)
    noise.change(name, noise.hit(rng, count, knobs.full_width_share * noisy), rng, noise.widen)


def write_addresses(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Write `address` (registered) and `site_address` (place of operation) of the rows."""
    knobs, sites, count = stage.knobs, block.sites, len(site)
    unit = sites.legal[site]
    actual = _address_texts(stage, block, site, rng)
    moved = noise.hit(rng, count, knobs.other_address_share * stage.vocabulary.noise)
    elsewhere = np.flatnonzero(block.legal.elsewhere[unit])
    registered = actual.copy()
    # A registered address elsewhere is that of some other site in the block: an office, an agency.
    office = (block.legal.serial[unit[elsewhere]] * 7_919) % len(sites.serial)
    registered[elsewhere] = _address_texts(stage, block, office, rng)
    actual[moved] = _address_texts(stage, block, rng.integers(0, len(sites.serial), len(moved)), rng)
    missing = noise.hit(rng, count, knobs.missing_address_share * stage.vocabulary.noise)
    actual[missing] = ""
    noise.change(actual, noise.hit(rng, count, knobs.full_width_share), rng, noise.widen)
    return {"address": registered, "site_address": actual}


def _address_texts(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    knobs, address, count = stage.knobs, block.sites.address, len(site)
    short = rng.random(count) < knobs.address_abbreviation_share
    levels = np.where(short, rng.integers(0, 4, count), 4)
    territory = stage.territory
    text = np.where(levels >= 4, territory.province, "") + np.where(levels >= 3, territory.city, "")
    text = text + np.where(levels >= 2, address.county[site], "") + np.where(levels >= 1, address.town[site], "")
    road = address.road[site]
    with_village = (road == "") | (rng.random(count) < 0.15)
    text = text + np.where(with_village, address.village[site], "") + road + address.group[site]
    text = text + _numbers(stage, address.number[site], rng) + address.unit[site]
    abbreviations = stage.vocabulary.habits["address_abbreviations"]
    places = np.flatnonzero(short & (rng.random(count) < 0.5))

    def shorten(value: str, chance: float) -> str:
        for standard, habit in abbreviations[int(chance * len(abbreviations)) :]:
            if standard in value:
                return value.replace(standard, habit, 1)
        return value

    noise.change(text, places, rng, shorten)
    return text


def _numbers(stage: Stage, number: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    arabic = words([""] + [f"{n}号" for n in range(1, 1_000)])
    chinese = words([""] + [f"{chinese_number(n)}号" for n in range(1, 1_000)])
    in_chinese = rng.random(len(number)) < stage.knobs.chinese_numeral_share * stage.vocabulary.noise
    return np.where(in_chinese, chinese[number], arabic[number])


__all__ = ["HOUSEHOLD", "INSTITUTION", "write_addresses", "write_names"]
