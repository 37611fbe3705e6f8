"""The sampling plan: rules, settings asked for, and what a sample size can show."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from minglu.errors import RuleError, UsageError
from minglu.register.rules import RulePack, load_pack, read_pack
from minglu.register.rules.rule_pack import SpotcheckRules
from minglu.register.statistics.acceptance_sampling import Plan as Size
from minglu.register.statistics.acceptance_sampling import chance_to_pass
from minglu.register.statistics.proportions import clopper_pearson
from minglu.register.storage.archive_verifier import RULES, RUN

BAD_FACTOR = 2.0
"""The second point of the operating characteristic: a register so many times as bad as the limit."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn and which limits hold; every workbook and the score carry it."""

    pack: str
    sha256: str
    rules: SpotcheckRules

    def as_dict(self) -> dict[str, Any]:
        """Return the pack, its digest, and each setting."""
        return {"pack": self.pack, "sha256": self.sha256, **asdict(self.rules)}


def plan_for(register: Path, pack: str | None, asked: Mapping[str, Any]) -> Plan:
    """Return the plan of the rules that `register` was made with, or of `pack`; `asked` replaces single values.

    Raises RuleError for a pack that can't be read, UsageError where a run folder was made with an office's own rules.
    """
    rules = _rules_of(register) if pack is None else load_pack(pack, Path())
    wanted = {key: value for key, value in asked.items() if value is not None}
    return Plan(rules.name, rules.digest, replace(rules.spotcheck, **wanted))


def _rules_of(register: Path) -> RulePack:
    """Return the rules in an archive, or the built-in ones that a run folder names."""
    run = register / RUN if (register / RUN).is_dir() else register
    rules = json.loads((run / "manifest.json").read_text("utf-8"))["rules"]
    if run != register:
        return read_pack((register / RULES).read_text("utf-8"), name=rules["name"], version=rules["version"])
    try:
        pack = load_pack(rules["name"], Path())
    except RuleError:
        pack = None
    if pack is None or pack.digest != rules["sha256"]:
        raise UsageError(
            en=f"{register}: was made with the rules {rules['name']}, which a run folder does not hold. Seal it first "
            "(an archive holds its rules), or name them with --rules.",
            zh=f"{register}：所用规则 {rules['name']} 不在结果文件夹内。请先封存（档案含规则），或用 --rules 指定。",
        )
    return pack


def read_plan(rules: Mapping[str, Any]) -> Plan:
    """Read a plan as the workbooks carry it; raises KeyError or TypeError where it is none."""
    values = {field.name: rules[field.name] for field in fields(SpotcheckRules)}
    return Plan(rules["pack"], rules["sha256"], SpotcheckRules(**values))


def falls_short(plan: Plan, of: SpotcheckRules) -> list[str]:
    """Return the settings in which a plan asks for less, or lets more pass, than the rules `of` the level above."""
    short = []
    for field in fields(SpotcheckRules):
        own, wanted = getattr(plan.rules, field.name), getattr(of, field.name)
        if own > wanted if field.name.startswith("limit_") else own < wanted:
            short.append(field.name)
    return short


def what_size_shows(drawn: int, lot: int, limit: float) -> dict[str, float]:
    """Return what `drawn` of `lot` units can show: the bound where no error is found, and two points of the curve.

    The curve is the operating characteristic of the rule "no more than the limit": exact, without replacement.

    >>> shown = what_size_shows(60, 1_000, 0.05)
    >>> round(shown["bound_without_error"], 3), shown["most_errors"]
    (0.06, 3)
    """
    size = Size(drawn, math.floor(round(limit * drawn, 9)))
    good, bad = (chance_to_pass(max(lot, drawn), share, size) for share in (limit, BAD_FACTOR * limit))
    return {
        "limit": limit,
        "most_errors": size.most_errors,
        "bound_without_error": clopper_pearson(0, drawn).high,
        "passes_at_limit": good,
        "passes_at_twice_limit": bad,
    }
