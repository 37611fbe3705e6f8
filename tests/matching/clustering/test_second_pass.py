"""The second look: who is left over on both lists once the others have found each other."""

import numpy as np
import pyarrow as pa
import pytest

from minglu.matching.clustering.second_pass import second_pass
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.linkage_schemas import COMPARISONS
from minglu.matching.model.thresholds import VerdictRules, apply_thresholds
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Patterns, starting_model
from minglu.matching.settings.linkage_settings import load_linkage_settings

SETTINGS = load_linkage_settings()


SEVERAL = {"name": "same_name", "code": "same_uscc", "family": "several"}
DOOR = {"name": "same_name", "place": "same_door", "point": "same_spot", "phone": "same", "person": "same"}


def patterns_of(outcomes, pattern_of):
    """Make patterns from the spoken levels of each, with how often `pattern_of` names them."""
    levels = np.zeros((len(outcomes), len(COMPARISONS)), dtype=np.int8)
    for row, outcome in enumerate(outcomes):
        for name, key in outcome.items():
            levels[row, COMPARISONS.index(name)] = SETTINGS.of(name).number(key)
    count = np.bincount(pattern_of, minlength=len(outcomes))
    return Patterns(levels, count, count)


def rows_with(**codes):
    """Make rows of which nothing but some codes is known."""
    codes = {name: np.array(values, dtype=np.uint32) for name, values in codes.items()}
    size = len(next(iter(codes.values())))
    return CodedRows(pa.array([""] * size), codes, {}, *np.full((3, size), np.nan))


def look(rows, pairs, outcomes, pattern_of, sites, *, units=None):
    """Look again at pairs of rows, of one unit unless told; returns the outcome of each pair in a comparison, by name."""
    patterns = patterns_of(outcomes, pattern_of)
    verdicts = apply_thresholds(patterns.levels, patterns.pairs, starting_model(SETTINGS), SETTINGS, VerdictRules())
    left, right = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    compared = ComparedPairs(left, right, np.array(pattern_of, dtype=np.int32))
    units = np.zeros(len(sites), dtype=np.int64) if units is None else np.array(units)
    grown, again = second_pass(rows, compared, patterns, verdicts, SETTINGS, sites=np.array(sites), legal_units=units)
    assert grown.pairs.tolist() == np.bincount(again.pattern_of, minlength=len(grown.levels)).tolist()
    new = len(grown.levels) - len(outcomes)
    assert grown.shared.tolist() == [*patterns.shared.tolist(), *[0] * new]
    assert len({*map(tuple, grown.levels[len(outcomes) :].tolist())}) == new
    levels = grown.levels[again.pattern_of]
    return {
        name: [("silent", *(level.key for level in SETTINGS.of(name).levels))[one] for one in levels[:, place].tolist()]
        for place, name in enumerate(COMPARISONS)
    }


def looked(lists, sites, pairs, units=None, **outcome):
    """Look again at pairs of one unit that all came out as `several`; returns the family level of each."""
    return look(rows_with(list=lists), pairs, [SEVERAL | outcome], [0] * len(pairs), sites, units=units)["family"]


def test_last_two_rows_of_a_unit_are_raised():
    """Rows 0 and 1 have found each other; 2 and 3 are all that is left on lists 5 and 6."""
    assert looked([5, 6, 5, 6], [0, 0, 2, 3], [(2, 3), (0, 3), (1, 2)]) == ["single", "several", "several"]


@pytest.mark.parametrize(
    ("outcome", "family"),
    [
        ({"place": "same_building"}, "single"),
        ({"place": "same_town"}, "single_apart"),
        ({"place": "other_town"}, "single_apart"),
        ({"branch": "one_sided"}, "several"),  # one of them says that it is a branch
        ({"serial": "further"}, "several"),
        ({"serial": "further_apart"}, "several"),
        ({"serial": "different"}, "several"),  # a barrier
        ({"code": "different"}, "several"),  # hardly one unit
        (DOOR, "several"),  # linked without a second look
    ],
)
def test_what_is_left_over_is_raised_by_its_address_unless_something_says_no(outcome, family):
    """Rows 2 and 3 are left over; near each other or without addresses they are one site, elsewhere less surely."""
    assert looked([5, 6, 5, 6], [0, 0, 2, 3], [(2, 3)], **outcome) == [family]


def test_several_units_are_looked_at_at_once():
    """Of unit 0 two rows are left over at one door, of unit 2 two elsewhere; of unit 4 all have found a partner."""
    rows = rows_with(list=[5, 6, 5, 6, 5, 6, 5, 6])
    outcomes = [SEVERAL | {"place": place} for place in ("same_building", "other_town", "same_town")]
    pairs, sites, units = [(0, 1), (2, 3), (4, 7)], [0, 1, 2, 3, 4, 4, 6, 6], [0, 0, 2, 2, 4, 4, 4, 4]
    assert look(rows, pairs, outcomes, [0, 1, 2], sites, units=units)["family"] == ["single", "single_apart", "several"]


def test_rows_of_two_units_are_not_left_over_for_each_other():
    assert looked([5, 6], [0, 1], [(0, 1)], units=[0, 1]) == ["several"]


def test_a_partner_on_a_third_list_does_not_count():
    """Rows 0 and 1 have found each other on lists 5 and 7; row 0 and row 2 are still left over on lists 5 and 6."""
    assert looked([5, 7, 6], [0, 0, 2], [(0, 2)]) == ["single"]


def test_three_left_over_rows_stay_in_doubt():
    """With two rows left on one list, nothing can be said."""
    assert looked([5, 5, 6], [0, 1, 2], [(0, 2), (1, 2)]) == ["several", "several"]


def test_rows_of_one_list_are_never_left_over_for_each_other():
    """Two rows of one list are two sites or duplicates, not partners."""
    assert looked([5, 5], [0, 1], [(0, 1)]) == ["several"]


def test_second_licence_is_a_matter_of_two_codes():
    """Rows 0 and 1 have shown that codes 5 and 6 are two licences of one unit: so are rows 2 and 3; 5 and 7 are not."""
    rows = rows_with(list=[1, 2, 1, 2, 2], org_code=[5, 6, 6, 5, 7])
    outcomes = [DOOR | {"code": "second_licence"}, {"name": "same_core", "code": "different", "place": "other_town"}]
    found = look(rows, [(0, 1), (2, 3), (3, 4)], outcomes, [0, 1, 1], range(5))
    assert found["code"] == ["second_licence", "second_licence", "different"]
    assert found["place"] == ["same_door", "other_town", "other_town"]


def test_what_two_codes_have_shown_holds_in_either_order_and_for_no_row_without_a_code():
    """Rows 0 and 1 have shown 5 and 6; rows 2 and 3 have them the other way round, row 4 has no code, rows 5 and 6 others."""
    rows = rows_with(list=[1, 2, 1, 2, 1, 2, 2], org_code=[6, 5, 5, 6, 0, 8, 4])
    outcomes = [DOOR | {"code": "second_licence"}, {"name": "same_core", "code": "different"}]
    pairs = [(0, 1), (2, 3), (3, 4), (4, 5), (1, 5), (3, 6)]
    found = look(rows, pairs, outcomes, [0, *[1] * 5], range(7))
    assert found["code"] == ["second_licence", "second_licence", *["different"] * 4]


def test_nothing_to_look_at_changes_nothing():
    """No pair, no change."""
    empty = Patterns(np.empty((0, len(COMPARISONS)), dtype=np.int8), np.empty(0, np.int64), np.empty(0, np.int64))
    assert learn_model(empty, SETTINGS).figures == ()
