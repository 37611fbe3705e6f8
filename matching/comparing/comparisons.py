"""How alike two rows of the register are, one function per comparison: levels, never weights.  No rule data.

Comparisons whose levels say in the table when they hold need no function (declared.py).
Every function takes the pairs of a batch and returns one level number per pair, in
the numbering of comparisons.toml; MISSING_LEVEL where either side is no evidence.  All
are symmetric: left and right may be swapped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from minglu.common.arrays import Flags, Integers, Levels
from minglu.matching.comparing.pair_batch import Pairs, RowFacts, first_of, number_steps
from minglu.matching.comparing.place_comparisons import (
    ADDRESS_FREQUENCY_STEPS,
    NEAR_M,
    at_one_address,
    compare_crowd,
    compare_place,
    compare_seat,
    is_away,
    is_elsewhere,
)
from minglu.matching.comparing.similarity import code_likeness
from minglu.matching.comparing.table_comparisons import compare_declared
from minglu.matching.encoding.encode_entries import FORMERS, PREFIX_CHARACTERS
from minglu.matching.encoding.text_hashing import MISSING, cut_codes, hash_text
from minglu.matching.settings.linkage_settings import Comparison, LinkageSettings, pack_columns, unpack_levels

BATCH_PAIRS = 24_000  # what is read of both sides stays near 12 MB: in the cache, or not far from it
SHARED_ROWS = 6  # a unit on three lists with a duplicate or two; above it an agent's or a market's phone
COMMON_PERSON_ROWS = 6
CHAIN_BRANCHES = 3  # rows of branches from which a row of their full name may be one whose mark was left out
COMPANY = cut_codes(hash_text(pa.array(["91"])))[0]  # the registrar of enterprises, as encode_entries codes it
RARITY_STEPS = (0, 1, 3, 10, 100)
NEAR_NAME, BRAND_NEAR, PART_NAME = 0.78, 0.6, 0.5  # shares of characters in common, on name cores


def compare_name(pairs: Pairs) -> Levels:
    """Compare names by letter, core, former names, sound, shape, brand and likeness of cores."""
    same_core = pairs.same("core")
    present = same_core | pairs.differ("core")
    likeness = pairs.likeness("core", present & ~same_core, PART_NAME)
    same_brand = pairs.same("brand") | _begins_with_brand(pairs)
    sound_brand = pairs.same("brand_sound") | pairs.same("brand_shape")
    left, right = pairs.sides("branch")
    full, marked = pairs.same("full"), left != right
    other_name = pairs.differ("form") | pairs.differ("region_small") | pairs.differ("region_large")
    return first_of(
        pairs,
        full & pairs.same("name_key") & (pairs.frequency("units_of_full") <= 1),
        full & pairs.same("name_key"),
        full & marked,
        pairs.same("name_key"),
        same_core & marked & ~other_name,
        same_core,
        _former_is_name(pairs),
        pairs.same("core_sound"),
        pairs.same("core_letters") | pairs.same("name_letters"),
        sound_brand & ~same_brand & (likeness >= PART_NAME),
        same_brand & ((likeness >= BRAND_NEAR) | pairs.same("class")),
        _owner_is_name(pairs),
        (likeness >= NEAR_NAME) | (sound_brand & pairs.same("class")),
        pairs.same("head_3") | (pairs.same("head_2") & pairs.same("class")),
        likeness >= PART_NAME,
        same_brand,
        present,
    )


def _begins_with_brand(pairs: Pairs) -> Flags:
    """Return where the brand of one begins the name of the other, whose trade no table knows."""
    found = np.zeros(len(pairs), dtype=np.bool_)
    left, right = pairs.sides("brand")
    for size in PREFIX_CHARACTERS:
        head_left, head_right = pairs.sides(f"head_{size}")
        found |= ((left == head_right) & (left != MISSING)) | ((right == head_left) & (right != MISSING))
    return found


def _former_is_name(pairs: Pairs) -> Flags:
    found = np.zeros(len(pairs), dtype=np.bool_)
    core_left, core_right = pairs.sides("core")
    for number in range(1, FORMERS + 1):
        left, right = pairs.sides(f"former_{number}")
        found |= (left == core_right) & (left != MISSING)
        found |= (right == core_left) & (right != MISSING)
    return found


def _owner_is_name(pairs: Pairs) -> Flags:
    """Return where one side calls a household by the name of its owner, whom the other side names as such."""
    (name, other_name), found = pairs.sides("owner_name"), np.zeros(len(pairs), dtype=np.bool_)
    for column in ("legal_person", "contact"):
        person, other = pairs.sides(column)
        found |= ((name == other) & (name != MISSING)) | ((other_name == person) & (other_name != MISSING))
    owner: Flags = found & ~((name == other_name) & (name != MISSING))
    return owner


def compare_rarity(pairs: Pairs) -> Levels:
    """Count the other units that have the shared name core, else the shared brand.

    The units of the two rows themselves are not counted: else two homonyms would look
    less rare than two rows of one unit for no other reason than being two.
    """
    same_core = pairs.same("core")
    units = np.where(same_core, pairs.frequency("units_of_core"), pairs.frequency("units_of_brand"))
    left, right = pairs.sides("head_code")
    own = (left != MISSING).astype(np.int32) + ((right != MISSING) & (right != left))
    return number_steps(same_core | pairs.same("brand"), np.maximum(units.astype(np.int32) - own, 0), RARITY_STEPS)


def compare_branch(pairs: Pairs) -> Levels:
    """Compare branch marks; two names without any are alike in that."""
    left, right = pairs.sides("branch")
    none = (left == MISSING) & (right == MISSING)
    one_sided = (left == MISSING) != (right == MISSING)
    left_out, respelled = _is_left_out(pairs), _is_respelled(pairs)
    return first_of(
        pairs, pairs.same("branch"), none, one_sided & left_out, respelled, one_sided, pairs.differ("branch")
    )


def _is_left_out(pairs: Pairs) -> Flags:
    """Return where a branch mark on one side is missing on the other: the same code, and the same address.

    Where the address is missing or written otherwise, the same person and telephone stand in for it.
    """
    reached = _same_person(pairs) & pairs.same("phone") & ~is_away(pairs) & ~is_elsewhere(pairs)
    left_out: Flags = pairs.same("org_code") & (at_one_address(pairs) | (reached & ~pairs.differ("site_key")))
    return left_out


def _is_respelled(pairs: Pairs) -> Flags:
    """Return where two branch marks name one branch: a code that occurs once on each list, and the same address."""
    own = pairs.same("org_code") & (pairs.frequency("code_in_list") == 1) & ~pairs.same("list")
    respelled: Flags = pairs.differ("branch") & own & at_one_address(pairs)
    return respelled


def compare_code(pairs: Pairs) -> Levels:
    """Compare identifiers: valid ones as a whole, damaged ones by what is left of them."""
    differ = pairs.differ("org_code") | pairs.differ("uscc")
    contradicted = _is_contradicted(pairs)
    edit, rounded, unlike = _damage(pairs, _one_is_damaged(pairs) & ~differ)
    rare_seen = pairs.frequency("uscc_seen") <= SHARED_ROWS
    branch = _is_branch_of(pairs) | (pairs.same("full") & (pairs.frequency("branches_of_full") >= CHAIN_BRANCHES))
    return first_of(
        pairs,
        pairs.same("uscc") & ~contradicted,
        pairs.same("org_code") & ~contradicted,
        pairs.same("reg_no"),
        pairs.same("uscc_seen") & rare_seen,
        edit,
        rounded,
        contradicted,
        differ & ~branch & _is_second_licence(pairs),
        differ & branch,
        unlike,
        differ & _at_one_door(pairs) & ~pairs.differ("legal_person"),
        differ,
    )


def _is_second_licence(pairs: Pairs) -> Flags:
    """Return where one address has two licences of like names and no different owners: 一户多照, one unit in a census.

    An owner must be named on both sides, and no two bodies of different registers (company and co-operative, school
    and canteen) are ever one unit, but for a household that became a company 个转企.
    """
    licences: Flags = _at_one_door(pairs) & _same_person(pairs) & _one_register(pairs)
    return licences


def _at_one_door(pairs: Pairs) -> Flags:
    """Return where two rows of like names are at one address: two registrations of one unit, or two units.

    Like names are the same core however written, or the same brand in the same trade; a
    sibling company of that brand in another trade is none.
    """
    same_town = ~pairs.differ("site_town")
    address = pairs.same("site_key") & same_town
    more = pairs.differ("site_key") | pairs.differ("site_number") | pairs.differ("site_road")
    place = (pairs.same("site_village") | pairs.same("site_road")) & same_town & ~more
    name = pairs.same("core") | pairs.same("core_sound") | pairs.same("core_letters") | _former_is_name(pairs)
    brand = pairs.same("brand") | pairs.same("brand_shape") | pairs.same("brand_sound") | _begins_with_brand(pairs)
    alike = name | (brand & pairs.same("class"))
    together: Flags = (address & alike) | (place & name)
    return together


def _one_register(pairs: Pairs) -> Flags:
    """Return where one owner may hold both codes: at least one is a household's, the other of no other register.

    Two companies are two legal persons 法人, whoever owns them.
    """
    households = [side != MISSING for side in pairs.sides("household")]
    companies = [side == COMPANY for side in pairs.sides("registrar")]
    one_is_household = (households[0] & companies[1]) | (households[1] & companies[0])
    together: Flags = one_is_household | (households[0] & households[1])
    return together


def _is_contradicted(pairs: Pairs) -> Flags:
    """Return where a code is the same and all else indicates two units: name, person, address, telephone.

    Then the code was copied from a neighbour, a parent or the operator of a park; so one address of a park, which many
    rows share, supports nothing.
    """
    suspected = (pairs.same("uscc") | pairs.same("org_code")) & pairs.differ("legal_person") & pairs.differ("brand")
    alike = (
        pairs.same("core_sound") | pairs.same("core_letters") | pairs.same("brand_sound") | pairs.same("brand_shape")
    )
    alike |= _former_is_name(pairs) | _begins_with_brand(pairs) | pairs.same("reg_no")
    own_door = at_one_address(pairs) & (pairs.frequency("address") <= ADDRESS_FREQUENCY_STEPS[0])
    alike |= _same_person(pairs) | pairs.same("phone") | own_door | pairs.same("reg_text")
    contradicted: Flags = suspected & ~alike
    return contradicted


def _same_person(pairs: Pairs) -> Flags:
    """Return where a legal representative or contact of one side is one of the other."""
    same = pairs.same("legal_person") | pairs.same("contact")
    owner_left, owner_right = pairs.sides("legal_person")
    contact_left, contact_right = pairs.sides("contact")
    same |= (owner_left == contact_right) & (owner_left != MISSING)
    same |= (owner_right == contact_left) & (owner_right != MISSING)
    return same


def _one_is_damaged(pairs: Pairs) -> Flags:
    """Return where one side has a damaged code, the other a code of any kind, and the damage is not a placeholder."""
    seen_left, seen_right = pairs.sides("uscc_seen")
    valid_left, valid_right = pairs.sides("uscc")
    present = ((seen_left != MISSING) | (valid_left != MISSING)) & ((seen_right != MISSING) | (valid_right != MISSING))
    damaged = (seen_left != MISSING) | (seen_right != MISSING)
    comparable: Flags = present & damaged & (seen_left != seen_right) & (pairs.frequency("uscc_seen") <= SHARED_ROWS)
    return comparable


def _damage(pairs: Pairs, asked: Flags) -> tuple[Flags, Flags, Flags]:
    """Return how far the codes of the pairs that are `asked` for agree: see `code_likeness`."""
    edit, rounded, unlike = (np.zeros(len(pairs), dtype=np.bool_) for _ in range(3))
    some = np.flatnonzero(asked)
    found = code_likeness(pairs.facts.rows.texts["code_text"], pairs.left[some], pairs.right[some])
    edit[some], rounded[some], unlike[some] = found
    return edit, rounded, unlike


def compare_family(pairs: Pairs) -> Levels:
    """Return whether either list has several rows of this code, or of this name where codes are missing.

    A unit that stands once on each list hardly has two sites; one that stands there
    five times does.  Where the addresses differ this is much weaker evidence (two lists may each
    know one of two sites), so that case has a level of its own.
    """
    same_code, same_core = pairs.same("org_code"), pairs.same("core")
    rows = np.where(same_code, pairs.frequency("code_in_list"), pairs.frequency("core_in_list"))
    places = np.where(same_code, pairs.frequency("places_of_code"), pairs.frequency("places_of_core"))
    shared = same_code | same_core
    single = shared & (rows == 1) & ~pairs.same("list")
    apart = pairs.differ("site_key") | is_away(pairs) | is_elsewhere(pairs)
    shows = _shows_sites(pairs)
    copies = shared & (places == 1)
    household_left, household_right = pairs.sides("household")
    household = same_code & ((household_left != MISSING) | (household_right != MISSING))
    return first_of(
        pairs,
        single & ~apart & ~shows,
        household & ~shows,
        copies & ~apart & ~shows,
        single & ~shows & ~is_away(pairs),
        single & ~shows,
        shared,
    )


def compare_serial(pairs: Pairs) -> Levels:
    """Compare the serial of the site: inside permit numbers of one owner, or behind the USCC.

    A serial of 002 or more names a further site of the unit; a row without any serial is seldom that one.
    """
    further = _one_is_further_site(pairs)
    other = pairs.same("permit_owner") & pairs.differ("permit_serial")
    return first_of(
        pairs,
        pairs.same("permit_no") | (pairs.same("site_suffix") & ~other),
        other | pairs.differ("site_suffix"),
        further & pairs.differ("site_key"),
        further,
    )


def _one_is_further_site(pairs: Pairs) -> Flags:
    """Return where one side has a permit serial above 001, the other no serial at all."""
    further, serial, suffix = (pairs.sides(name) for name in ("further_site", "permit_serial", "site_suffix"))
    missing = [(serial[side] == MISSING) & (suffix[side] == MISSING) for side in (0, 1)]
    found: Flags = ((further[0] != MISSING) & missing[1]) | ((further[1] != MISSING) & missing[0])
    return found


def _shows_sites(pairs: Pairs) -> Flags:
    """Return where the pair itself shows that the unit has several sites: a branch on one side, a further serial."""
    branch = pairs.sides("branch")
    marked = (branch[0] != branch[1]) & ~_is_left_out(pairs) & ~_is_respelled(pairs)
    shown: Flags = marked | _one_is_further_site(pairs)
    return shown


def _is_branch_of(pairs: Pairs) -> Flags:
    """Return where one name is the other's with a branch mark, or with another one."""
    left, right = pairs.sides("branch")
    branch: Flags = (left != right) & (pairs.same("brand") | pairs.same("core_sound"))
    return branch


