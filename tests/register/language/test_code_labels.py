"""Whatever a run may find, the page has words and a place for it."""

from minglu.register.coverage.findings import FINDINGS
from minglu.register.language.code_labels import FINDING_SECTIONS, SECTIONS, below_seen


def test_every_finding_has_a_section_that_says_more():
    assert set(FINDINGS) == set(FINDING_SECTIONS)
    assert set(FINDING_SECTIONS.values()) <= set(SECTIONS)


def test_two_lists_that_estimate_less_than_is_seen_are_called_impossible():
    """Said with the number of such pairs; a pair without an estimate, or at what is seen, is none of them."""
    pairs = [{"estimate": {"units": units}} for units in (693.0, 679.2, 702.0, 713.4)] + [{"reason": {}}]
    zh, en = below_seen({"seen": 702, "pairs": pairs})
    assert "2 个两名单估计低于名单已见的 702 个单位" in zh
    assert en.startswith("2 of the two-list estimates lie below the 702 units")
    assert below_seen({"seen": 600, "pairs": pairs}) is None
