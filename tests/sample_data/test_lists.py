"""Promises of the lists: who is on them, and that every kind of damage occurs at about its rate."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from generator import codes, datums, lists, noise, words
from generator.brands import COMPANY
from generator.firms import make_legal
from generator.lists import Listing
from generator.stage import Stage
from generator.words import CLASSES
from generator.world import BRANCH, MAIN, WORKSHOP, Block

Listings = dict[str, Listing]


def _share(flags: np.ndarray) -> float:
    return float(np.mean(flags))


def _column(listing: Listing, name: str) -> list[str]:
    return [value if isinstance(value, str) else "" for value in listing.columns[name].tolist()]


def test_about_half_of_the_units_are_out_of_scope_or_closed(block: Block) -> None:
    """As in the clearings of Sichuan and Tonglu (54 % and 48 % kept)."""
    assert 0.42 < _share(block.sites.in_scope) < 0.58
    assert 0.08 < _share(block.legal.closed) < 0.16


def test_a_legal_unit_has_branches_and_plants(block: Block) -> None:
    """Branches have codes of their own, plants their parent's code and the next permit serials."""
    sites, legal = block.sites, block.legal
    counts = Counter(sites.kind.tolist())
    assert counts[MAIN] == len(legal.serial)
    assert min(counts[BRANCH], counts[WORKSHOP]) > 50
    parent = codes.texts(legal.uscc)[sites.legal]
    own = codes.texts(sites.uscc)
    assert (own[sites.kind == BRANCH] != parent[sites.kind == BRANCH]).all()
    assert (own[sites.kind != BRANCH] == parent[sites.kind != BRANCH]).all()
    keys = list(zip(own.tolist(), sites.permit_serial.tolist(), strict=True))
    assert len(set(keys)) == len(keys)


def test_firms_share_addresses_and_owners_hold_several_licences(block: Block) -> None:
    """One address with many firms, one owner with many licences, and a few second licences of one site."""
    legal, main = block.legal, block.sites.kind == MAIN
    places = Counter(map(tuple, block.sites.point[main][legal.market < 0].tolist()))
    assert max(places.values()) >= 5
    follows = (legal.leader != np.arange(len(legal.serial))) & (legal.market < 0)
    same_owner = follows & (legal.owner == legal.owner[legal.leader]) & ~legal.second
    assert 0.015 < _share(same_owner) < 0.05
    assert legal.second.sum() >= 5
    assert (legal.truth[legal.second] == legal.serial[legal.leader[legal.second]]).all()


def test_markets_hold_many_units_with_near_equal_names(block: Block) -> None:
    """A market's brands are made of few characters, at one place, with stalls of their own."""
    inside = block.legal.market == 0
    assert inside.sum() > 60
    assert len({brand[0] for brand in block.legal.brand[inside]}) <= 12
    units = block.sites.address.unit[block.sites.kind == MAIN][inside]
    assert len(set(units.tolist())) == inside.sum()


def test_markets_have_thousands_of_units_in_large_sets(stage: Stage) -> None:
    """One in twenty units of a block of 60,000."""
    legal = make_legal(stage, 0, np.zeros(60_000, dtype=int), np.random.default_rng(1))
    assert max(Counter(legal.market[legal.market >= 0].tolist()).values()) > 1_800


def test_one_office_registers_one_name_once(block: Block) -> None:
    """Brand, trade and form are unique in an area, but for homonyms in other towns and second licences."""
    legal = block.legal
    plain = ~legal.second & (legal.region_style < 4) & (legal.kind == COMPANY)
    keys = list(zip(legal.brand[plain], legal.trade[plain], legal.form[plain], legal.region_code[plain], strict=True))
    assert len(set(keys)) == len(keys)
    everywhere = Counter(zip(legal.brand, legal.trade, strict=True))
    assert max(everywhere.values()) > 1


def test_lists_overlap_more_than_independent_lists_would(stage: Stage, block: Block) -> None:
    """Hidden visibility makes the lists positively dependent; some in-scope sites are on none."""
    captured = lists.capture(stage, block)
    main = (block.sites.kind == MAIN) & block.sites.in_scope
    business, tax = captured["business"][main], captured["tax"][main]
    assert _share(business & tax) > _share(business) * _share(tax) + 0.01
    nowhere = ~(business | tax | captured["permit"][main])
    assert 0.01 < _share(nowhere) < 0.15


