"""Answers on the desk are those of sheets: chained, checked, undone by a further line; nobody answers past another."""

import itertools
import json
import shutil

import pytest

from minglu.errors import MingluError, UsageError
from minglu.register.clerical.decisions import DIFFERENT, SAME_LEGAL, SAME_SITE, read_chain
from minglu.register.desk.answer_questions import LEASE_S, Filter, Given, QuestionDesk
from minglu.register.desk.opened_run import DeskOptions, open_run

pytestmark = pytest.mark.slow
DAY = "2027-12-31"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        """Tell the time."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(county, tmp_path, clock):
    """The questions of the sample county, with a file of decisions of its own."""
    census, out = county
    folder = tmp_path / "county"
    shutil.copytree(census.parent, folder)
    options = DeskOptions(("张三", "李四"), folder / "census.toml")
    with open_run(folder / out.name, options) as opened:
        yield QuestionDesk(opened, now=clock)


def lines_of(desk):
    return [json.loads(line) for line in desk.path.read_text("utf-8").splitlines()] if desk.path.exists() else []


def test_two_people_never_get_the_same_question(desk):
    taken = [desk.take(session, Filter()).key for session in range(1, len(desk.questions) + 1)]
    assert len(set(taken)) == len(desk.questions)
    assert desk.take(99, Filter()) is None


def test_a_question_comes_back_when_its_holder_stays_away(desk, clock):
    first = desk.take(1, Filter())
    assert desk.take(2, Filter()).key != first.key
    clock.now += LEASE_S + 1
    assert desk.take(3, Filter()).key == first.key


def test_who_has_not_got_a_question_cannot_answer_it(desk):
    question = desk.take(1, Filter())
    with pytest.raises(UsageError, match="Somebody else"):
        desk.answer(2, question.key, Given(SAME_SITE), by="李四", on=DAY)
    assert lines_of(desk) == []


def test_an_answer_decides_every_pair_of_the_question_at_once(desk):
    question = max(desk.questions, key=lambda one: len(one.pairs))
    desk.take(1, Filter(), at=question.key)
    before = len(desk.open())
    _, lines = desk.answer(1, question.key, Given(DIFFERENT, "看过现场"), by="张三", on=DAY)
    assert len(lines) == len(question.pairs) > 1
    decided = read_chain(desk.path).decisions
    assert {(one.left.entry, one.right.entry) for one in decided} == set(question.pairs)
    assert {(one.by, one.when, one.why) for one in decided} == {("张三", DAY, "看过现场")}
    assert len(desk.open()) < before


def test_the_effect_is_told_before_and_comes_true(desk):
    question = next(one for one in desk.questions if one.kind == "site" and not one.row["joined"])
    desk.take(1, Filter(), at=question.key)
    told = desk.effect(question, SAME_SITE)
    open_before = len(desk.open())
    effect, _ = desk.answer(1, question.key, Given(SAME_SITE), by="张三", on=DAY)
    assert effect == told
    assert told.after == told.before - 1
    assert len(desk.open()) == open_before - 1 - told.vanish


def test_undo_takes_back_the_last_answer_by_a_further_line(desk):
    question = desk.take(1, Filter())
    desk.answer(1, question.key, Given(SAME_LEGAL), by="张三", on=DAY)
    written = desk.path.read_bytes()
    assert desk.undo("李四", on=DAY) is None
    assert desk.undo("张三", on=DAY) == question.key
    assert desk.path.read_bytes().startswith(written)
    assert read_chain(desk.path).decisions == ()
    assert desk.undo("张三", on=DAY) is None
    assert question.key in {one.key for one in desk.open()}


def test_a_contradiction_is_refused_and_nothing_written(desk):
    """Two answers that leave no room for each other: the second is not taken, as from a sheet."""
    question = desk.take(1, Filter())
    desk.answer(1, question.key, Given(DIFFERENT), by="张三", on=DAY)
    written = desk.path.read_bytes()
    with pytest.raises(MingluError):
        desk.answer(1, question.key, Given(SAME_SITE), by="张三", on=DAY)
    assert desk.path.read_bytes() == written


def test_answers_of_sheets_that_came_meanwhile_are_seen(desk):
    """Whoever appended to the chain in the meantime is neither overwritten nor overlooked."""
    one, two = itertools.islice(desk.questions, 2)
    desk.take(1, Filter(), at=one.key)
    desk.answer(1, one.key, Given(DIFFERENT), by="张三", on=DAY)
    other = QuestionDesk(desk._desk)
    other.take(1, Filter(), at=two.key)
    other.answer(1, two.key, Given(DIFFERENT), by="李四", on=DAY)
    assert {decision.by for decision in read_chain(desk.path).decisions} == {"张三", "李四"}


def test_a_row_that_is_split_off_is_different_and_one_dropped_stays_open(desk):
    question = max(desk.questions, key=lambda one: len(one.side))
    assert len(question.side) > 2
    row = question.entries[-1]
    desk.take(1, Filter(), at=question.key)
    desk.answer(1, question.key, Given(SAME_SITE, rows={row: "split"}), by="张三", on=DAY)
    said = {(one.left.entry, one.right.entry): one.relation for one in read_chain(desk.path).decisions}
    assert {relation for pair, relation in said.items() if row in pair} == {DIFFERENT}
    assert desk.undo("张三", on=DAY) == question.key
    desk.take(1, Filter(), at=question.key)
    desk.answer(1, question.key, Given(SAME_SITE, rows={row: "drop"}), by="张三", on=DAY)
    assert all(row not in (one.left.entry, one.right.entry) for one in read_chain(desk.path).decisions)


def test_postponed_questions_come_last(desk):
    first = desk.take(1, Filter())
    desk.postpone(1, first.key)
    assert desk.take(1, Filter()).key != first.key
    keys = [desk.take(1, Filter(), at=one.key).key for one in desk.questions]
    assert first.key in keys


def test_a_filter_gives_only_what_fits(desk):
    lists = {name for question in desk.questions for name in question.lists}
    for name in lists:
        assert all(name in question.lists for question in desk.open(Filter(list=name)))
    assert desk.open(Filter(township="000000000")) == []
    assert desk.take(1, Filter(township="000000000")) is None
