"""Questions handed out, one to a person; answers appended to the chained decisions at once, by the sheets' own checks.

What was answered is on the disk before the page says so: a server that is killed loses nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minglu.errors import UsageError
from minglu.register.clerical.decisions import (
    DIFFERENT,
    SAME_SITE,
    UNDECIDED,
    WORDS,
    Chain,
    Decision,
    append_lines,
    decide_record,
    read_chain,
)
from minglu.register.clerical.hash_chain import undo_record
from minglu.register.clerical.questions import expand_answer
from minglu.register.clerical.review.review_keys import anchor
from minglu.register.desk.decided_groups import Answer, DecidedGroups
from minglu.register.desk.opened_run import OpenedRun
from minglu.register.desk.queries.open_questions import Question, entry_texts, read_questions
from minglu.register.storage.run_folder import run_id

LEASE_S = 15 * 60.0
"""So long a question belongs to who looks at it, seconds."""
KEEP, SPLIT, DROP = "keep", "split", "drop"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer would change."""

    before: int
    after: int
    """Units that the rows of the question are in."""
    vanish: int
    """Further questions that it settles."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as a person gave it."""

    relation: str
    why: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    """Entry -> split (is not of this unit) or drop (says nothing about it); all others are kept."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which questions somebody wants; empty texts ask for all."""

    township: str = ""
    list: str = ""
    kind: str = ""
    source_class: str = ""

    def takes(self, question: Question) -> bool:
        """Return whether a question is wanted."""
        return (
            (not self.township or self.township in question.townships)
            and (not self.list or self.list in question.lists)
            and self.kind in {"", question.kind}
            and (not self.source_class or self.source_class in question.classes)
        )