def test_permit_list_holds_livestock_boilers_and_facilities(stage: Stage, block: Block, listings: Listings) -> None:
    """In small numbers; boilers stand under the code of the general process."""
    listing = listings["permit"]
    kinds = stage.trades.kind[block.legal.trade[block.sites.legal[listing.site]]]
    for name in ("livestock", "boiler", "facility"):
        assert 0.003 < _share(kinds == CLASSES.index(name)) < 0.15
    boilers = kinds == CLASSES.index("boiler")
    assert set(listing.columns["industry_code"][boilers].tolist()) == {"TY01"}


def test_rows_are_entered_twice(listings: Listings) -> None:
    """Some copied, some typed again."""
    listing = listings["tax"]
    twice = [site for site, number in Counter(listing.site.tolist()).items() if number == 2]
    assert 0.02 < len(twice) / len(listing.site) < 0.05
    names = {site: listing.columns["name"][listing.site == site].tolist() for site in twice}
    assert {len(set(pair)) for pair in names.values()} == {1, 2}


def test_codes_are_right_unless_they_were_damaged(block: Block, listings: Listings) -> None:
    """Most codes are the true ones; missing, mistyped, old, rounded and placeholder codes occur."""
    listing = listings["tax"]
    true = codes.texts(block.sites.uscc[listing.site])
    seen = listing.columns["uscc"]
    assert 0.75 < _share(seen == true) < 0.9
    texts = _column(listing, "uscc")
    assert 0.008 < _share(np.array([isinstance(value, float) for value in seen])) < 0.03
    assert any(text in noise.PLACEHOLDERS for text in texts)
    assert any(len(text) == 15 for text in texts)
    personal = np.array([text.startswith("99010119000000") for text in texts if len(text) == 20])
    assert len(personal) > 20
    assert _share(personal) > 0.9  # some are mistyped as well
    mistyped = [
        (s, t) for s, t in zip(texts, true, strict=True) if len(s) == 18 and s != t and s not in noise.PLACEHOLDERS
    ]
    assert any(sorted(s) == sorted(t) for s, t in mistyped)
    assert any(sum(a != b for a, b in zip(s, t, strict=True)) == 1 for s, t in mistyped)
    shown = _column(listings["business"], "uscc")
    assert any("E+17" in text for text in shown)


def test_names_vary_in_every_way(block: Block, listings: Listings) -> None:
    """Former names, regions dropped or in brackets, full width, homophones, shapes, order, other forms."""
    names = [name for listing in listings.values() for name in _column(listing, "name")]
    assert any("(原" in name or "（原" in name for name in names)
    assert any("曾用名" in name for name in names)
    assert any("\u3000" in name for name in names)
    assert any("（" in name for name in names)
    assert any("(" in name for name in names)
    assert any(former for former in _column(listings["business"], "former_name"))
    heads = _share(np.array([name.startswith(("霁州", "澜浦")) or name[2:3] in "县区市" for name in names]))
    assert 0.5 < heads < 0.95
    owners = Counter(block.legal.owner.tolist())
    assert len(owners) > 1_000


def test_addresses_vary_in_every_way(listings: Listings) -> None:
    """Levels dropped, words shortened, Chinese numerals, buildings, stalls, groups, registered elsewhere."""
    rows = [text for listing in listings.values() for text in _column(listing, "site_address")]
    for mark in ("#", "组", "幢", "号摊位", "开发区", "百", "-1号"):
        assert any(mark in text for text in rows), mark
    assert 0.15 < _share(np.array([not text.startswith("霁州省") for text in rows])) < 0.5
    business = listings["business"]
    differ = business.columns["address"] != business.columns["site_address"]
    assert 0.1 < _share(differ) < 0.3


