"""Answers into facts: all sheets of a round checked together, then appended at once, or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.contradictions import Judgement, find_contradiction
from minglu.register.clerical.decisions import SAME_SITE, Anchor, judgements, read_chain
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
from minglu.register.clerical.hash_chain import Signature, undo_record
from minglu.register.clerical.returned_workbook import refuse_at
from minglu.register.clerical.review.review_pairs import run_id
from minglu.register.config.census_file import Census, read_census
from minglu.register.sources.vector.read_layer import read_districts

Units = Mapping[str, tuple[Anchor, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the sheets."""

    chain: FieldChain
    appended: Mapping[str, int]
    """New facts by answer."""
    known: int
    """Answers that the last fact about the unit said before."""
    open: int
    """Units without an answer."""

    def lines(self, language: str) -> list[str]:
        """Say what was done and what comes next."""
        zh = language == "zh"
        counts = [f"{ANSWERS[key][not zh]} {n}" for key, n in self.appended.items() if n]
        new = sum(self.appended.values())
        if zh:
            told = [f"采用 {new} 条现场事实{'：' if counts else ''}{'，'.join(counts)}"]
            told.append(f"此前已有 {self.known} 条，未核查 {self.open} 个单位")
            last = "下一步：重新运行 minglu build（写明 previous），再用 minglu diff 查看变化；请另行保存上面的 head"
        else:
            told = [f"{new} facts taken over{': ' if counts else ''}{', '.join(counts)}"]
            told.append(f"{self.known} known before, {self.open} units without an answer")
            last = (
                "next: run minglu build again with `previous`, then minglu diff; keep the head above in another place"
            )
        if not self.chain.lines:
            return [
                *told,
                "下一步：填写“核查结果”后再采用" if zh else "next: fill in the column 核查结果, then apply again",
            ]
        return [*told, f"{self.chain.path}  {self.chain.lines}  head {self.chain.head}", last]


def apply_sheets(sheets: Sequence[Path], census_path: Path, signed: Signature, *, run: Path | None = None) -> Taken:
    """Take filled-in field sheets back into the facts of a census.

    Raises UsageError where the census names no file of facts, SourceError (naming sheet, row and column) for
    sheets of another run, changed keys, values that can't be and contradictions; then nothing is appended.
    """
    census = read_census(census_path)
    path = _file_of(census)
    chain = read_field(path)
    layer = census.districts
    districts = read_districts(layer.path, code=layer.code, layer=layer.layer, encoding=layer.encoding)
    checker = Checker(districts, census.pack.scope.measures)
    read = [read_sheet(sheet, checker) for sheet in sheets]
    _check_run(read, census, run)
    answers = _without_repeats([answer for one in read for answer in one.given])
    units = _known_units(read, answers, run)
    _check_duplicates(answers, units, census)
    made = [_fact(answer, units, signed, read[0].run) for answer in answers]
    fresh = _fresh(made, chain)
    counts = Counter(one.answer for one in fresh)
    if fresh:
        chain = append_facts(path, [fact_record(one) for one in fresh], head=chain.head)
    still_open = sum(one.open for one in read)
    return Taken(chain, {answer: counts[answer] for answer in ANSWERS}, len(made) - len(fresh), still_open)


def undo_facts(lines: Sequence[int], census_path: Path, signed: Signature, why: str) -> FieldChain:
    """Take back facts by their lines; raises SourceError for a line that holds none."""
    path = _file_of(read_census(census_path))
    chain = read_field(path)
    standing = {one.line for one in chain.facts}
    for line in lines:
        if line not in standing:
            raise SourceError(
                en=f"{path} line {line}: no standing fact. tables/field_facts.parquet names the line of each.",
                zh=f"{path} 第 {line} 行：没有有效的事实。行号见 tables/field_facts.parquet。",
            )
    records = [undo_record(line, by=signed.by, when=signed.when, why=why) for line in dict.fromkeys(lines)]
    return append_facts(path, records, head=chain.head)


def _file_of(census: Census) -> Path:
    if census.field is None:
        raise UsageError(
            en=f'{census.path} [census]: no file of facts is named. Add field = "{DEFAULT_NAME}".',
            zh=f'{census.path} [census]：未指定现场事实文件。请加入 field = "{DEFAULT_NAME}"。',
        )
    return census.field


def _check_run(read: Sequence[Sheet], census: Census, run: Path | None) -> None:
    """Refuse sheets of another census, of another run than the first, or of another run than `run`."""
    wanted = run_id(run) if run is not None else read[0].run
    about = (census.name, census.reference_date.isoformat())
    for one in read:
        if (one.census, one.reference_date) != about or one.run != wanted:
            found = f"{one.census} {one.reference_date}, run {one.run[:12]}"
            expected = f"{' '.join(about)}, run {wanted[:12]}"
            raise SourceError(
                en=f"{one.path.name} [_minglu] row 1, column A: it belongs to another run ({found}); expected "
                f"{expected}. Nothing was taken over. Take the sheets of one run together.",
                zh=f"{one.path.name} [_minglu] 第 1 行 A 列：该表属于另一次运行（{found}）；应为 {expected}。"
                "未采用任何内容。请将同一次运行的表一并采用。",
            )


def _without_repeats(answers: Sequence[Answer]) -> list[Answer]:
    """Leave out what several sheets say alike; refuse what they say differently of one unit."""
    kept: dict[object, Answer] = {}
    for one in answers:
        key = one.unit or (one.of, tuple(sorted(one.values.items())))
        first = kept.setdefault(key, one)
        if (first.result, first.values, first.of) != (one.result, one.values, one.of):
            refuse_at(one.where, f"this contradicts {first.where.en}", f"与 {first.where.zh} 矛盾")
    return list(kept.values())


def _known_units(read: Sequence[Sheet], answers: Iterable[Answer], run: Path | None) -> Units:
    """Return the rows of every unit on the sheets, and of those that they call the other of a duplicate."""
    units = {unit: anchors for one in read for unit, anchors in one.units.items()}
    others = {one.of for one in answers if one.of} - units.keys()
    if others and run is not None:
        units |= anchors_of(run, others)
    for one in answers:
        if one.of and one.of not in units:
            refuse_at(
                one.where,
                f"{one.of[:40]!r} is on none of the sheets; expected a unit id of the run. "
                "Name the run with --run OUT where the unit is on another sheet",
                f"{one.of[:40]!r} 不在各表中；应为该次运行的单位编号。若在其他表中，请用 --run OUT 写明结果文件夹",
            )
    return units


def _check_duplicates(answers: Sequence[Answer], units: Units, census: Census) -> None:
    """Refuse a unit that duplicates itself, rings of duplicates, ended originals, and what decisions rule out."""
    by_unit = {one.unit: one for one in answers if one.unit}
    for one in answers:
        if one.result != DUPLICATE:
            continue
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
    _check_decisions([one for one in answers if one.result == DUPLICATE], units, census)


def _check_decisions(answers: Sequence[Answer], units: Units, census: Census) -> None:
    """Refuse duplicates that clerks decided to be different units."""
    decided = judgements(read_chain(census.decisions).decisions)
    for one in answers:
        both = (*units[one.unit], *units[one.of])
        same = [Judgement(left.entry, right.entry, SAME_SITE, one.where.en) for left, right in pairwise(both)]
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