class QuestionDesk:
    """The questions of one run, and who has which; used from several threads."""

    def __init__(self, desk: OpenedRun, *, now: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._now = desk, now
        self._lock = threading.RLock()
        self.questions = read_questions(desk.run, desk.queries)
        self.by_key = {question.key: question for question in self.questions}
        self._leases: dict[str, tuple[int, float]] = {}
        self._later: dict[int, list[str]] = {}
        self._undo: dict[str, list[tuple[int, ...]]] = {}
        self._answered: list[float] = []
        chain = self._chain()
        self._unit_of = self._of_entries("unit_id", chain)
        self._legal_of = self._of_entries("legal_id", chain)
        self._groups = self._grouped(chain)

    @property
    def path(self) -> Path | None:
        """Return the file of decisions."""
        return self._desk.census.decisions if self._desk.census is not None else None

    def open(self, wanted: Filter = Filter()) -> list[Question]:
        """Return the questions that are not settled, in the order in which to answer them."""
        with self._lock:
            return [one for one in self.questions if wanted.takes(one) and not self._groups.settles(one)]

    def seconds_each(self) -> float | None:
        """Return the median time between answers on this desk, seconds; None before the third."""
        gaps = sorted(two - one for one, two in zip(self._answered, self._answered[1:], strict=False))
        return gaps[len(gaps) // 2] if len(gaps) > 1 else None

    def take(self, session: int, wanted: Filter, *, at: str = "", step: int = 0) -> Question | None:
        """Hand the first fitting question to a session, and to nobody else while it looks at it.

        `at` names a question; `step` 1 asks for the one after it, -1 for the one before.  Postponed ones come last.
        """
        with self._lock:
            later = self._later.get(session, [])
            free = [one for one in self.open(wanted) if self._holder(one.key) in {None, session}]
            free.sort(key=lambda one: (one.key in later, later.index(one.key) if one.key in later else one.rank))
            keys = [one.key for one in free]
            place = keys.index(at) + step if at in keys else 0
            if not free:
                return None
            chosen = free[place % len(free)]
            for key in [key for key, (holder, _) in self._leases.items() if holder == session]:
                del self._leases[key]
            self._leases[chosen.key] = (session, self._now() + LEASE_S)
            return chosen

    def postpone(self, session: int, key: str) -> None:
        """Put a question behind all others for one session."""
        with self._lock:
            later = [one for one in self._later.get(session, []) if one != key]
            self._later[session] = [*later, key]

    def effect(self, question: Question, relation: str) -> Effect:
        """Return what an answer would change, before anything is written."""
        with self._lock:
            return self._effect(question, expand_answer(question.row, relation))

    def answer(self, session: int, key: str, given: Given, *, by: str, on: str) -> tuple[Effect, tuple[int, ...]]:
        """Append the decisions of an answer; returns its effect and the lines.

        Raises UsageError where the question is another's, or settled; SourceError for a contradiction, naming the
        lines.  Then nothing is written.
        """
        with self._lock:
            question = self._require(session, key)
            chain = self._chain()
            answers = self._fresh(_answers(question, given), chain)
            if not answers:
                raise UsageError(
                    en="This question is answered already. Take the next one.",
                    zh="本题已有判定。请看下一题。",
                )
            effect = self._effect(question, answers)
            lines = self._append(chain, answers, given, by=by, on=on)
            self._undo.setdefault(by, []).append(lines)
            self._leases.pop(key, None)
            self._answered.append(self._now())
            return effect, lines

    def undo(self, by: str, *, on: str) -> str | None:
        """Take back the last answer that somebody gave on this desk; returns the key of its question, or None."""
        with self._lock:
            stack = self._undo.get(by, [])
            chain = self._chain()
            standing = {one.line: one for one in chain.decisions}
            while stack:
                lines = [line for line in stack.pop() if line in standing]
                if not lines:
                    continue
                pair = standing[lines[0]].left.entry, standing[lines[0]].right.entry
                assert self.path is not None
                records = [undo_record(line, by=by, when=on, why="工作台撤销 undone on the desk") for line in lines]
                self._groups = self._grouped(append_lines(self.path, records, head=chain.head))
                return next((one.key for one in self.questions if pair in one.pairs), "")
            return None

    def _require(self, session: int, key: str) -> Question:
        question = self.by_key.get(key)
        if question is None or self._holder(key) not in {None, session}:
            raise UsageError(
                en="Somebody else has this question. Take the next one.", zh="本题正由他人判定。请看下一题。"
            )
        return question

    def _holder(self, key: str) -> int | None:
        holder, until = self._leases.get(key, (None, 0.0))
        return holder if until > self._now() else None

    def _effect(self, question: Question, answers: Sequence[Answer]) -> Effect:
        after = self._groups.also(answers)
        vanish = sum(
            after.settles(one) and not self._groups.settles(one) for one in self.questions if one.key != question.key
        )
        return Effect(self._groups.units(question), after.units(question), vanish)

    def _append(self, chain: Chain, answers: Sequence[Answer], given: Given, *, by: str, on: str) -> tuple[int, ...]:
        texts = entry_texts(self._desk.queries, {entry for one in answers for entry in one[:2]})
        run = run_id(self._desk.run)
        records = [
            decide_record(Decision(anchor(texts[left]), anchor(texts[right]), relation, by, on, given.why, run=run))
            for left, right, relation in answers
        ]
        assert self.path is not None
        fresh = append_lines(self.path, records, head=chain.head)
        self._groups = self._grouped(fresh)
        return tuple(range(chain.lines + 1, fresh.lines + 1))

    def _fresh(self, answers: Sequence[Answer], chain: Chain) -> list[Answer]:
        """Leave out what stands decided alike."""
        known = {(one.left.entry, one.right.entry, one.relation) for one in chain.decisions}
        return [answer for answer in answers if answer not in known]

    def _chain(self) -> Chain:
        return read_chain(self.path)

    def _grouped(self, chain: Chain) -> DecidedGroups:
        decided = [
            (one.left.entry, one.right.entry, one.relation) for one in chain.decisions if one.relation != UNDECIDED
        ]
        return DecidedGroups(self._unit_of, self._legal_of, decided)

    def _of_entries(self, column: str, chain: Chain) -> dict[str, str]:
        """Return the unit or legal unit of every entry in a question or a decision."""
        entries = {entry for one in self.questions for entry in one.side}
        entries |= {side.entry for one in chain.decisions for side in (one.left, one.right)}
        rows = self._desk.queries.rows(
            "SELECT m.entry_id, u.unit_id, u.legal_id FROM members m JOIN units u ON u.unit_id = m.unit_id "
            "WHERE m.entry_id IN (SELECT unnest($entries))",
            {"entries": sorted(entries)},
        )
        return {row["entry_id"]: row[column] for row in rows}


def _answers(question: Question, given: Given) -> list[Answer]:
    """Return the pairs that an answer decides, each once, the smaller entry first.

    Rows that are split off are different from the rows that are kept; of rows that are dropped no decision is made.
    """
    if given.relation not in WORDS or given.relation == UNDECIDED:
        raise UsageError(en=f"{given.relation}: is no answer.", zh=f"{given.relation}：不是有效的判定。")
    state = {entry: given.rows.get(entry, KEEP) for entry in question.side}
    made: dict[tuple[str, str], str] = {}
    for left, right, relation in expand_answer(question.row, given.relation):
        if DROP in {state[left], state[right]}:
            continue
        parted = given.relation == SAME_SITE and SPLIT in {state[left], state[right]}
        made[left, right] = DIFFERENT if parted else relation
    if given.relation == SAME_SITE:
        for split in (entry for entry, how in state.items() if how == SPLIT):
            for kept in (entry for entry, how in state.items() if how == KEEP):
                if question.unit_of[split] == question.unit_of[kept]:
                    made[min(split, kept), max(split, kept)] = DIFFERENT
    return [(left, right, relation) for (left, right), relation in made.items()]
