"""Why two rows are, or are not, one: the waterfall of evidence in words and bits.  No recomputation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from minglu.matching.linkage_schemas import WEIGHTS
from minglu.matching.model.weights import Model, Patterns
from minglu.matching.settings.linkage_settings import LinkageSettings

PRIOR = "prior"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one comparison contributes about one pair."""

    comparison: str
    level: str
    bits_legal: float
    """Evidence for one legal unit, bits; below zero against it."""
    bits_site: float
    """Evidence for one site, given one legal unit, bits."""
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All evidence about one pair, the weightiest first after the prior; the sums are the log-odds."""

    steps: tuple[Evidence, ...]
    bits_legal: float
    bits_site: float

    def lines(self, language: str) -> list[str]:
        """Say each step in one line, in "zh" or "en"."""
        return [
            f"{step.bits_legal:+6.1f} {step.bits_site:+6.1f}  {step.why_zh if language == 'zh' else step.why_en}"
            for step in self.steps
        ]


def weight_table(model: Model, settings: LinkageSettings, patterns: Patterns) -> pa.Table:
    """Write the model down as the table `weights`: one row per comparison and level, the prior first."""
    start = {
        "comparison": PRIOR,
        "level": 0,
        "key": PRIOR,
        "bits_legal": model.prior_legal,
        "bits_site": model.prior_site,
        "pairs": int(patterns.pairs.sum()),
        "why_zh": "比较之前的把握",
        "why_en": "before any comparison",
    }
    rows = [start]
    for column, comparison in enumerate(settings.comparisons):
        seen = np.bincount(patterns.levels[:, column], weights=patterns.pairs, minlength=len(comparison.levels) + 1)
        silent = ("silent", f"{comparison.zh}：至少一方没有", f"{comparison.en}: missing on one side or both")
        words = [
            silent,
            *(
                (level.key, f"{comparison.zh}：{level.zh}", f"{comparison.en}: {level.en}")
                for level in comparison.levels
            ),
        ]
        rows += [
            {
                "comparison": comparison.name,
                "level": number,
                "key": key,
                "bits_legal": float(model.legal[column][number]),
                "bits_site": float(model.site[column][number]),
                "pairs": int(seen[number]),
                "why_zh": zh,
                "why_en": en,
            }
            for number, (key, zh, en) in enumerate(words)
        ]
    return pa.Table.from_pylist(rows, schema=WEIGHTS)


def evidence_by_level(weights: pa.Table) -> dict[tuple[str, int], Evidence]:
    """Return what each level of each comparison says, from the table `weights`; the prior is level 0 of PRIOR."""
    return {
        (row["comparison"], row["level"]): Evidence(
            row["comparison"], row["key"], row["bits_legal"], row["bits_site"], row["why_zh"], row["why_en"]
        )
        for row in weights.to_pylist()
    }


def explain_pair(levels: Mapping[str, int], weights: pa.Table) -> Waterfall:
    """Return the waterfall of one pair from its row of scored_pairs and the table of weights.

    Missing comparisons weigh nothing and are left out.
    """
    known = evidence_by_level(weights)
    steps = [known[PRIOR, 0], *(known[name, level] for name, level in levels.items() if level)]
    ordered = sorted(steps[1:], key=lambda step: (-abs(step.bits_legal) - abs(step.bits_site), step.comparison))
    return Waterfall(
        steps=(steps[0], *ordered),
        bits_legal=sum(step.bits_legal for step in steps),
        bits_site=sum(step.bits_site for step in steps),
    )


def spanning_pairs(members: Sequence[str], pairs: pa.Table) -> list[Mapping[str, object]]:
    """Return the surest linked pairs that hold a unit's entries together, as rows of scored_pairs.

    A maximum spanning tree over p_site; ties go to the smaller entry ids.
    """
    inside = set(members)
    rows = [row for row in pairs.to_pylist() if row["left"] in inside and row["right"] in inside]
    rows.sort(key=lambda row: (-row["p_site"], row["left"], row["right"]))
    leader = {member: member for member in members}
    tree = []
    for row in rows:
        one, two = leader[row["left"]], leader[row["right"]]
        if one != two:
            tree.append(row)
            leader = {member: one if head == two else head for member, head in leader.items()}
    return tree


def near_misses(members: Sequence[str], pairs: pa.Table, most: int = 5) -> list[Mapping[str, object]]:
    """Return the pairs that came nearest to joining another entry to the unit, the likeliest first."""
    inside = set(members)
    rows = [row for row in pairs.to_pylist() if (row["left"] in inside) != (row["right"] in inside)]
    rows.sort(key=lambda row: (-row["p_site"], -row["p_legal"], row["left"], row["right"]))
    return rows[:most]