def compare_point(pairs: Pairs) -> Levels:
    """Compare located points in the light of their precision."""
    distance, slack = pairs.distances_m()
    located = np.isfinite(distance)
    return first_of(
        pairs,
        distance <= np.maximum(60.0, slack),
        distance <= NEAR_M + slack,
        distance <= 1000.0 + slack,
        distance <= 5000.0 + slack,
        located,
    )


def compare_person(pairs: Pairs) -> Levels:
    """Compare the people in charge: legal representatives and contacts, since lists name one or the other.

    Only two legal representatives can differ; another contact is no disagreement.
    """
    same = _same_person(pairs)
    rare = pairs.frequency("person") <= COMMON_PERSON_ROWS
    return first_of(pairs, same & rare, same, pairs.differ("legal_person"))


FUNCTIONS: Mapping[str, Callable[[Pairs], Levels]] = {
    "name": compare_name,
    "rarity": compare_rarity,
    "branch": compare_branch,
    "code": compare_code,
    "family": compare_family,
    "serial": compare_serial,
    "place": compare_place,
    "crowd": compare_crowd,
    "seat": compare_seat,
    "point": compare_point,
    "person": compare_person,
}


def compare_pairs(facts: RowFacts, left: np.ndarray, right: np.ndarray, settings: LinkageSettings) -> Levels:
    """Compare each pair in every way: one row per pair, one column per comparison of the settings."""
    return unpack_levels(compare_all(facts, left, right, settings), settings)


def compare_all(facts: RowFacts, left: np.ndarray, right: np.ndarray, settings: LinkageSettings) -> Integers:
    """Compare all pairs, batch by batch; returns the packed levels of each pair, in order."""
    packed = np.empty(len(left), dtype=np.int64)
    for start in range(0, len(left), BATCH_PAIRS):
        batch = slice(start, start + BATCH_PAIRS)
        pairs = Pairs(facts, left[batch], right[batch])
        packed[batch] = pack_columns((_compare(pairs, comparison) for comparison in settings.comparisons), settings)
    return packed


def _compare(pairs: Pairs, comparison: Comparison) -> Levels:
    return compare_declared(pairs, comparison) if comparison.declared else FUNCTIONS[comparison.name](pairs)
