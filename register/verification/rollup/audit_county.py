"""先审核后汇总: the audit of a county's sealed register before it is rolled up."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minglu.errors import SourceError
from minglu.register.coverage.findings import ERROR
from minglu.register.report.finished_run import open_run
from minglu.register.rules.rule_pack import RulePack, SpotcheckRules
from minglu.register.storage.archive_verifier import RUN, Checked
from minglu.register.storage.integrity import check_archive
from minglu.register.storage.run_store import read_table
from minglu.register.verification.spotcheck.sampling_plan import falls_short, read_plan
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, LIST_BOOK

SCORE_SCHEMA = "minglu/spotcheck-score/1"
COUNTY_DIGITS = 6
Failure = tuple[str, str]
"""Why a register fails its audit: Chinese, English."""


@dataclass(frozen=True, slots=True)
class County:
    """A sealed register, audited."""

    key: str
    """What sets its ids and files apart from those of other registers: its county code, or its number in the call."""
    name: str
    reference_date: dt.date
    run: Path
    """The run folder inside the archive."""
    head: str
    register_head: str
    coverage: Mapping[str, Any]
    failures: tuple[Failure, ...]
    """Empty where the register passes."""
    spotcheck: str
    """The verdict of its spot check, `none` without one."""
    seed: str
    """What that was drawn with."""

    @property
    def decisions(self) -> Mapping[str, Any]:
        """Return what clerks decided there, counted; of a roll-up, in its counties together."""
        return self._chain("decisions", self.coverage["linkage"]["decisions"])

    @property
    def field(self) -> Mapping[str, Any]:
        """Return the results of field work there, counted, likewise."""
        return self._chain("field", self.coverage["field"])

    def _chain(self, name: str, own: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**own, **self.coverage.get("rollup", {}).get(name, {})}


def audit(bags: Sequence[Path], scores: Sequence[Path], *, pack: RulePack) -> list[County]:
    """Audit sealed registers in the order of their keys, by the rule pack of the level above.

    `scores` are files score.json of their spot checks.  Raises SourceError for a folder that is no archive or is of
    another version, for a score that is of none of them and for one register given twice.
    """
    checked = [check_archive(bag) for bag in bags]
    scored = _read_scores(scores, {one.register_head for one in checked})
    keys = _keys([bag / RUN for bag in bags])
    counties = [
        _audit(bag, key, one, scored.get(one.register_head), pack)
        for bag, key, one in zip(bags, keys, checked, strict=True)
    ]
    if len({county.register_head for county in counties}) < len(counties):
        raise SourceError(
            en="the same register was given twice. Name each county's archive once.",
            zh="同一名录给了两次。每个县的封存档案只写一次。",
        )
    return sorted(counties, key=lambda county: county.key)


def _read_scores(paths: Sequence[Path], heads: set[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for path in paths:
        try:
            score = json.loads(path.read_text("utf-8"))
            head = score["design"]["register_head"] if score["schema"] == SCORE_SCHEMA else ""
            read_plan(score["design"]["rules"])
        except (OSError, ValueError, KeyError, TypeError):
            head = ""
        if head not in heads:
            raise SourceError(
                en=f"{path}: is no score of a spot check of these registers. Expected what "
                "`minglu spotcheck score --to` made.",
                zh=f"{path}：不是这些名录的质量核查结果。应为 `minglu spotcheck score --to` 生成的 score.json。",
            )
        found[head] = score
    return found


def _keys(runs: Sequence[Path]) -> list[str]:
    """Return each register's county code where these differ, else its number."""
    keys = []
    for run in runs:
        codes = {code[:COUNTY_DIGITS] for code in read_table(run, "districts", ["code"]).column("code").to_pylist()}
        keys.append(min(codes) if len(codes) == 1 else "")
    if len(set(keys)) == len(keys) and all(keys):
        return keys
    return [str(number) for number in range(1, len(runs) + 1)]


def _audit(bag: Path, key: str, checked: Checked, score: Mapping[str, Any] | None, pack: RulePack) -> County:
    run = bag / RUN
    coverage, manifest = open_run(run).coverage, json.loads((run / "manifest.json").read_text("utf-8"))
    failures = [
        *((f"封存档案：{found.text('zh')}", f"archive: {found.text('en')}") for found in checked.findings),
        *_judge(coverage, manifest, pack),
        *_judge_spot_check(score, pack.spotcheck),
    ]
    census = coverage["census"]
    return County(
        key=key,
        name=census["name"],
        reference_date=dt.date.fromisoformat(census["reference_date"]),
        run=run,
        head=checked.head,
        register_head=checked.register_head,
        coverage=coverage,
        failures=tuple(failures),
        spotcheck="none" if score is None else score["verdict"],
        seed="" if score is None else score["design"]["seed"],
    )


def _judge(coverage: Mapping[str, Any], manifest: Mapping[str, Any], pack: RulePack) -> Iterator[Failure]:
    """Yield every reason against a register whose archive is whole."""
    for statement in ("accounted", "tiled"):
        verdict = coverage["verdict"][statement]
        if verdict["status"] != "proven":
            yield verdict["zh"], verdict["en"]
    for finding in coverage["findings"]:
        if finding["weight"] == ERROR:
            yield finding["zh"], finding["en"]
    if manifest["rules"]["sha256"] != pack.digest:
        yield "所用规则与本级不同", "made with other rules than those of this level"


def _judge_spot_check(score: Mapping[str, Any] | None, rules: SpotcheckRules) -> Iterator[Failure]:
    """Yield every reason against a spot check: none, not accepted, of an unsealed register, with laxer rules."""
    if score is None:
        yield "没有质量核查结果", "no spot check"
        return
    if score["verdict"] != "accept":
        yield f"质量核查未通过（{score['verdict']}）", f"its spot check was not accepted ({score['verdict']})"
    if missing := [book for book in (LIST_BOOK, AREA_BOOK) if book not in score.get("books", ())]:
        named = ", ".join(missing)
        yield f"质量核查未收回 {named}", f"its spot check lacks {named}: what was asked there is undecided"
    if not score["design"]["sealed"]:
        yield "质量核查时名录尚未封存", "its spot check was drawn before it was sealed"
    if short := falls_short(read_plan(score["design"]["rules"]), rules):
        named = ", ".join(short)
        yield f"质量核查的要求低于本级规则（{named}）", f"its spot check asked for less than the rules ({named})"
