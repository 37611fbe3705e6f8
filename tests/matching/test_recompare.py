"""Any two rows compared again after a run: as the run did, or as it would have."""

import pyarrow.compute as pc
import pytest

from minglu.matching.linkage import link_rows
from minglu.matching.linkage_schemas import COMPARISONS, FREQUENCIES, WORDS
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.parsing.vocabulary import Vocabulary, vocabulary
from minglu.matching.recompare import compare_again
from minglu.matching.settings.linkage_settings import load_linkage_settings
from tests.matching.drawn_lists import draw, entry, rows_of, table, words

SETTINGS = load_linkage_settings()


@pytest.fixture(scope="module")
def run():
    """A drawn county, linked."""
    entries, _ = draw(300, seed=17)
    return entries.sort_by("entry_id"), link_rows(rows_of(entries), SETTINGS, VerdictRules())


def again(run, pairs):
    """Compare pairs of entries again, alone."""
    entries, linkage = run
    wanted = sorted({one for pair in pairs for one in pair})
    chosen = [
        made.filter(pc.is_in(made["entry_id"], pc.cast(wanted, "string"))) for made in (entries, linkage.frequencies)
    ]
    return compare_again(*chosen, pairs, words=words(), weights=linkage.weights, settings=SETTINGS)


def test_a_kept_pair_comes_out_as_it_did_in_the_run(run):
    """Two rows alone, with the counts of the run, give the levels, probabilities and barriers of the run.

    The second look is the only thing that two rows do not show: it changes families and codes.
    """
    kept = run[1].scored_pairs.to_pylist()
    found = again(run, [(row["left"], row["right"]) for row in kept])
    for row, one in zip(kept, found, strict=True):
        changed = {name for name in COMPARISONS if row[name] != one.levels[name]}
        assert changed <= {"family", "code"}
        if not changed:
            assert (one.p_site, one.p_legal) == pytest.approx((row["p_site"], row["p_legal"]), abs=1e-9)
            assert one.cannot_link == row["barrier"]
    assert sum(row["family"] == one.levels["family"] for row, one in zip(kept, found, strict=True)) >= len(kept) // 2


def test_rows_that_share_no_key_were_never_proposed(run):
    """A pair of strangers names no rule and is unlikely; a pair of one name names the rule of names."""
    kept = {(row["left"], row["right"]) for row in run[1].scored_pairs.to_pylist()}
    ids = run[0]["entry_id"].to_pylist()
    strangers = [(one, two) for one in ids[:12] for two in ids[-12:] if (one, two) not in kept]
    found = again(run, strangers)
    assert any(not one.rules for one in found)
    assert all(one.p_site < 0.5 for one in found)
    pair = next(row for row in run[1].scored_pairs.to_pylist() if row["name"] == 1)
    assert "name" in again(run, [(pair["left"], pair["right"])])[0].rules


def test_order_of_the_two_does_not_matter(run):
    """A ~ B is B ~ A."""
    one, two = run[0]["entry_id"].to_pylist()[:2]
    assert again(run, [(one, two)]) == again(run, [(two, one)])


def test_counts_and_words_are_tables_as_declared(run):
    """One row of counts per entry; a vocabulary survives being a table."""
    assert run[1].frequencies.schema.equals(FREQUENCIES)
    assert run[1].frequencies["entry_id"].to_pylist() == run[0]["entry_id"].to_pylist()
    known = vocabulary(["示例县", "东山镇"], ["拼屋"], ["五金城"])
    assert known.table().schema.equals(WORDS)
    assert Vocabulary.of_table(known.table()) == known


def test_point_of_a_town_proposes_nothing_when_compared_again():
    """A point that four addresses share is known to kilometres: no rule on map cells brings its rows together."""
    point = {"lon": 112.1, "lat": 30.1, "precision_m": 20.0}
    entries = table(
        [
            entry(f"E{n}", list="tax", name=f"宏{name}厂", site_address=f"示例县东山镇人民路{n}号", **point)
            for n, name in enumerate(("达塑料", "发家具", "昌印染", "利化工", "盛食品"))
        ]
    )
    linkage = link_rows(rows_of(entries), SETTINGS, VerdictRules())
    assert set(linkage.frequencies["precision_m"].to_pylist()) == {5_000.0}
    (found,) = again((entries, linkage), [("E0", "E1")])
    assert not {"cell", "cell_off"} & {*found.rules}
