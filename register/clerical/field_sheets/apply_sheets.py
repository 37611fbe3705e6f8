"""Answers into facts: all sheets of a round checked together, then appended at once, or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from minglu.errors import UsageError
from minglu.register.clerical.contradictions import PairDecision, find_contradiction
from minglu.register.clerical.decisions import SAME_SITE, Anchor, pair_decisions, read_chain
from minglu.register.clerical.field_facts.fact_chain import (
    ANSWERS,
    CLOSED,
    DEFAULT_NAME,
    DUPLICATE,
    NEW,
    NOT_FOUND,
    Fact,
    FieldChain,
    append_facts,
    fact_record,
    read_field,
)
from minglu.register.clerical.field_sheets.sheet_answers import Answer, Sheet, read_sheet
from minglu.register.clerical.field_sheets.value_checks import Checker
from minglu.register.clerical.field_sheets.visits import anchors_of
from minglu.register.clerical.hash_chain import Signature
from minglu.register.clerical.round_trip import RunHeader, require_same_run, undo_records
from minglu.register.clerical.sheet_problems import Note, Problems, refuse_at
from minglu.register.config.census_file import Census, read_census
from minglu.register.sources.vector.read_specs import read_spec

Units = Mapping[str, tuple[Anchor, ...]]


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What became of the sheets."""

    chain: FieldChain
    appended: Mapping[str, int]
    """New facts by answer."""
    known: int
    """Answers that the last fact about the unit already gave."""
    open: int
    """Units without an answer on the sheets that came back."""
    not_returned: int = 0
    """Units of the round whose sheets did not come back."""
    notes: tuple[Note, ...] = ()
    """What of the sheets was not taken over, and which sheets did not come back."""

    def lines(self, language: str) -> list[str]:
        """Describe what was done and what comes next."""
        zh = language == "zh"
        counts = [f"{ANSWERS[key][not zh]} {n}" for key, n in self.appended.items() if n]
        new = sum(self.appended.values())
        if zh:
            lines = [f"采用 {new} 条现场核查记录{'：' if counts else ''}{'，'.join(counts)}"]
            lines.append(f"此前已有 {self.known} 条，未核查 {self.open} 个单位")
            last = "下一步：重新运行 minglu build（写明 previous），再用 minglu diff 查看变化；请另行保存上面的 head"
        else:
            lines = [f"{new} facts taken over{': ' if counts else ''}{', '.join(counts)}"]
            lines.append(f"{self.known} known before, {self.open} units without an answer")
            last = (
                "next: run minglu build again with `previous`, then minglu diff; keep the head above in another place"
            )
        lines += [note.text(language) for note in self.notes]
        if not self.chain.lines:
            return [
                *lines,
                "下一步：填写“核查结果”后再采用" if zh else "next: fill in the column 核查结果, then apply again",
            ]
        return [*lines, f"{self.chain.path}  {self.chain.lines}  head {self.chain.head}", last]


Reader = Callable[[Path, Checker, Problems], Sheet]


def apply_sheets(
    sheets: Sequence[Path], census_path: Path, signed: Signature, *, run: Path | None = None, read: Reader = read_sheet
) -> ApplyResult:
    """Take filled-in field sheets back into the facts of a census; `read` reads another kind of form.

    Raises UsageError where the census names no file of facts, SourceError (naming every sheet, row and column at
    once) for sheets of another run, changed keys, values that can't be and contradictions; then nothing is appended.
    """
    census = read_census(census_path)
    path = _file_of(census)
    chain = read_field(path)
    layer = census.districts
    districts = read_spec(layer)
    checker = Checker(districts, census.pack.scope.measures)
    problems = Problems()
    returned: list[Sheet] = []
    for sheet in sheets:
        with problems.collect():
            returned.append(read(sheet, checker, problems))
    problems.raise_errors()
    headers = [(one.path, RunHeader(one.census, one.reference_date, one.run)) for one in returned]
    require_same_run(headers, census, run)
    answers = _without_repeats([answer for one in returned for answer in one.given], problems)
    units = _known_units(returned, answers, run, problems)
    problems.raise_errors()
    _check_duplicates(answers, units, census, problems)
    problems.raise_errors()
    made = [_fact(answer, units, signed, returned[0].run) for answer in answers]
    fresh = _fresh(made, chain)
    counts = Counter(one.answer for one in fresh)
    if fresh:
        chain = append_facts(path, [fact_record(one) for one in fresh], head=chain.head)
    missing = _missing_sheets(returned)
    still_open = sum(one.open for one in returned)
    notes = (*problems.notes, *_missing_notes(missing))
    appended = {answer: counts[answer] for answer in ANSWERS}
    return ApplyResult(chain, appended, len(made) - len(fresh), still_open, sum(missing.values()), notes)


def _missing_sheets(read: Sequence[Sheet]) -> Mapping[str, int]:
    """Return the sheets of the round that did not come back, with their units."""
    every = {name: units for one in read for name, units in one.round.items()}
    here = {one.name for one in read}
    return {name: units for name, units in sorted(every.items()) if name not in here}


