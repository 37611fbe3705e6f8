"""Answers into decisions: all sheets of a round checked together, then appended at once, or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NoReturn

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.contradictions import find_contradiction
from minglu.register.clerical.decisions import (
    DEFAULT_NAME,
    UNDECIDED,
    WORDS,
    Chain,
    Decision,
    append_lines,
    decide_record,
    judgements,
    read_chain,
    sample_record,
)
from minglu.register.clerical.hash_chain import Signature, undo_record
from minglu.register.clerical.returned_workbook import Place, refuse_at
from minglu.register.clerical.review.review_answers import Answer, Answers, read_answers
from minglu.register.clerical.review.review_pairs import run_id
from minglu.register.config.census_file import Census, read_census
from minglu.register.statistics.kappa import Agreement, cohen_kappa

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the sheets."""

    chain: Chain
    appended: Mapping[str, int]
    """New decisions by relation."""
    known: int
    """Answers that stood decided alike before."""
    open: int
    """Pairs without an answer."""
    disagreed: tuple[Pair, ...]
    """Pairs on which reviewers differ: recorded as undecided, for a third."""
    agreement: tuple[tuple[str, str, Agreement], ...]
    """Per two sheets with common answers: their names and how far they agree."""

    def lines(self, language: str) -> list[str]:
        """Say what was done and what comes next."""
        zh = language == "zh"
        counts = [f"{WORDS[key][0 if zh else 1]} {n}" for key, n in self.appended.items() if n]
        new = sum(self.appended.values())
        told = [
            f"采用 {new} 条判定{'：' if counts else ''}{'，'.join(counts)}"
            if zh
            else f"{new} decisions taken over{': ' if counts else ''}{', '.join(counts)}"
        ]
        told.append(
            f"此前已有 {self.known} 条，未作判定 {self.open} 对"
            if zh
            else f"{self.known} known before, {self.open} pairs without an answer"
        )
        for one, two, found in self.agreement:
            kappa = "-" if found.kappa is None else f"{found.kappa:.3f}"
            error = "" if found.error is None else f" ± {found.error:.3f}"
            told.append(
                f"{one} 与 {two} 共同判定 {found.n} 对：一致 {found.share:.1%}，Cohen κ = {kappa}{error}"
                if zh
                else f"{one} and {two} judged {found.n} pairs in common: {found.share:.1%} alike, "
                f"Cohen's kappa {kappa}{error}"
            )
        if self.disagreed:
            n = len(self.disagreed)
            told.append(
                f"意见不一的 {n} 对记为待定，请第三人裁定"
                if zh
                else f"{n} pairs on which the reviewers differ stand as undecided: ask a third"
            )
        if not self.chain.lines:
            told.append("下一步：在“判定”列填写后再采用" if zh else "next: fill in the column 判定, then apply again")
            return told
        told.append(f"{self.chain.path}  {self.chain.lines}  head {self.chain.head}")
        told.append(
            "下一步：重新运行 minglu build，判定即生效；请另行保存上面的 head"
            if zh
            else "next: run minglu build again, which obeys the decisions; keep the head above in another place"
        )
        return told


def apply_sheets(sheets: Sequence[Path], census_path: Path, signed: Signature, *, run: Path | None = None) -> Taken:
    """Take filled-in sheets back into the decisions of a census.

    Raises UsageError where the census names no file of decisions, SourceError (naming
    sheet, row and column) for sheets of another run, changed keys, unknown answers and
    contradictions; then nothing is appended.
    """
    census = read_census(census_path)
    path = _decisions_of(census)
    chain = read_chain(path)
    answers = [read_answers(sheet) for sheet in sheets]
    _check_run(answers, census, run)
    by_pair: dict[Pair, list[Answer]] = {}
    for answer in (answer for one in answers for answer in one.given):
        by_pair.setdefault((answer.key.left.entry, answer.key.right.entry), []).append(answer)
    header = answers[0].header
    made = [_decision(given, signed, header.run, header.sample) for given in by_pair.values()]
    fresh = _fresh(made, chain)
    _refuse_contradictions(fresh, by_pair, chain)
    records = [decide_record(one) for one in fresh]
    if header.sample and not any(one["sample"] == header.sample for one in chain.samples):
        records.insert(0, sample_record(header.sample, header.run, header.design, by=signed.by, when=signed.when))
    counts = Counter(one.relation for one in fresh)
    if records:
        chain = append_lines(path, records, head=chain.head)
    return Taken(
        chain,
        {relation: counts[relation] for relation in WORDS},
        len(made) - len(fresh),
        len({pair for one in answers for pair in one.pairs} - by_pair.keys()),
        tuple(pair for pair, given in by_pair.items() if len({answer.relation for answer in given}) > 1),
        tuple(_agreements(answers)),
    )


def undo_lines(lines: Sequence[int], census_path: Path, signed: Signature, why: str) -> Chain:
    """Take back decisions by their lines; raises SourceError for a line that holds none."""
    path = _decisions_of(read_census(census_path))
    chain = read_chain(path)
    standing = {one.line for one in chain.decisions}
    for line in lines:
        if line not in standing:
            raise SourceError(
                en=f"{path} line {line}: no standing decision. `minglu explain` names the line of each decision.",
                zh=f"{path} 第 {line} 行：没有有效的判定。`minglu explain` 会给出每条判定的行号。",
            )
    records = [undo_record(line, by=signed.by, when=signed.when, why=why) for line in dict.fromkeys(lines)]
    return append_lines(path, records, head=chain.head)


