"""How offices write a name and an address: variants first, slips of the hand after them."""

from __future__ import annotations

import numpy as np
from generator import noise
from generator.addresses import LARGEST_NUMBER
from generator.brands import COMPANY, REGION_STYLES
from generator.stage import Stage
from generator.trades import WORDS_PER_TRADE
from generator.words import chinese_number, words
from generator.world import Block

OFFICE_POOL = 50  # one in so many sites lends its address to firms that are registered there only
VILLAGE_ON_ROAD_SHARE = 0.15  # addresses that name the village although they have a road


def write_names(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Write the names of the rows; `former_name` is the column 曾用名."""
    knobs, legal, count = stage.knobs, block.legal, len(site)
    unit = block.sites.legal[site]
    synonym = rng.random(count) < knobs.trade_synonym_share
    word = np.where(synonym, rng.integers(1, WORDS_PER_TRADE, count), 0)
    trade = stage.trades.names[legal.trade[unit], word]
    form = np.where(rng.random(count) < knobs.form_synonym_share, legal.other_form[unit], legal.form[unit])
    region, bare = _regions(stage, block, unit)
    style = rng.random(count)
    dropped = style < knobs.region_drop_share
    bracket = (style > 1 - knobs.region_bracket_share) & (legal.kind[unit] == COMPANY) & ~dropped
    front = np.where(dropped | bracket, "", region)
    middle = np.where(bracket, "(" + bare + ")", "")
    turned = rng.random(count) < knobs.order_share / 2
    brand = legal.brand[unit]
    name = _join(front, np.where(turned, trade + brand, brand + trade), middle, form)
    former_brand = legal.former_brand[unit]
    old = np.where(former_brand == "", "", _join(region, former_brand + trade, "", legal.form[unit]))
    name, former = _tell_old_names(stage, name, old, rng)
    name = name + block.sites.suffix[site]
    _slip(name, stage, rng)
    return {"name": name, "former_name": former}


def _tell_old_names(
    stage: Stage, name: np.ndarray, old: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Let rows of renamed units know the old name only, in brackets, in a column of its own, or not at all."""
    knobs, count = stage.knobs, len(name)
    draw, renamed = rng.random(count), old != ""
    only = renamed & (draw < knobs.old_name_only_share)
    told = renamed & (draw > 1 - knobs.former_in_name_share) & ~only
    in_column = told & (rng.random(count) < 0.4)
    mark = np.where(rng.random(count) < 0.7, "(原", "(曾用名:")
    name = np.where(told & ~in_column, name + mark + old + ")", name)
    return np.where(only, old, name), np.where(in_column, old, "")


def _regions(stage: Stage, block: Block, unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what stands before the brand (always the same for one unit), and its bare form for brackets."""
    places, territory = stage.territory.places, stage.territory
    district = block.legal.district[unit]
    county = words([place.county for place in places])[district]
    bare = words([_bare(place.county) for place in places])[district]
    town = words([place.town for place in places])[district]
    kinds = stage.vocabulary.markets
    market = words([kind["name"] for kind in kinds])[block.legal.market[unit] % len(kinds)]
    style = block.legal.region_style[unit]
    is_style = {name: style == index for index, name in enumerate(REGION_STYLES)}
    region = np.select(
        [is_style["bare county"], is_style["city"], is_style["province"], is_style["county and town"]],
        [bare, territory.city, territory.province, county + town],
        np.where(is_style["county and market"], county + market, county),
    )
    upper = [is_style["city"], is_style["province"]]
    return region, np.select(upper, [_bare(territory.city), _bare(territory.province)], bare)


def _bare(area: str) -> str:
    """Drop the kind of area (青禾县 -> 青禾)."""
    return area[:-1] if len(area) > 2 else area


def _join(front: np.ndarray, core: np.ndarray, middle: np.ndarray | str, form: np.ndarray) -> np.ndarray:
    """Join the parts; 加工 + 加工厂 is written once."""
    doubled = ("加工加工", "养殖养殖", "制造制造", "经营经营")
    texts = (front + core + middle + form).tolist()
    for pair in doubled:
        texts = [text.replace(pair, pair[:2]) if pair in text else text for text in texts]
    return words(texts)


def _slip(name: np.ndarray, stage: Stage, rng: np.random.Generator) -> None:
    """Let slips of the hand happen to some names, in place."""
    knobs, count = stage.knobs, len(name)
    homophones = noise.swap_like(stage.vocabulary.likes("homophones"))
    shapes = noise.swap_like(stage.vocabulary.likes("shapes"))
    noise.change(name, noise.hit(rng, count, knobs.homophone_share), rng, homophones)
    noise.change(name, noise.hit(rng, count, knobs.shape_share), rng, shapes)
    noise.change(name, noise.hit(rng, count, knobs.order_share / 2), rng, noise.swap_neighbours)
    noise.change(name, noise.hit(rng, count, knobs.full_width_share), rng, noise.widen)
    bracketed = np.flatnonzero(np.array(["(" in text for text in name.tolist()], dtype=bool))
    noise.change(name, bracketed, rng, noise.wide_brackets)


def write_addresses(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Write `address` (registered) and `site_address` (place of operation) of the rows."""
    knobs, sites, count = stage.knobs, block.sites, len(site)
    unit = sites.legal[site]
    actual = _write_texts(stage, block, site, rng)
    registered = actual.copy()
    # A registered address elsewhere is one of few offices, shared by many firms: agencies, incubators.
    elsewhere = np.flatnonzero(block.legal.elsewhere[unit])
    offices = max(1, len(sites.serial) // OFFICE_POOL)
    office = block.legal.serial[unit[elsewhere]] * 7_919 % offices * min(OFFICE_POOL, len(sites.serial))
    registered[elsewhere] = _write_texts(stage, block, office % len(sites.serial), rng)
    moved = noise.hit(rng, count, knobs.other_address_share)
    actual[moved] = _write_texts(stage, block, rng.integers(0, len(sites.serial), len(moved)), rng)
    actual[noise.hit(rng, count, knobs.missing_address_share)] = ""
    registered[noise.hit(rng, count, knobs.missing_address_share)] = ""
    noise.change(actual, noise.hit(rng, count, knobs.full_width_share), rng, noise.widen)
    return {"address": registered, "site_address": actual}


def _write_texts(stage: Stage, block: Block, site: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Write the addresses of sites: upper levels dropped from the top for some, words shortened for others."""
    address, territory, count = block.sites.address, stage.territory, len(site)
    short = rng.random(count) < stage.knobs.address_abbreviation_share
    levels = np.where(short, rng.integers(0, 4, count), 4)
    text = np.where(levels >= 4, territory.province, "") + np.where(levels >= 3, territory.city, "").astype(object)
    text = text + np.where(levels >= 2, address.county[site], "") + np.where(levels >= 1, address.town[site], "")
    road = address.road[site]
    with_village = (road == "") | (rng.random(count) < VILLAGE_ON_ROAD_SHARE)
    text = text + np.where(with_village, address.village[site], "") + road + address.group[site]
    text = text + _write_numbers(stage, address.number[site], address.extension[site], rng) + address.unit[site]
    hurried = np.flatnonzero(short & (rng.random(count) < 0.5))
    noise.change(text, hurried, rng, noise.shorten(stage.vocabulary.habits["address_abbreviations"]))
    return text


def _write_numbers(stage: Stage, number: np.ndarray, extension: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    arabic = words(["", *(str(n) for n in range(1, LARGEST_NUMBER + 1))])[number]
    chinese = words(["", *(chinese_number(n) for n in range(1, LARGEST_NUMBER + 1))])[number]
    in_chinese = (rng.random(len(number)) < stage.knobs.chinese_numeral_share) & (extension == "")
    return np.where(in_chinese, chinese, arabic) + extension + np.where(number > 0, "号", "")
