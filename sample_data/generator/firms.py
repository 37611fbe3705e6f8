"""Legal units: what they are, who owns them, their codes, whose place they share.  Names are made in `brands`."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from generator import brands, codes
from generator.brands import COMPANY, COOP, HOUSEHOLD, INSTITUTION
from generator.stage import Stage
from generator.words import CLASSES, words

PREFIXES = words(["91", "92", "93", "12"])  # by kind: company, household, cooperative, institution
OLD_BODY_SHARE = 0.45  # companies founded before 2015 have organisation codes of digits
MARKET_SKEW = 3.0  # the first of three markets has 70 % of the stalls: sizes are never alike
AGENTS_PER_UNIT = 0.004  # bookkeeping agencies, whose phone stands for many firms


@dataclass(frozen=True, slots=True)
class Legal:
    """Legal units of a block, one entry each."""

    serial: np.ndarray
    """Number in the whole set."""
    kind: np.ndarray
    """COMPANY, HOUSEHOLD, COOP or INSTITUTION."""
    trade: np.ndarray
    """Position in the table of trades."""
    brand: np.ndarray
    """字号."""
    form: np.ndarray
    """Legal form as registered."""
    other_form: np.ndarray
    """A form that clerks write for it."""
    former_brand: np.ndarray
    """Brand under its former name, empty if it never changed."""
    region_style: np.ndarray
    """Position in REGION_STYLES: what stands before the brand."""
    district: np.ndarray
    """Position of the district of its main site."""
    owner: np.ndarray
    """Person (invented)."""
    phone: np.ndarray
    """Phone (never issued)."""
    region_code: np.ndarray
    """Six-digit code of the registering county, as a number."""
    org: np.ndarray
    """Organisation code (n, 9 bytes)."""
    uscc: np.ndarray
    """USCC (n, 18 bytes)."""
    reg_no: np.ndarray
    """Old registration number (n, 15 bytes)."""
    closed: np.ndarray
    """Closed before the census year."""
    stopped: np.ndarray
    """Open, but standing still."""
    in_scope: np.ndarray
    """Surveyed by the census."""
    visibility: np.ndarray
    """Hidden size that moves the chances of all lists alike."""
    leader: np.ndarray
    """Position of the unit whose place it shares (itself, mostly)."""
    second: np.ndarray
    """Only a second licence of its leader."""
    truth: np.ndarray
    """Serial of the legal unit that it really is."""
    elsewhere: np.ndarray
    """The registered address is not that of the site."""
    market: np.ndarray
    """Number of its market in the block, -1 for none."""
    stall: np.ndarray
    """Number of its stall in the markets of the block, 0 for none."""


def make_legal(stage: Stage, first: int, home: np.ndarray, rng: np.random.Generator) -> Legal:
    """Make the legal units that would live in the given districts; followers move to their leader's."""
    knobs, trades, count = stage.knobs, stage.trades, len(home)
    trade = _pick_trades(stage, count, rng)
    market, stall, trade = _fill_markets(stage, trade, rng)
    kind = _pick_kinds(stage, trade, rng)
    leader, second, one_owner = _pick_leaders(stage, kind, market, rng)
    district = home[leader]
    owner, phone = _people(stage, first, np.where(one_owner | second, leader, np.arange(count)), rng)
    original = np.where(second, leader, -1)
    named = brands.name_units(
        stage, rng, kind=kind, trade=trade, market=market, district=district, owner=owner, original=original
    )
    itself = np.where(second, leader, np.arange(count))
    closed = (rng.random(count) < knobs.closed_share)[itself]
    large = (rng.random(count) < knobs.livestock_large_share)[itself]
    serial = first + np.arange(count)
    region_code = _region_codes(stage)[district]
    org = codes.org_codes(serial, old=(named.kind == COMPANY) & (rng.random(count) < OLD_BODY_SHARE))
    office = serial + np.where(named.kind == HOUSEHOLD, 60_000_000, 0)  # households are counted from 6 [S64]
    return Legal(
        serial=serial,
        **{part.name: getattr(named, part.name) for part in fields(named)},
        district=district,
        owner=owner,
        phone=phone,
        region_code=region_code,
        org=org,
        uscc=codes.usccs(PREFIXES[named.kind], region_code, org),
        reg_no=codes.registration_numbers(region_code, office),
        closed=closed,
        stopped=~closed & (rng.random(count) < knobs.stopped_share),
        in_scope=in_scope(trades.kind[named.trade], closed, large),
        visibility=rng.standard_normal(count),
        leader=leader,
        second=second,
        truth=serial[itself],
        elsewhere=(rng.random(count) < knobs.registered_elsewhere_share) & (market < 0),
        market=market,
        stall=stall,
    )