def _decisions_of(census: Census) -> Path:
    if census.decisions is None:
        raise UsageError(
            en=f'{census.path} [census]: no file of decisions is named. Add decisions = "{DEFAULT_NAME}".',
            zh=f'{census.path} [census]：未指定判定文件。请加入 decisions = "{DEFAULT_NAME}"。',
        )
    return census.decisions


def _check_run(answers: Sequence[Answers], census: Census, run: Path | None) -> None:
    """Refuse sheets of another census, of another run than the first, or of another run than `run`."""
    wanted = run_id(run) if run is not None else answers[0].header.run
    about = (census.name, census.reference_date.isoformat())
    for one in answers:
        header = one.header
        if (header.census, header.reference_date) != about or header.run != wanted:
            _refuse_run(one, f"{header.census} {header.reference_date}, run {header.run[:12]}", about, wanted)
        if header.sample != answers[0].header.sample:
            raise SourceError(
                en=f"{one.path.name}: a clerical sample and the review queue can't be taken back together. Apply each.",
                zh=f"{one.path.name}：抽样表与复核表不能一并采用。请分别采用。",
            )


def _refuse_run(one: Answers, found: str, about: tuple[str, str], wanted: str) -> NoReturn:
    expected = f"{' '.join(about)}, run {wanted[:12]}"
    raise SourceError(
        en=f"{one.path.name} [_minglu] row 1, column A: it belongs to another run ({found}); expected {expected}. "
        "Nothing was taken over. Take the sheets of one run together.",
        zh=f"{one.path.name} [_minglu] 第 1 行 A 列：该表属于另一次运行（{found}）；应为 {expected}。"
        "未采用任何判定。请将同一次运行的表一并采用。",
    )


def _decision(given: Sequence[Answer], signed: Signature, run: str, sample: str) -> Decision:
    """Make one decision of all answers about a pair; reviewers who differ leave it undecided."""
    first = given[0]
    who = [answer.reviewer or signed.by for answer in given]
    alike = len({answer.relation for answer in given}) == 1
    why = "；".join(dict.fromkeys(answer.reason for answer in given if answer.reason))
    if not alike:
        said = "；".join(f"{name}：{WORDS[one.relation][0]}" for name, one in zip(who, given, strict=True))
        why = f"审核人意见不一 reviewers differ（{said}）{why}"
    return Decision(
        first.key.left,
        first.key.right,
        first.relation if alike else UNDECIDED,
        by=" + ".join(dict.fromkeys(who)),
        when=signed.when,
        why=why,
        run=run,
        sample=sample,
        stratum=first.key.stratum,
    )


def _fresh(made: Sequence[Decision], chain: Chain) -> list[Decision]:
    """Leave out what stands already; being undecided takes no decision back."""
    known = {(one.left.entry, one.right.entry, one.relation, one.sample) for one in chain.decisions}
    known |= {(one.left.entry, one.right.entry, UNDECIDED, one.sample) for one in chain.decisions}
    any_sample = {key[:3] for key in known}
    return [
        one
        for one in made
        if (key := (one.left.entry, one.right.entry, one.relation)) not in any_sample
        or (one.sample and (*key, one.sample) not in known)
    ]


def _refuse_contradictions(fresh: Sequence[Decision], by_pair: Mapping[Pair, Sequence[Answer]], chain: Chain) -> None:
    """Refuse answers that leave no room for each other or for what stands; every place is named."""
    file = chain.path.name if chain.path is not None else ""
    lines = {
        f"{file}#{one.where}": Place(f"{file} line {one.where}", f"{file} 第 {one.where} 行")
        for one in judgements(chain.decisions)
    }
    places = lines | {given[0].where.en: given[0].where for given in by_pair.values()}
    old = [one._replace(where=f"{file}#{one.where}") for one in judgements(chain.decisions)]
    new = [one._replace(where=by_pair[one.left, one.right][0].where.en) for one in judgements(fresh)]
    found = find_contradiction([*old, *new])
    if found is None:
        return
    one, others = found
    told = sorted([one, *others], key=lambda judgement: judgement.where in lines)
    first, *rest = (places[judgement.where] for judgement in told)
    en, zh = ("; ".join(place.en for place in rest), "；".join(place.zh for place in rest))
    refuse_at(
        first,
        f"this contradicts {en}. Correct one of the answers, or undo a decision with `minglu review undo`",
        f"与 {zh} 矛盾。请更正其中一处，或用 `minglu review undo` 撤销已有判定",
    )


def _agreements(answers: Sequence[Answers]) -> list[tuple[str, str, Agreement]]:
    found = []
    for one, two in combinations(answers, 2):
        first, second = (
            {(a.key.left.entry, a.key.right.entry): a.relation for a in sheet.given} for sheet in (one, two)
        )
        common = sorted(first.keys() & second.keys())
        if common:
            agreement = cohen_kappa([first[pair] for pair in common], [second[pair] for pair in common])
            found.append((one.path.name, two.path.name, agreement))
    return found
