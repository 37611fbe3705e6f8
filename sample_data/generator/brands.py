"""Names of legal units: brand, legal form, region.  One office registers one name once; homonyms live elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from generator.stage import Stage
from generator.words import CLASSES, Vocabulary, words

COMPANY, HOUSEHOLD, COOP, INSTITUTION = 0, 1, 2, 3
REGION_STYLES = ("county", "bare county", "city", "province", "county and town", "county and market")
PERSONAL_BRAND_SHARE = 0.2  # households named after their owner
LONG_BRAND_SHARE = 0.3  # brands of three characters
POPULAR_POWER = 1.3  # popular characters are popular: the front of a list is drawn more often
STALL_FIRST, STALL_SECOND = 12, 16  # a market's brands are made of few characters: near-equal names


@dataclass(frozen=True, slots=True)
class Named:
    """Names of legal units, one entry each; kind and trade as they are after homonyms were copied."""

    kind: np.ndarray
    trade: np.ndarray
    brand: np.ndarray
    form: np.ndarray
    other_form: np.ndarray
    former_brand: np.ndarray
    region_style: np.ndarray


def name_units(
    stage: Stage,
    rng: np.random.Generator,
    *,
    kind: np.ndarray,
    trade: np.ndarray,
    market: np.ndarray,
    district: np.ndarray,
    owner: np.ndarray,
    original: np.ndarray,
) -> Named:
    """Name legal units; `original` is the unit whose brand a second licence bears, or -1."""
    knobs, count = stage.knobs, len(kind)
    brand = _draw_brands(stage.vocabulary, market, rng)
    personal = (kind == HOUSEHOLD) & (market < 0) & (rng.random(count) < PERSONAL_BRAND_SHARE)
    brand = np.where(personal, owner, brand)
    brand = np.where(kind == INSTITUTION, _institution_brands(stage, district, rng), brand)
    plain = (market < 0) & (kind != INSTITUTION) & ~personal & (original < 0)
    homonym = np.flatnonzero(plain & (rng.random(count) < knobs.homonym_share))
    model = rng.integers(0, count, len(homonym))
    model = np.where(plain[model], model, homonym)
    kind, trade = kind.copy(), trade.copy()
    brand[homonym], trade[homonym], kind[homonym] = brand[model], trade[model], kind[model]
    second = np.flatnonzero(original >= 0)
    trade[second], kind[second] = trade[original[second]], HOUSEHOLD
    form, other_form = _pick_forms(stage, kind, trade, rng)
    style = _region_styles(kind, market, rng)
    style[homonym] = REGION_STYLES.index("county and town")
    keys = zip(_areas(stage, style, district).tolist(), trade.tolist(), form.tolist(), strict=True)
    _make_unique(brand, keys, original >= 0, stage.vocabulary)
    brand[second] = brand[original[second]]
    former = _draw_brands(stage.vocabulary, np.full(count, -1), rng)
    former[(rng.random(count) >= knobs.renamed_share) | (kind != COMPANY)] = ""
    return Named(kind, trade, brand, form, other_form, former, style)


def persons(vocabulary: Vocabulary, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw invented persons; the first character of the given name says that they are made up."""
    parts = [words(vocabulary.names[key]) for key in ("surnames", "given_first", "given_second")]
    drawn = [part[rng.integers(0, len(part), count)] for part in parts]
    return drawn[0] + drawn[1] + drawn[2]


def _draw_brands(vocabulary: Vocabulary, market: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    names, count = vocabulary.names, len(market)
    first, second, third = words(names["brand_first"]), words(names["brand_second"]), words(names["brand_third"])
    a = (len(first) * rng.random(count) ** POPULAR_POWER).astype(int)
    b = (len(second) * rng.random(count) ** POPULAR_POWER).astype(int)
    brand = first[a] + second[b]
    tail = third[rng.integers(0, len(third), count)]
    brand = np.where(rng.random(count) < LONG_BRAND_SHARE, brand + tail, brand)
    return np.where(market >= 0, first[a % STALL_FIRST] + second[b % STALL_SECOND], brand)


def _institution_brands(stage: Stage, district: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Name institutions after their town, mostly with a number."""
    stems = words(
        [place.town.removesuffix("街道").removesuffix("镇").removesuffix("乡") for place in stage.territory.places]
    )
    ordinals = words(["", "", "第一", "第二", "第三", "中心"])
    return stems[district] + ordinals[rng.integers(0, len(ordinals), len(district))]


def _pick_forms(
    stage: Stage, kind: np.ndarray, trade: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose legal forms by kind and by class of trade; the second array is what clerks write for them."""
    forms, count = stage.vocabulary.forms, len(kind)
    source = stage.trades.kind[trade]
    group = np.select(
        [source == CLASSES.index("other"), source == CLASSES.index("livestock")], ["other", "livestock"], "industry"
    )
    plain, other = words([""] * count), words([""] * count)
    for value, label in ((COMPANY, "company"), (HOUSEHOLD, "household"), (COOP, "coop")):
        for part in ("industry", "livestock", "other"):
            here = np.flatnonzero((kind == value) & (group == part))
            table = forms[label][part] if isinstance(forms[label], dict) else forms[label]
            chance = np.array([row[2] for row in table], dtype=float)
            chosen = rng.choice(len(table), len(here), p=chance / chance.sum())
            plain[here], other[here] = (
                words([row[0] for row in table])[chosen],
                words([row[1] for row in table])[chosen],
            )
    return plain, other


def _region_styles(kind: np.ndarray, market: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draw = rng.random(len(kind))
    company = np.select([draw < 0.1, draw < 0.2, draw < 0.4], [3, 2, 1], 0)
    household = np.where(draw < 0.25, REGION_STYLES.index("county and town"), 0)
    style = np.select([kind == COMPANY, kind == HOUSEHOLD], [company, household], 0)
    return np.where((market >= 0) & (draw < 0.4), REGION_STYLES.index("county and market"), style)


def _areas(stage: Stage, style: np.ndarray, district: np.ndarray) -> np.ndarray:
    """Number the areas in which a name is registered once: the town where the name says it, else the county."""
    places = stage.territory.places
    towns = np.unique([place.county + place.town for place in places], return_inverse=True)[1]
    counties = np.unique([place.county for place in places], return_inverse=True)[1]
    named = style == REGION_STYLES.index("county and town")
    return np.where(named, len(places) + towns[district], counties[district])


def _make_unique(
    brand: np.ndarray, keys: Iterable[tuple[int, int, str]], exempt: np.ndarray, vocabulary: Vocabulary
) -> None:
    """Lengthen brands, in place, until no two units have brand and key (area, trade, form) in common."""
    third = vocabulary.names["brand_third"]
    seen: set[tuple[str, tuple[int, int, str]]] = set()
    for index, (key, free) in enumerate(zip(keys, exempt.tolist(), strict=True)):
        base, tries = brand[index], 0
        while not free and (brand[index], key) in seen:
            more, turn = divmod(tries, len(third))
            tail = third[(index + more) % len(third)] if more else ""
            brand[index] = base + third[(index + turn) % len(third)] + tail
            tries += 1
        seen.add((brand[index], key))
