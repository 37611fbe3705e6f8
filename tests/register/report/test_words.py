"""Whatever a run may find, the page has words and a place for it."""

from minglu.register.findings import FINDINGS
from minglu.register.report.words import FINDING_SECTIONS, SECTIONS


def test_every_finding_has_a_section_that_says_more():
    assert set(FINDINGS) == set(FINDING_SECTIONS)
    assert set(FINDING_SECTIONS.values()) <= set(SECTIONS)
