"""Answers into decisions: all sheets of a round checked together, then appended at once, or nothing at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

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
    pair_decisions,
    read_chain,
    sample_record,
)
from minglu.register.clerical.hash_chain import Signature
from minglu.register.clerical.review.review_answers import Answer, Answers, read_answers
from minglu.register.clerical.round_trip import RunHeader, require_same_run, undo_records
from minglu.register.clerical.sheet_problems import MOST_SHOWN, Note, Place, Problems, refuse_at
from minglu.register.config.census_file import Census, read_census
from minglu.register.statistics.kappa import Agreement, cohen_kappa

Pair = tuple[str, str]
DIFFER = "审核人意见不一 reviewers differ"
"""How the reason of a decision begins that reviewers left undecided between them."""
TOGETHER = " + "
"""Between the names of several reviewers."""


@dataclass(frozen=True, slots=True)
class ApplyResult:
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
    notes: tuple[Note, ...] = ()
    """What of the sheets was not taken over, and which sheets did not come back."""

    def lines(self, language: str) -> list[str]:
        """Describe what was done and what comes next."""
        # Long: one sentence per figure, in two languages.
        zh = language == "zh"
        counts = [f"{WORDS[key][0 if zh else 1]} {n}" for key, n in self.appended.items() if n]
        new = sum(self.appended.values())
        lines = [
            f"采用 {new} 条判定{'：' if counts else ''}{'，'.join(counts)}"
            if zh
            else f"{new} decisions taken over{': ' if counts else ''}{', '.join(counts)}"
        ]
        lines.append(
            f"此前已有 {self.known} 条，未作判定 {self.open} 对"
            if zh
            else f"{self.known} known before, {self.open} pairs without an answer"
        )
        for one, two, found in self.agreement:
            kappa = "-" if found.kappa is None else f"{found.kappa:.3f}"
            error = "" if found.error is None else f" ± {found.error:.3f}"
            lines.append(
                f"{one} 与 {two} 共同判定 {found.n} 对：一致 {found.share:.1%}，Cohen κ = {kappa}{error}"
                if zh
                else f"{one} and {two} judged {found.n} pairs in common: {found.share:.1%} alike, "
                f"Cohen's kappa {kappa}{error}"
            )
        if self.disagreed:
            n = len(self.disagreed)
            lines.append(
                f"意见不一的 {n} 对记为待定，请第三人裁定"
                if zh
                else f"{n} pairs on which the reviewers differ stand as undecided: ask a third"
            )
        lines += [note.text(language) for note in self.notes]
        if not self.chain.lines:
            lines.append("下一步：在“判定”列填写后再采用" if zh else "next: fill in the column 判定, then apply again")
            return lines
        lines.append(f"{self.chain.path}  {self.chain.lines}  head {self.chain.head}")
        lines.append(
            "下一步：重新运行 minglu build，判定即生效；请另行保存上面的 head"
            if zh
            else "next: run minglu build again, which obeys the decisions; keep the head above in another place"
        )
        return lines


def apply_sheets(
    sheets: Sequence[Path], census_path: Path, signed: Signature, *, run: Path | None = None
) -> ApplyResult:
    """Take filled-in sheets back into the decisions of a census.

    Raises UsageError where the census names no file of decisions, SourceError (naming every sheet, row and column
    at once) for sheets of another run, changed keys, unknown answers and contradictions; then nothing is appended.
    """
    # Long: all or nothing: every refusal comes before the one line that appends.
    census = read_census(census_path)
    path = _decisions_of(census)
    chain = read_chain(path)
    problems = Problems()
    answers: list[Answers] = []
    for sheet in sheets:
        with problems.collect():
            answers.append(read_answers(sheet, problems))
    problems.raise_errors()
    _check_run(answers, census, run)
    by_pair: dict[Pair, list[Answer]] = {}
    for answer in (answer for one in answers for answer in one.given):
        by_pair.setdefault((answer.key.left.entry, answer.key.right.entry), []).append(answer)
    header = answers[0].header
    made = [_decision(given, signed, header.run, header.sample) for given in by_pair.values()]
    disputed = _disputed(by_pair, chain, signed)
    fresh = [one for one in _fresh(made, chain) if (one.left.entry, one.right.entry) not in disputed]
    _refuse_contradictions(fresh, by_pair, chain)
    records = [decide_record(one) for one in fresh]
    if header.sample and not any(one["sample"] == header.sample for one in chain.samples):
        records.insert(0, sample_record(header.sample, header.run, header.design, by=signed.by, when=signed.when))
    counts = Counter(one.relation for one in fresh)
    if records:
        chain = append_lines(path, records, head=chain.head)
    differing = [pair for pair, given in by_pair.items() if len({answer.relation for answer in given}) > 1]
    return ApplyResult(
        chain,
        {relation: counts[relation] for relation in WORDS},
        len(made) - len(fresh) - len(disputed),
        len({pair for one in answers for pair in one.pairs} - by_pair.keys()),
        tuple(dict.fromkeys([*differing, *disputed])),
        tuple(_agreements(answers)),
        (*problems.notes, *_missing_parts(answers)),
    )


def _disputed(by_pair: Mapping[Pair, Sequence[Answer]], chain: Chain, signed: Signature) -> list[Pair]:
    """Return pairs on which reviewers differ on record, and which only one of them answers again.

    A third person settles them: no reviewer overrules the other by handing in a sheet alone.
    """
    recorded = {
        (one.left.entry, one.right.entry): set(one.by.split(TOGETHER))
        for one in chain.decisions
        if one.relation == UNDECIDED and one.why.startswith(DIFFER)
    }
    settled = {(one.left.entry, one.right.entry) for one in chain.decisions if one.relation != UNDECIDED}
    return [
        pair
        for pair, given in by_pair.items()
        if pair in recorded
        and pair not in settled
        and any(answer.relation != UNDECIDED for answer in given)
        and {answer.reviewer or signed.by for answer in given} <= recorded[pair]
        and len({answer.relation for answer in given}) == 1
    ]


def _missing_parts(answers: Sequence[Answers]) -> list[Note]:
    """Name the workbooks of the round that did not come back."""
    header = answers[0].header
    missing = set(range(1, header.parts + 1)) - {one.header.part for one in answers}
    return [
        Note(
            f"not back yet: part {number} of {header.parts}; its pairs are not counted",
            f"尚未收回：第 {number} 份（共 {header.parts} 份），其中疑似重复记录对未计入",
        )
        for number in sorted(missing)
    ]


def undo_lines(lines: Sequence[int], census_path: Path, signed: Signature, why: str) -> Chain:
    """Take back decisions by their lines; raises SourceError for a line that holds none."""
    path = _decisions_of(read_census(census_path))
    chain = read_chain(path)
    hint = (
        "decision. `minglu explain` names the line of each decision.",
        "判定。`minglu explain` 会给出每条判定的行号。",
    )
    records = undo_records(path, lines, {one.line for one in chain.decisions}, signed, why, hint=hint)
    return append_lines(path, records, head=chain.head)


def _decisions_of(census: Census) -> Path:
    if census.decisions is None:
        raise UsageError(
            en=f'{census.path} [census]: no file of decisions is named. Add decisions = "{DEFAULT_NAME}".',
            zh=f'{census.path} [census]：未指定判定文件。请加入 decisions = "{DEFAULT_NAME}"。',
        )
    return census.decisions


def _check_run(answers: Sequence[Answers], census: Census, run: Path | None) -> None:
    """Refuse sheets of another run, and a clerical sample together with the review queue."""
    headers = [(one.path, RunHeader(one.header.census, one.header.reference_date, one.header.run)) for one in answers]
    require_same_run(headers, census, run)
    for one in answers:
        if one.header.sample != answers[0].header.sample:
            raise SourceError(
                en=f"{one.path.name}: a clerical sample and the review queue can't be taken back together. Apply each.",
                zh=f"{one.path.name}：抽样表与复核表不能一并采用。请分别采用。",
            )


def _decision(given: Sequence[Answer], signed: Signature, run: str, sample: str) -> Decision:
    """Make one decision of all answers about a pair; reviewers who differ leave it undecided."""
    first = given[0]
    who = [answer.reviewer or signed.by for answer in given]
    alike = len({answer.relation for answer in given}) == 1
    why = "；".join(dict.fromkeys(answer.reason for answer in given if answer.reason))
    if not alike:
        answers = "；".join(f"{name}：{WORDS[one.relation][0]}" for name, one in zip(who, given, strict=True))
        why = f"{DIFFER}（{answers}）{why}"
    return Decision(
        first.key.left,
        first.key.right,
        first.relation if alike else UNDECIDED,
        by=TOGETHER.join(dict.fromkeys(who)),
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
    standing = {
        f"{file}#{one.where}": Place(f"{file} line {one.where}", f"{file} 第 {one.where} 行")
        for one in pair_decisions(chain.decisions)
    }
    places = standing | {given[0].where.en: given[0].where for given in by_pair.values()}
    old = [one._replace(where=f"{file}#{one.where}") for one in pair_decisions(chain.decisions)]
    new = [one._replace(where=by_pair[one.left, one.right][0].where.en) for one in pair_decisions(fresh)]
    problems, judged = Problems(), [*old, *new]
    while (found := find_contradiction(judged)) is not None and problems.found < MOST_SHOWN:
        one, others = found
        ordered = sorted([one, *others], key=lambda decision: decision.where in standing)
        first, *rest = (places[decision.where] for decision in ordered)
        en, zh = ("; ".join(place.en for place in rest), "；".join(place.zh for place in rest))
        with problems.collect():
            refuse_at(
                first,
                f"this contradicts {en}. Correct one of the answers, or undo a decision with `minglu review undo`",
                f"与 {zh} 矛盾。请更正其中一处，或用 `minglu review undo` 撤销已有判定",
            )
        judged.remove(ordered[0])
    problems.raise_errors()


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
