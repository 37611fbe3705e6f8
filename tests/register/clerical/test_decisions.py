"""The chain of decisions: what is written stays as it was written, and stands after every rebuild."""

import json
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.contradictions import PairDecision, find_contradiction
from minglu.register.clerical.decisions import (
    NO_CHAIN,
    Anchor,
    Chain,
    Decision,
    append_lines,
    decide_record,
    read_chain,
)
from minglu.register.clerical.hash_chain import START, undo_record
from minglu.register.clerical.reanchor_decisions import reanchor_decisions
from minglu.register.engine import open_engine
from minglu.register.schemas import ENTRIES

SIGNED = {"by": "王审", "when": "2028-01-05", "why": "电话核实"}


def anchor(entry, **values):
    return Anchor(
        **{"entry": entry, "list": "tax", "name": f"示例{entry}厂", "uscc": "", "permit_no": "", "place": "人民路1号"}
        | values
    )


def decide(left, right, relation="same_site", **values):
    return decide_record(Decision(anchor(left), anchor(right), relation, **SIGNED | values))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "decisions.jsonl"
    append_lines(
        path, [decide("E1", "E2"), decide("E2", "E3", "same_legal"), decide("E4", "E5", "different")], head=START
    )
    return path


def test_what_is_appended_is_read_again(path):
    """Every field comes back; the head is that of the last line; the file ends in a newline."""
    chain = read_chain(path)
    assert [one.relation for one in chain.decisions] == ["same_site", "same_legal", "different"]
    assert chain.decisions[0] == Decision(anchor("E1"), anchor("E2"), "same_site", **SIGNED, line=1)
    assert (chain.lines, chain.undone, path.read_bytes()[-1:]) == (3, 0, b"\n")


def test_absent_file_is_an_empty_chain(tmp_path):
    assert read_chain(None) == NO_CHAIN
    assert read_chain(tmp_path / "none.jsonl").lines == 0


def tampered(lines):
    """Yield what a careless or a dishonest hand does to the file, with the line that gives it away."""
    yield "changed", [lines[0].replace("王审", "李审"), *lines[1:]], 2
    yield "removed", lines[1:], 1
    yield "removed inside", [lines[0], lines[2]], 2
    yield "swapped", [lines[1], lines[0], lines[2]], 1
    yield "doubled", [lines[0], *lines], 2
    yield "no JSON", [lines[0], "{", lines[2]], 2
    yield "no record", ["[]", *lines[1:]], 1


@pytest.mark.parametrize("number", range(7))
def test_tampering_is_found_with_its_line(path, number):
    """Any line changed, removed, moved or doubled breaks the chain: exit 3, and the message names the line."""
    _, lines, line = list(tampered(path.read_text("utf-8").splitlines()))[number]
    path.write_text("".join(f"{text}\n" for text in lines), "utf-8")
    with pytest.raises(SourceError) as caught:
        read_chain(path)
    assert caught.value.exit_code == 3
    assert f"line {line}:" in caught.value.en
    assert f"第 {line} 行" in caught.value.zh


def test_torn_last_line_is_found(path):
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SourceError, match="line 3"):
        read_chain(path)


def test_contradiction_names_all_lines_and_writes_nothing(path):
    """A = b and b ~ c leave no room for a != c."""
    before = path.read_bytes()
    with pytest.raises(SourceError) as caught:
        append_lines(path, [decide("E1", "E3", "different")], head=read_chain(path).head)
    assert "line 4: it contradicts line 1, 2" in caught.value.en
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.suffix != ".lock"] == ["decisions.jsonl"]


def test_undo_makes_room_and_is_a_line_of_its_own(path):
    """After an undo the opposite may be decided; undoing twice, or an undo, is refused."""
    chain = append_lines(path, [undo_record(1, **SIGNED)], head=read_chain(path).head)
    assert ([one.line for one in chain.decisions], chain.undone, chain.lines) == ([2, 3], 1, 4)
    chain = append_lines(path, [decide("E1", "E2", "different")], head=chain.head)
    assert chain.counts() == {"same_site": 0, "same_legal": 1, "different": 2, "undecided": 0}
    for line in (1, 4):
        with pytest.raises(SourceError, match="no standing decision"):
            append_lines(path, [undo_record(line, **SIGNED)], head=chain.head)


