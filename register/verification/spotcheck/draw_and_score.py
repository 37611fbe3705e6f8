"""Spot checks (质量核查): draw a sample of a finished register, take the answers back, say what they show.

Each step has a module of its own; here they are called one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.clerical.round_trip import hand_out
from minglu.register.clerical.sheet_problems import Problems, refuse_at
from minglu.register.storage.run_folder import write_json
from minglu.register.verification.spotcheck.assessment_report import write_paper
from minglu.register.verification.spotcheck.draw_sample import Drawn, draw
from minglu.register.verification.spotcheck.sampling_frame import SamplingFrame, open_frame
from minglu.register.verification.spotcheck.sampling_plan import Plan, plan_for, read_plan
from minglu.register.verification.spotcheck.score_sample import score
from minglu.register.verification.spotcheck.spotcheck_answers import Answers, read_answers
from minglu.register.verification.spotcheck.spotcheck_workbooks import (
    AREA_BOOK,
    LIST_BOOK,
    LOOKUP_BOOK,
    blind,
    header,
    is_blind,
    write_sheets,
)


@dataclass(frozen=True, slots=True)
class SampleWritten:
    """A sample that was drawn and written."""

    frame: SamplingFrame
    drawn: Drawn
    design: Mapping[str, Any]
    """What the workbooks and score.json say of the draw."""
    files: tuple[Path, ...]


def make_sample(
    register: Path, seed: str, to: Path, *, pack: str | None = None, asked: Mapping[str, Any] | None = None
) -> SampleWritten:
    """Draw from an archive or a run folder and write the workbooks into `to`.

    The plan is that of the register's own rules, or of `pack`; `asked` replaces single settings.
    Raises SourceError where the register is not whole, UsageError for an empty seed, OutputError
    where `to` can't be written, ExistsError where it holds workbooks already.
    """
    frame = open_frame(register)
    plan = plan_for(register, pack, asked or {})
    drawn = draw(frame, seed, plan.rules)
    files = write_sheets(to, frame, drawn, plan)
    return SampleWritten(frame, drawn, header(frame, drawn, plan), files)


def score_sheets(
    paths: Sequence[Path], *, register: Path | None = None, problems: Problems | None = None
) -> dict[str, Any]:
    """Return the content of score.json for filled-in workbooks, by the rules that they were drawn with.

    Where `register` is named, its sample is drawn once more from the seed and compared.  What of the workbooks is not
    taken over is noted in `problems`.
    Raises SourceError where the workbooks can't be taken, or are not what the seed draws.
    """
    answers = read_answers(paths, problems)
    plan = read_plan(answers.design["rules"])
    if register is not None:
        answers = replace(answers, design=require_same_draw(register, answers, plan))
    if is_blind(answers.design):
        raise SourceError(
            en=f"{AREA_BOOK}: alone it does not say what the register has, so that nobody who walks can know. Name "
            f"{LIST_BOOK} or {LOOKUP_BOOK} of the same draw as well, or the register with --register.",
            zh=f"{AREA_BOOK}：为使走访者不知情，该表不含名录数量，不能单独评分。请一并指定同次抽样的 {LIST_BOOK} 或 "
            f"{LOOKUP_BOOK}，或用 --register 指定名录。",
        )
    return score(answers, plan.rules)


def require_same_draw(register: Path, answers: Answers, plan: Plan) -> dict[str, Any]:
    """Draw once more and return the design; raises SourceError unless all that the sheets say is so drawn."""
    frame = open_frame(register)
    if frame.head != answers.design["register_head"]:
        raise SourceError(
            en=f"{register}: is not the register that these sheets were drawn from. Name the one that was sealed.",
            zh=f"{register}：不是这些核查表所抽取的名录。请指定当时封存的名录。",
        )
    _refuse_unknown(answers, set(frame.units.column("unit_id").to_pylist()))
    drawn = draw(frame, answers.design["seed"], plan.rules)
    design: dict[str, Any] = json.loads(json.dumps(header(frame, drawn, plan)))
    design["sealed"] = answers.design["sealed"]
    units = sorted(row["unit_id"] for _, row in drawn.units)
    found = sorted(key["unit_id"] for key, _ in (*answers.visited, *answers.left_out))
    expected = blind(design) if is_blind(answers.design) else design
    if expected != answers.design or (LIST_BOOK in answers.books and units != found):
        raise SourceError(
            en=f"{register}: the sheets do not hold the sample that the seed {answers.design['seed']!r} draws from it. "
            "Take the sheets as they were written.",
            zh=f"{register}：核查表中的样本不是种子 {answers.design['seed']!r} 从该名录抽出的样本。请使用原表。",
        )
    return design


def _refuse_unknown(answers: Answers, known: AbstractSet[str]) -> None:
    """Refuse ids that the register has not: nothing is in it because somebody wrote so."""
    for unit, place in answers.named:
        if unit not in known:
            refuse_at(
                place,
                f"found {unit[:40]!r}; expected the id of a unit of the register, as in {LOOKUP_BOOK}",
                f"得到 {unit[:40]!r}；应为名录中的单位编号，见 {LOOKUP_BOOK}",
            )


def write_score(scored: Mapping[str, Any], to: Path) -> None:
    """Write score.json and the draft report into `to`, both or none; raises as `hand_out`."""
    hand_out(
        to,
        {
            "score.json": lambda path: write_json(path, scored),
            "质量核查与评估报告.docx": lambda path: write_paper(scored, path),
        },
    )
