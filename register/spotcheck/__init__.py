"""Spot checks (质量核查): draw a sample of a finished register, take the answers back, say what they show.

What each step does is said in its own module; here they are put in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from minglu.errors import OutputError, SourceError
from minglu.register.rules import load_pack
from minglu.register.rules.pack import SpotcheckRules
from minglu.register.runfolder import write_json
from minglu.register.spotcheck.answers import read_answers
from minglu.register.spotcheck.draw import Drawn, draw
from minglu.register.spotcheck.frame import Frame, open_frame
from minglu.register.spotcheck.paper import write_paper
from minglu.register.spotcheck.score import score
from minglu.register.spotcheck.sheets import header, write_sheets


@dataclass(frozen=True, slots=True)
class Made:
    """A sample that was drawn and written."""

    frame: Frame
    drawn: Drawn
    design: Mapping[str, Any]
    """What the workbooks and score.json say of the draw."""
    files: tuple[Path, ...]


def plan_rules(pack: str, asked: Mapping[str, Any]) -> SpotcheckRules:
    """Return the rule pack's plan with what the command line asks for in its place; raises RuleError."""
    wanted = {key: value for key, value in asked.items() if value is not None}
    return replace(load_pack(pack, Path()).spotcheck, **wanted)


def make_sample(register: Path, seed: str, rules: SpotcheckRules, to: Path) -> Made:
    """Draw from an archive or a run folder and write the workbooks into `to`.

    Raises SourceError where the register is not whole, UsageError for an empty seed, OutputError
    where `to` holds workbooks already or can't be written.
    """
    frame = open_frame(register)
    drawn = draw(frame, seed, rules)
    files = write_sheets(to, frame, drawn)
    return Made(frame, drawn, header(frame, drawn), tuple(files))


def score_sheets(paths: Sequence[Path], rules: SpotcheckRules, *, register: Path | None = None) -> dict[str, Any]:
    """Return the content of score.json for filled-in workbooks; raises SourceError where they can't be taken."""
    answers = read_answers(paths)
    if register is not None and open_frame(register).head != answers.design["register_head"]:
        raise SourceError(
            en=f"{register}: is not the register that these sheets were drawn from. Name the one that was sealed.",
            zh=f"{register}：不是这些核查表所抽取的名录。请指定当时封存的名录。",
        )
    return score(answers, rules)


def write_score(scored: Mapping[str, Any], to: Path) -> None:
    """Write score.json and the draft report into `to`; raises OutputError where that fails."""
    try:
        to.mkdir(parents=True, exist_ok=True)
        write_json(to / "score.json", scored)
        write_paper(scored, to / "质量核查与评估报告.docx")
    except OSError as error:
        raise OutputError(
            en=f"{to}: can't write ({error.strerror or error}).", zh=f"{to}：无法写入（{error.strerror or error}）。"
        ) from error