def test_who_read_an_older_head_may_not_append(path):
    """Two people at once: the second is told to run again, nothing is lost."""
    with pytest.raises(UsageError, match="in the meantime"):
        append_lines(path, [decide("E6", "E7")], head=START)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["same_site", "same_legal", "different"])),
        max_size=8,
    )
)
def test_contradictions_are_found_whatever_the_order(triples):
    """Judgements agree if and only if some assignment of sites and legal units makes all of them true."""
    judged = [
        PairDecision(f"E{min(a, b)}", f"E{max(a, b)}", relation, str(n))
        for n, (a, b, relation) in enumerate(triples)
        if a != b
    ]

    def closure(relations):
        group = {f"E{n}": n for n in range(6)}
        for _ in range(6):
            for one in judged:
                if one.relation in relations:
                    group[one.left] = group[one.right] = min(group[one.left], group[one.right])
        return group

    site, legal = closure({"same_site"}), closure({"same_site", "same_legal"})
    wrong = any(
        (one.relation == "same_legal" and site[one.left] == site[one.right])
        or (one.relation == "different" and legal[one.left] == legal[one.right])
        for one in judged
    )
    assert (find_contradiction(judged) is not None) == wrong
    assert (find_contradiction(judged[::-1]) is not None) == wrong


def entries(*rows):
    blank = {field.name: "" if field.type == pa.string() else None for field in ENTRIES}
    return pa.Table.from_pylist(
        [blank | {"list": "tax", "site_address": "人民路1号"} | row for row in rows], schema=ENTRIES
    )


def found(tmp_path, decisions, *rows):
    engine = open_engine("duckdb", workspace=tmp_path, threads=1)
    try:
        engine.put("entries", entries(*rows))
        standing = reanchor_decisions(engine, Chain(None, len(decisions), START, tuple(decisions), 0, ()))
        return [
            (one["state"], one["left"], one["right"]) for one in engine.get("decisions", order_by="line").to_pylist()
        ], standing
    finally:
        engine.close()


CODED = {"uscc": "919901010000000010"}
FIRST = Decision(anchor("E1", **CODED), anchor("E2"), "same_site", **SIGNED, line=1)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"entry_id": "E1"}, "found"),
        ({"entry_id": "E9", "name": "示例E1厂", **CODED}, "refound"),
        ({"entry_id": "E9", "name": "改了名的厂", **CODED}, "refound"),
        ({"entry_id": "E9", "name": "示例E1厂", **CODED, "site_address": "迁到新址"}, "refound"),
        ({"entry_id": "E9", "name": "改了名的厂", **CODED, "site_address": "迁到新址"}, "lost"),
        ({"entry_id": "E9", "name": "示例E1厂", **CODED, "list": "business"}, "lost"),
        ({"entry_id": "E9", "name": "示例E1厂"}, "lost"),
    ],
)
def test_corrected_row_is_found_again_by_what_it_is_about(tmp_path, row, state):
    """The id first; then list, codes, name and place, of which a code with the name or the place is enough."""
    rows, standing = found(tmp_path, [FIRST], row, {"entry_id": "E2", "name": "示例E2厂"})
    assert rows[0][0] == state
    assert standing.count(state) == 1
    assert len(standing.decided(pa.array(sorted([row["entry_id"], "E2"])))) == (state != "lost")


def test_two_that_fit_are_not_guessed_between(tmp_path):
    """Where two entries fit, the decision is lost and said to be so."""
    twins = [{"entry_id": entry, "name": "示例E1厂", **CODED} for entry in ("E8", "E9")]
    assert found(tmp_path, [FIRST], *twins, {"entry_id": "E2"})[0] == [("lost", "", "")]


def test_decisions_that_clash_after_a_change_of_lists_are_refused(tmp_path):
    """Two old rows that are one row today carry both decisions; opposite ones stop the build."""
    old = replace(FIRST, left=anchor("E0", **CODED), relation="different", line=2)
    row = {"entry_id": "E1", "name": "示例E0厂", **CODED}
    with pytest.raises(SourceError, match="line 2: in today's lists it contradicts line 1"):
        found(tmp_path, [FIRST, old], row, {"entry_id": "E2"})


def test_line_is_plain_json_that_anyone_can_read(path):
    first = json.loads(path.read_text("utf-8").splitlines()[0])
    assert (first["n"], first["act"], first["prev"], first["by"]) == (1, "decide", START, "王审")


def test_only_clerks_teach_the_machine_what_its_scores_are_worth(tmp_path):
    """What the field judged binds like a decision, and is no lesson: nobody chose those pairs for their score."""
    standing = replace(
        found(tmp_path, [FIRST], {"entry_id": "E1"}, {"entry_id": "E2"})[1],
        further=(PairDecision("E2", "E3", "same_site", "field.jsonl:1"), PairDecision("E1", "E2", "same_site", "2")),
    )
    decided = standing.decided(pa.array(["E1", "E2", "E3"]))
    assert sorted(zip(decided.left.tolist(), decided.right.tolist(), strict=True)) == [(0, 1), (1, 2)]
    lessons = decided.lessons()
    assert (lessons.left.tolist(), lessons.right.tolist()) == ([0], [1])
