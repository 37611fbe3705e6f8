"""Every field of a unit has words on the desk, so that a new field never breaks a page."""

from minglu.register.desk.queries.unit_details import ENGLISH
from minglu.register.explain.explain_unit import CHINESE
from minglu.register.schemas import FIELDS, FUSED_FIELDS


def test_every_field_of_a_unit_has_words_in_both_languages():
    assert {*FUSED_FIELDS} - CHINESE.keys() == set()
    assert {*FUSED_FIELDS, *FIELDS} - ENGLISH.keys() == set()
