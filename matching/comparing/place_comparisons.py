"""Comparisons of places: addresses of operation, registered addresses, how many rows share an address.

With the conditions on addresses that other comparisons use; see comparisons.py.
"""

from __future__ import annotations

import numpy as np

from minglu.common.arrays import Flags, Levels
from minglu.matching.comparing.pair_batch import Pairs, first_of, number_steps
from minglu.matching.encoding.text_hashing import MISSING, Marks
from minglu.matching.settings.linkage_settings import MISSING_LEVEL

ADDRESS_FREQUENCY_STEPS = (4, 12, 60)
NEAR_M, SHARP_M = 300.0, 500.0  # points so close; known so well, both together


def compare_place(pairs: Pairs) -> Levels:
    """Compare the addresses of operation part by part, from the house number outwards.

    A township that is the same outweighs the name of the county: counties are merged and renamed.
    """
    town_differs, away, elsewhere = pairs.differ("site_town"), is_away(pairs), is_elsewhere(pairs)
    same_key = pairs.same("site_key") & ~away
    other_building, other_room = same_key & pairs.differ("site_building"), same_key & pairs.differ("site_room")
    area = (pairs.same("site_village") | pairs.same("site_park")) & ~away
    road = pairs.same("site_road") & ~away
    number = pairs.same("site_number") & pairs.same("site_town")
    more = pairs.differ("site_key") | pairs.differ("site_number") | pairs.differ("site_road")
    given = pairs.same("site_given")
    return first_of(
        pairs,
        pairs.same("site_text") & (pairs.same("site_key") | pairs.same("site_building")),
        same_key & ~other_building & ~other_room,
        pairs.same("site_whole"),
        number & ~same_key,
        pairs.same("site_building") & (area | road) & ~pairs.differ("site_room"),
        other_room & ~other_building,
        (road | area) & ~more & ~other_building,
        other_building,
        road,
        area,
        pairs.same("site_town") & ~elsewhere,
        pairs.same("site_town") & ~given,
        elsewhere & ~away & ~given,
        pairs.same("site_town"),
        town_differs & _stand_close(pairs),
        elsewhere & ~away,
        away & ~given,
        town_differs & ~pairs.differ("site_county"),
        away,
    )


def is_away(pairs: Pairs) -> Flags:
    """Return where the townships differ, or the counties where no township is known to be the same."""
    away: Flags = pairs.differ("site_town") | (pairs.differ("site_county") & ~pairs.same("site_town"))
    return away


def is_elsewhere(pairs: Pairs) -> Flags:
    """Return where both sides name a road, a village or a park, and not the same ones."""
    named = ("site_road", "site_village", "site_park")
    differ = pairs.differ(named[0]) | pairs.differ(named[1]) | pairs.differ(named[2])
    elsewhere: Flags = differ & ~(pairs.same(named[0]) | pairs.same(named[1]) | pairs.same(named[2]))
    return elsewhere


def at_one_address(pairs: Pairs) -> Flags:
    """Return where both have one house number, and neither another building nor another room."""
    inside = pairs.differ("site_building") | pairs.differ("site_room")
    one_address: Flags = (pairs.same("site_key") | pairs.same("site_whole")) & ~is_away(pairs) & ~inside
    return one_address


def _stand_close(pairs: Pairs) -> Flags:
    """Return where points that are known to some hundred metres lie as close: an address must be out of date."""
    distance, slack = pairs.distances_m()
    close: Flags = distance <= NEAR_M + np.where(slack <= SHARP_M, slack, np.nan)
    return close


def compare_crowd(pairs: Pairs) -> Levels:
    """Return how many rows share the address where both share it: a market's address weighs little."""
    shared = pairs.same("site_key") & ~pairs.differ("site_town")
    return number_steps(shared, pairs.frequency("address"), ADDRESS_FREQUENCY_STEPS)


def compare_seat(pairs: Pairs) -> Levels:
    """Compare registered addresses; missing where neither side has another address than that of operation.

    One address in two columns must not count as two agreements.
    """
    sites, seats = pairs.sides("site_text"), pairs.sides("reg_text")
    one_address = (sites[0] == seats[0]) & (sites[1] == seats[1])
    town_differs = pairs.differ("reg_town")
    levels = first_of(
        pairs,
        pairs.same("reg_text") | (pairs.same("reg_key") & ~town_differs),
        pairs.differ("site_text") & _seat_is_site(pairs),
        (pairs.same("reg_road") | pairs.same("reg_village")) & ~town_differs,
        pairs.same("reg_town"),
        town_differs | pairs.differ("reg_key"),
    )
    return np.where(one_address, np.int8(MISSING_LEVEL), levels)


def _seat_is_site(pairs: Pairs) -> Flags:
    """Return where one side operates at the address where the other is registered."""
    (site, other_site), (seat, other_seat) = pairs.sides("site_key"), pairs.sides("reg_key")
    (town, other_town), (seat_town, other_seat_town) = pairs.sides("site_town"), pairs.sides("reg_town")

    def meet(address: Marks, town: Marks, other: Marks, other_town: Marks) -> Flags:
        no_other_town = (town == other_town) | (town == MISSING) | (other_town == MISSING)
        met: Flags = (address == other) & (address != MISSING) & no_other_town
        return met

    return meet(site, town, other_seat, other_seat_town) | meet(other_site, other_town, seat, seat_town)