def test_coordinates_are_damaged_in_every_way(block: Block, listings: Listings) -> None:
    """Blank, zero, swapped, degree-minute-second, truncated, and one default point for many."""
    rows = [
        (lon, lat)
        for kind in ("business", "tax")
        for lon, lat in zip(_column(listings[kind], "lon"), _column(listings[kind], "lat"), strict=True)
    ]
    plain = [(float(lon), float(lat)) for lon, lat in rows if lon.replace(".", "").isdigit()]
    assert any(lon == "" for lon, _ in rows)
    assert any(pair == (0.0, 0.0) for pair in plain)
    assert any(0 < lon < 60 < lat for lon, lat in plain)
    assert any("°" in lon for lon, _ in rows)
    assert any("度" in lon for lon, _ in rows)
    assert any(len(lon.partition(".")[2]) == 2 for lon, _ in rows)
    assert max(Counter(pair for pair in rows if pair[0] not in {"", "0"}).values()) >= 3


def _degrees(text: str) -> float:
    """Return a whole decimal coordinate, else NaN."""
    return float(text) if text.replace(".", "").isdigit() and len(text.partition(".")[2]) == 6 else np.nan


@pytest.mark.parametrize(("kind", "datum"), [("business", "BD09"), ("tax", "GCJ02"), ("permit", "CGCS2000")])
def test_each_list_is_in_its_datum(block: Block, listings: Listings, kind: str, datum: str) -> None:
    """In its own datum the median error is the list's jitter; a wrong datum is hundreds of metres off."""
    listing = listings[kind]
    lon, lat = (np.array([_degrees(text) for text in _column(listing, axis)]) for axis in ("lon", "lat"))
    point = block.sites.point[listing.site]
    medians = {}
    for name in ("CGCS2000", "GCJ02", "BD09"):
        true = datums.shift(point, name)
        off = np.hypot((lon - true[:, 0]) * 95_700, (lat - true[:, 1]) * 111_195)
        medians[name] = float(np.nanmedian(off))
    assert min(medians, key=lambda name: medians[name]) == datum
    assert medians[datum] < 150 < min(m for name, m in medians.items() if name != datum)


def test_gcj02_agrees_with_a_published_pair() -> None:
    """WGS-84 (39.90105, 116.42079) is GCJ-02 (39.90245, 116.42703)."""
    made = datums.to_gcj02(np.array([[116.42079, 39.90105]]))[0]
    assert made == pytest.approx([116.42703, 39.90245], abs=1e-5)


def test_declared_districts_are_often_missing_short_or_stale(stage: Stage, block: Block, listings: Listings) -> None:
    """Blank for a third, 12 digits for half of the rest, wrong for some, a virtual one for a few."""
    listing = listings["tax"]
    seen = _column(listing, "district_code")
    true = [stage.territory.places[d].code for d in block.sites.district[listing.site]]
    told = [(s, t) for s, t in zip(seen, true, strict=True) if s]
    assert 0.55 < len(told) / len(seen) < 0.75
    assert 0.4 < _share(np.array([len(s) == 12 for s, _ in told])) < 0.7
    assert 0.02 < _share(np.array([not t.startswith(s) for s, t in told])) < 0.12


def test_closed_units_are_mostly_known_as_closed(block: Block, listings: Listings) -> None:
    """Some offices have not heard of it; nobody calls an open unit closed."""
    listing = listings["business"]
    closed = block.legal.closed[block.sites.legal[listing.site]]
    status = np.array([text[:2] for text in _column(listing, "status")])
    assert 0.75 < _share(np.isin(status[closed], ["注销", "吊销"])) < 0.95
    assert not np.isin(status[~closed], ["注销", "吊销"]).any()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1_005, "一千零五"),
        (1_800, "一千八百"),
    ],
)
def test_numbers_are_written_in_chinese(number: int, text: str) -> None:
    """As house numbers are read aloud."""
    assert words.chinese_number(number) == text


def test_phones_and_persons_are_visibly_invented(block: Block) -> None:
    """Phones of a range that is not issued; given names that begin with a word for made up."""
    assert all(phone.startswith(("1990000", "1200")) and len(phone) == 11 for phone in block.legal.phone.tolist())
    assert {owner[1] for owner in block.legal.owner.tolist()} == set("示样虚拟假某例试")
