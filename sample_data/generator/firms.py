"""Legal units: what they are, how they are called, who owns them, their codes.  Sites are made in `world`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator import codes
from generator.words import CLASSES, Vocabulary, words

if TYPE_CHECKING:
    from generator.world import Stage

COMPANY, HOUSEHOLD, COOP, INSTITUTION = 0, 1, 2, 3
PREFIXES = words(["91", "92", "93", "12"])
TRADE_WORDS = 4  # words per trade, padded by repeating


@dataclass(frozen=True, slots=True)
class Trades:
    """All trades, institutions and market goods as arrays, one entry each."""

    names: np.ndarray
    """Words for the trade (n, 4); column 0 is the registered one."""
    code: np.ndarray
    industry: np.ndarray
    kind: np.ndarray
    """Position in CLASSES."""
    weight: np.ndarray
    """Chance among firms outside markets; 0 for institutions and market goods."""
    household: np.ndarray
    market: np.ndarray
    """Position of the market that sells it, -1 for none."""


@dataclass(frozen=True, slots=True)
class Legal:
    """Legal units of a block, one entry each."""

    serial: np.ndarray
    kind: np.ndarray
    trade: np.ndarray
    region: np.ndarray
    brand: np.ndarray
    form: np.ndarray
    other_form: np.ndarray
    former_brand: np.ndarray
    """Brand under its former name, empty if it never changed."""
    owner: np.ndarray
    phone: np.ndarray
    region_code: np.ndarray
    """Six-digit code of the registering county, as a number."""
    org: np.ndarray
    uscc: np.ndarray
    reg_no: np.ndarray
    closed: np.ndarray
    stopped: np.ndarray
    in_scope: np.ndarray
    visibility: np.ndarray
    """Hidden size that moves the chances of all lists alike."""
    leader: np.ndarray
    """Position of the unit whose place it shares (itself, mostly)."""
    second: np.ndarray
    """True if it is only a second licence of its leader."""
    truth: np.ndarray
    """Serial of the legal unit that it really is."""
    elsewhere: np.ndarray
    """True if the registered address is not that of the site."""
    market: np.ndarray
    """Number of its market in the block, -1 for none."""
    stall: np.ndarray


def trade_table(vocabulary: Vocabulary) -> Trades:
    """Put trades, institutions and market goods into arrays."""
    rows = [
        (t["words"], t["code"], t["industry"], t["class"], t["weight"], t["household"], -1) for t in vocabulary.trades
    ]
    rows += [([t["word"]], t["code"], t["industry"], "boiler", 0, 0, -1) for t in vocabulary.institutions]
    rows += [
        ([goods], m["code"], m["industry"], m["class"], 0, 1, index)
        for index, m in enumerate(vocabulary.markets)
        for goods in m["goods"]
    ]
    names = np.array([[row[0][i % len(row[0])] for i in range(TRADE_WORDS)] for row in rows], dtype=object)
    return Trades(
        names,
        words([row[1] for row in rows]),
        words([row[2] for row in rows]),
        np.array([CLASSES.index(row[3]) for row in rows]),
        np.array([row[4] for row in rows], dtype=float),
        np.array([row[5] for row in rows], dtype=float),
        np.array([row[6] for row in rows]),
    )


def make_legal(stage: Stage, first: int, district: np.ndarray, rng: np.random.Generator) -> Legal:
    """Make the legal units that live in the given districts."""
    from generator.world import scope_of  # noqa: PLC0415 - the two modules describe one thing in two parts

    knobs, trades, count = stage.knobs, stage.trades, len(district)
    trade = _pick_trades(stage, count, rng)
    market, stall, trade = _fill_markets(stage, trade, rng)
    kind = _kinds(stage, trade, rng)
    brand = _brands(stage.vocabulary, kind, market, rng)
    homonym = np.flatnonzero((rng.random(count) < knobs.homonym_share) & (market < 0) & (kind != INSTITUTION))
    model = rng.integers(0, count, len(homonym))
    model = np.where((market[model] < 0) & (kind[model] != INSTITUTION), model, homonym)
    brand[homonym], trade[homonym], kind[homonym] = brand[model], trade[model], kind[model]
    form, other_form = _forms(stage.vocabulary, kind, rng)
    leader, second, relation = _leaders(stage, kind, market, rng)
    brand = np.where(second, brand[leader], brand)
    trade = np.where(second, trade[leader], trade)
    owner, phone = _owners(stage.vocabulary, count, first, rng)
    same = (relation == 1) | second
    owner, phone = np.where(same, owner[leader], owner), np.where(same, phone[leader], phone)
    closed = rng.random(count) < knobs.closed_share
    closed = np.where(second, closed[leader], closed)
    large = rng.random(count) < knobs.livestock_large_share
    large = np.where(second, large[leader], large)
    serial = first + np.arange(count)
    region, region_code = _regions(stage, district[leader])
    org = codes.org_codes(serial, old=(kind == COMPANY) & (rng.random(count) < 0.45))
    former = _brands(stage.vocabulary, np.zeros(count, dtype=int), np.full(count, -1), rng)
    former[(rng.random(count) >= knobs.renamed_share) | (kind != COMPANY)] = ""
    return Legal(
        serial,
        kind,
        trade,
        region,
        brand,
        form,
        other_form,
        former,
        owner,
        phone,
        region_code,
        org,
        codes.usccs(PREFIXES[kind], region_code, org),
        codes.registration_numbers(region_code, serial + np.where(kind == HOUSEHOLD, 60_000_000, 0)),
        closed,
        ~closed & (rng.random(count) < knobs.stopped_share),
        scope_of(trades.kind[trade], closed, large),
        rng.standard_normal(count) + 0.5 * large,
        leader,
        second,
        np.where(second, serial[leader], serial),
        rng.random(count) < knobs.registered_elsewhere_share,
        market,
        stall,
    )


def _pick_trades(stage: Stage, count: int, rng: np.random.Generator) -> np.ndarray:
    knobs, trades = stage.knobs, stage.trades
    other = trades.kind == CLASSES.index("other")
    boiler = trades.kind == CLASSES.index("boiler")
    listed = np.where(other, 0, trades.weight)
    chance = (
        knobs.out_of_scope_share * np.where(other, trades.weight, 0) / trades.weight[other].sum()
        + knobs.boiler_share * boiler / boiler.sum()
        + (1 - knobs.out_of_scope_share - knobs.boiler_share) * listed / listed.sum()
    )
    return rng.choice(len(chance), count, p=chance / chance.sum())


def _fill_markets(
    stage: Stage, trade: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put a share of the units into markets; market m sells the goods of kind m modulo the kinds."""
    count, kinds = len(trade), len(stage.vocabulary.markets)
    inside = np.flatnonzero(rng.random(count) < stage.knobs.market_share)
    markets = max(1, -(-len(inside) // stage.knobs.market_size), min(3, len(inside) // 40))
    market, stall = np.full(count, -1), np.zeros(count, dtype=int)
    chosen = np.minimum((markets * rng.random(len(inside)) ** 1.5).astype(int), markets - 1)
    market[inside], stall[inside] = chosen, rng.permutation(len(inside)) + 1
    trade = trade.copy()
    for kind in range(kinds):
        goods = np.flatnonzero(stage.trades.market == kind)
        here = inside[chosen % kinds == kind]
        trade[here] = rng.choice(goods, len(here))
    return market, stall, trade


def _kinds(stage: Stage, trade: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    share = stage.trades.household[trade]
    kind = np.where(rng.random(len(trade)) < share, HOUSEHOLD, COMPANY)
    rural = np.isin(stage.trades.code[trade], ["0313", "0321", "0311", "0141", "0190"])
    kind = np.where(rural & (rng.random(len(trade)) < 0.35), COOP, kind)
    return np.where(stage.trades.kind[trade] == CLASSES.index("boiler"), INSTITUTION, kind)


def _brands(vocabulary: Vocabulary, kind: np.ndarray, market: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make 字号: two characters mostly, three for some, a surname for some households, alike in markets."""
    names, count = vocabulary.names, len(kind)
    first, second, third = words(names["brand_first"]), words(names["brand_second"]), words(names["brand_third"])
    # Popular characters are popular: a squared draw makes the front of the list frequent.
    a = (len(first) * rng.random(count) ** 1.4).astype(int)
    b = (len(second) * rng.random(count) ** 1.4).astype(int)
    brand = first[a] + second[b]
    long = rng.random(count) < 0.22
    brand[long] += third[rng.integers(0, len(third), count)][long]
    personal = (kind == HOUSEHOLD) & (rng.random(count) < 0.25)
    surnames, given = words(names["surnames"]), words(names["given"])
    person = surnames[rng.integers(0, len(surnames), count)] + given[rng.integers(0, len(given), count)]
    brand[personal] = person[personal]
    stall = market >= 0
    brand[stall] = (first[a % 12] + second[b % 16])[stall]
    ordinal = words(["第一", "第二", "城北", "城南", "青年", "育才", "康宁", "仁和"])
    brand[kind == INSTITUTION] = ordinal[rng.integers(0, len(ordinal), count)][kind == INSTITUTION]
    return brand


def _forms(vocabulary: Vocabulary, kind: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    forms, count = vocabulary.forms, len(kind)
    plain, other = words([""] * count), words([""] * count)
    for value, key in ((COMPANY, "company"), (HOUSEHOLD, "household"), (COOP, "coop")):
        table = np.array(forms[key], dtype=object)
        chance = np.array(forms.get(f"{key}_weights", [1.0] * len(table)), dtype=float)
        chosen = rng.choice(len(table), count, p=chance / chance.sum())
        plain[kind == value], other[kind == value] = table[chosen, 0][kind == value], table[chosen, 1][kind == value]
    return plain, other


def _leaders(
    stage: Stage, kind: np.ndarray, market: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose whose place a unit shares: firms at one address (0), one owner (1), a mere second licence."""
    knobs, count = stage.knobs, len(kind)
    leader, relation = np.arange(count), np.zeros(count, dtype=int)
    for number in range(int(market.max(initial=-1)) + 1):
        stalls = np.flatnonzero(market == number)
        leader[stalls] = stalls[:1]
    usable = np.flatnonzero((market < 0) & (kind != INSTITUTION))
    shared = usable[rng.random(len(usable)) < knobs.shared_address_share]
    group = rng.integers(0, max(1, round(len(shared) / knobs.shared_address_size)), len(shared))
    _, first = np.unique(group, return_index=True)
    lead = np.full(int(group.max(initial=0)) + 1, -1)
    lead[group[first]] = shared[first]
    leader[shared] = lead[group]
    free = usable[~np.isin(usable, shared)]
    draw = rng.random(len(free))
    owners = free[draw < knobs.owner_many_share]
    seconds = free[(draw >= knobs.owner_many_share) & (draw < knobs.owner_many_share + knobs.second_licence_share)]
    heads = free[draw > 0.5]
    second = np.zeros(count, dtype=bool)
    if len(heads):
        leader[owners] = rng.choice(heads, len(owners))
        relation[owners] = 1
        leader[seconds] = rng.choice(heads, len(seconds))
        second[seconds] = True
    return leader, second, relation


def _owners(vocabulary: Vocabulary, count: int, first: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    surnames, given = words(vocabulary.names["surnames"]), words(vocabulary.names["given"])
    owner = surnames[rng.integers(0, len(surnames), count)] + given[rng.integers(0, len(given), count)]
    # 199 is a real prefix, 1990000 is not issued to anybody: numbers above 9,999 repeat.
    phone = words(["1990000"]) + codes.texts(codes.digits((first + np.arange(count)) * 7_919 % 10_000, 4))
    return owner, phone


def _regions(stage: Stage, district: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places = stage.territory.places
    counties = {name: index for index, name in enumerate(sorted({place.county for place in places}))}
    region = words([place.county for place in places])
    number = np.array(
        [
            int(place.code[:6])
            if place.code[:2] == "99" and place.code[:6].isdigit()
            else 990101 + counties[place.county]
            for place in places
        ]
    )
    return region[district], number[district]