def _missing_notes(missing: Mapping[str, int]) -> list[Note]:
    if not missing:
        return []
    names, units = ", ".join(missing), sum(missing.values())
    return [
        Note(
            f"not back yet: {len(missing)} sheets of this round with {units} units: {names}",
            f"尚未收回：本轮 {len(missing)} 份清查表，共 {units} 个单位：{names}",
        )
    ]


def undo_facts(lines: Sequence[int], census_path: Path, signed: Signature, why: str) -> FieldChain:
    """Take back facts by their lines; raises SourceError for a line that holds none."""
    path = _file_of(read_census(census_path))
    chain = read_field(path)
    hint = (
        "fact. tables/field_facts.parquet names the line of each.",
        "事实。行号见 tables/field_facts.parquet。",
    )
    records = undo_records(path, lines, {one.line for one in chain.facts}, signed, why, hint=hint)
    return append_facts(path, records, head=chain.head)


def _file_of(census: Census) -> Path:
    if census.field is None:
        raise UsageError(
            en=f'{census.path} [census]: no file of facts is named. Add field = "{DEFAULT_NAME}".',
            zh=f'{census.path} [census]：未指定现场核查记录文件。请加入 field = "{DEFAULT_NAME}"。',
        )
    return census.field


def _without_repeats(answers: Sequence[Answer], problems: Problems) -> list[Answer]:
    """Leave out what several sheets say alike; what they say differently of one unit goes into `problems`."""
    kept: dict[object, Answer] = {}
    for one in answers:
        key = one.unit or (one.of, tuple(sorted(one.values.items())))
        first = kept.setdefault(key, one)
        if (first.result, first.values, first.of) != (one.result, one.values, one.of):
            with problems.collect():
                refuse_at(one.where, f"this contradicts {first.where.en}", f"与 {first.where.zh} 矛盾")
    return list(kept.values())


def _known_units(read: Sequence[Sheet], answers: Iterable[Answer], run: Path | None, problems: Problems) -> Units:
    """Return the rows of every unit on the sheets, and of those that they call the other of a duplicate."""
    units = {unit: anchors for one in read for unit, anchors in one.units.items()}
    others = {one.of for one in answers if one.of} - units.keys()
    if others and run is not None:
        units |= anchors_of(run, others)
    for one in answers:
        if one.of and one.of not in units:
            with problems.collect():
                refuse_at(
                    one.where,
                    f"{one.of[:40]!r} is on none of the sheets; expected a unit id of the run. "
                    "Name the run with --run OUT where the unit is on another sheet",
                    f"{one.of[:40]!r} 不在各表中；应为该次运行的单位编号。若在其他表中，请用 --run OUT 写明结果文件夹",
                )
    return units


def _check_duplicates(answers: Sequence[Answer], units: Units, census: Census, problems: Problems) -> None:
    """Refuse a unit that duplicates itself, rings of duplicates, ended originals, and what decisions rule out."""
    by_unit = {one.unit: one for one in answers if one.unit}
    decided = pair_decisions(read_chain(census.decisions).decisions)
    for one in answers:
        if one.result == DUPLICATE:
            with problems.collect():
                _check_duplicate(one, by_unit)
                _check_decisions(one, units, decided)


def _check_duplicate(one: Answer, by_unit: Mapping[str, Answer]) -> None:
    seen, at = {one.unit}, one
    while at.result == DUPLICATE:
        if at.of in seen:
            refuse_at(
                one.where,
                "a unit can't duplicate itself, also not by way of others",
                "单位不能重复于自身（包括经由他表）",
            )
        seen.add(at.of)
        if at.of not in by_unit:
            break
        at = by_unit[at.of]
    if at is not one and at.result in {CLOSED, NOT_FOUND}:
        refuse_at(
            one.where,
            f"the unit that it duplicates is answered otherwise at {at.where.en}",
            f"被重复的单位另有结果：{at.where.zh}",
        )


def _check_decisions(one: Answer, units: Units, decided: Sequence[PairDecision]) -> None:
    """Refuse a duplicate of two units that clerks decided to be different."""
    both = (*units[one.unit], *units[one.of])
    same = [PairDecision(left.entry, right.entry, SAME_SITE, one.where.en) for left, right in pairwise(both)]
    found = find_contradiction([*same, *decided])
    if found is not None:
        line = found[0].where
        refuse_at(
            one.where,
            f"decision {line} says that they are not one unit",
            f"第 {line} 条人工判定认为两者不是同一单位",
        )


def _fact(answer: Answer, units: Units, signed: Signature, run: str) -> Fact:
    return Fact(
        answer=answer.result,
        unit=answer.unit,
        anchors=answer.anchors,
        by=answer.by or signed.by,
        when=signed.when,
        why=answer.note,
        values=dict(answer.values),
        of=answer.of,
        of_anchors=units.get(answer.of, ()),
        run=run,
    )


def _fresh(made: Sequence[Fact], chain: FieldChain) -> list[Fact]:
    """Leave out what the last standing fact about the same unit says, and new units that stand already."""
    last = {one.unit: one.says() for one in chain.facts if one.unit}
    new = {one.says() for one in chain.facts if one.answer == NEW}
    return [one for one in made if one.says() != last.get(one.unit) and one.says() not in new]