def in_scope(source_class: np.ndarray, closed: np.ndarray, large: np.ndarray) -> np.ndarray:
    """Return which units the census surveys: of one of its source classes, not closed, livestock only if large."""
    other, livestock = CLASSES.index("other"), CLASSES.index("livestock")
    return (source_class != other) & ~closed & ((source_class != livestock) | large)


def _pick_trades(stage: Stage, count: int, rng: np.random.Generator) -> np.ndarray:
    knobs, trades = stage.knobs, stage.trades
    other, boiler = trades.kind == CLASSES.index("other"), trades.kind == CLASSES.index("boiler")
    inside = np.where(other, 0, trades.weight)
    outside = np.where(other, trades.weight, 0)
    rest = 1 - knobs.out_of_scope_share - knobs.boiler_share
    chance = (
        knobs.out_of_scope_share * outside / outside.sum()
        + knobs.boiler_share * boiler / boiler.sum()
        + rest * inside / inside.sum()
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
    chosen = np.minimum((markets * rng.random(len(inside)) ** MARKET_SKEW).astype(int), markets - 1)
    market[inside], stall[inside] = chosen, rng.permutation(len(inside)) + 1
    trade = trade.copy()
    for kind in range(kinds):
        goods = np.flatnonzero(stage.trades.market == kind)
        here = inside[chosen % kinds == kind]
        trade[here] = rng.choice(goods, len(here))
    return market, stall, trade


def _pick_kinds(stage: Stage, trade: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    trades, draw = stage.trades, rng.random(len(trade))
    kind = np.where(draw < trades.household[trade], HOUSEHOLD, COMPANY)
    kind = np.where(draw > 1 - trades.coop[trade], COOP, kind)
    return np.where(trades.kind[trade] == CLASSES.index("boiler"), INSTITUTION, kind)


def _pick_leaders(
    stage: Stage, kind: np.ndarray, market: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose whose place a unit shares; return leader, mere second licence, same owner (but separate)."""
    knobs, count = stage.knobs, len(kind)
    leader = np.arange(count)
    one_owner, second = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for number in range(int(market.max(initial=-1)) + 1):
        stalls = np.flatnonzero(market == number)
        leader[stalls] = stalls[:1]
    usable = np.flatnonzero((market < 0) & (kind != INSTITUTION))
    draw = rng.random(len(usable))
    cuts = np.cumsum([knobs.shared_address_share, knobs.owner_many_share, knobs.second_licence_share])
    shared, owners, seconds = (
        usable[(draw >= low) & (draw < high)] for low, high in zip([0, *cuts], cuts, strict=False)
    )
    group = rng.integers(0, max(1, round(len(shared) / knobs.shared_address_size)), len(shared))
    _, start = np.unique(group, return_index=True)
    first_of = np.zeros(int(group.max(initial=0)) + 1, dtype=int)
    first_of[group[start]] = shared[start]
    leader[shared] = first_of[group]
    heads = usable[draw > max(0.5, float(cuts[-1]))]
    if len(heads):
        leader[owners], leader[seconds] = rng.choice(heads, len(owners)), rng.choice(heads, len(seconds))
        one_owner[owners], second[seconds] = True, True
    return leader, second, one_owner


def _people(stage: Stage, first: int, source: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return owner and phone of each unit; `source` is the unit that has them from the start."""
    owner = brands.persons(stage.vocabulary, len(source), rng)
    phone = _phones(first, len(source), stage.knobs.agency_phone_share, rng)
    return owner[source], phone[source]


def _phones(first: int, count: int, agency_share: float, rng: np.random.Generator) -> np.ndarray:
    """Make phones that nobody has: 1990000xxxx is not issued, numbers that begin with 1200 do not exist."""
    serial = first + np.arange(count)
    agents = max(1, int(AGENTS_PER_UNIT * count))
    serial = np.where(rng.random(count) < agency_share, first + rng.integers(0, agents, count), serial)
    # 7919 is coprime to 10, so every number comes once in 10,000 (in 10 million) units.
    few, many = codes.texts(codes.digits(serial * 7_919, 4)), codes.texts(codes.digits(serial * 7_919, 7))
    return np.where(serial < 10_000, "1990000" + few, "1200" + many)


def _region_codes(stage: Stage) -> np.ndarray:
    """Return for each district the code of its registering county; a real layer's codes are not used."""
    places = stage.territory.places
    counties = {name: index for index, name in enumerate(sorted({place.county for place in places}))}
    return np.array(
        [
            int(place.code[:6])
            if place.code.startswith("99") and place.code.isdigit()
            else 990101 + counties[place.county]
            for place in places
        ]
    )
