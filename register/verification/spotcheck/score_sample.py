"""What the answers of a spot check show: rates with numerator, n and interval, and the rule pack's verdict.

A rate alone shows little: 1 of 188 is 0.5 % with an upper bound of 2.9 %.  So each rate has two
verdicts: what the rule says of the value (within | above), and whether the sample shows it
(the upper bound of the exact interval is within the limit).  What was not answered is never a pass:
the rule's verdict stays open as long as the missing answers could turn it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minglu.register.coverage.estimates import interval_of
from minglu.register.coverage.run_metadata import as_plain
from minglu.register.language.code_labels import SOURCE_CLASSES
from minglu.register.rules.rule_pack import SpotcheckRules
from minglu.register.statistics.capture_recapture import chapman
from minglu.register.statistics.cluster_sampling import cluster_rate
from minglu.register.statistics.proportions import Interval, clopper_pearson
from minglu.register.statistics.stratified_sampling import Part, stratified_rate
from minglu.register.verification.spotcheck.draw_sample import ADDED, EXCLUDED, VISIT
from minglu.register.verification.spotcheck.sampling_frame import township_code
from minglu.register.verification.spotcheck.spotcheck_answers import Answers
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, CLASS_WORDS, KINDS, LIST_BOOK

ALL = "all"
CLASS_OF_WORD = {zh: key for key, (zh, _) in SOURCE_CLASSES.items()}
UNCLASSED = "unknown"
VISITED = ("duplicate", "wrong", "merged", "excess")
"""Indicators of the visits."""
INDICATORS: Mapping[str, tuple[str, str]] = {
    "missed": ("漏查率", "missed"),
    "duplicate": ("重复率", "duplicates"),
    "wrong": ("错误率", "wrong entries"),
    "merged": ("误并率", "several units under one entry"),
    "excess": ("虚报率", "not there or not in scope"),
    "wrongly_excluded": ("误排除率", "wrongly left out"),
}
MISSING = frozenset({"", "not_reached"})
"""Results that are no answer."""
LEAST_SEEN = 0.5
"""A walk that saw less than this share of the units registered in a district was no walk, or the register is wrong
there: either way nothing is accepted before somebody has looked again.  Rates are of the answers all the same."""
WITHIN, ABOVE, OPEN = "within", "above", "open"
NONE_CHECKED = "none"
ACCEPT, RECHECK, UNDECIDED = "accept", "recheck", "undecided"
Unit = tuple[str, str, bool | None]
"""Cluster (a township or a district), source class, whether it counts as an error; None: not answered."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One indicator of one source class."""

    indicator: str
    """A key of INDICATORS."""
    source_class: str
    errors: int
    n: int
    """Units with an answer."""
    unanswered: int
    rate: float | None
    wilson: Interval | None
    exact: Interval | None
    """Clopper-Pearson; both at the effective size of a sample drawn in clusters."""
    design_effect: float | None
    limit: float | None
    by_rule: str
    """within | above | open (missing answers could turn it) | none (nothing was checked)"""
    shown: bool
    """The sample shows that the true rate is within the limit."""


def score(answers: Answers, rules: SpotcheckRules) -> dict[str, Any]:
    """Return the content of score.json."""
    pools = {name: list(units) for name, units in _pools(answers)}
    for name, units in _not_returned(answers):
        pools[name] += units
    rates = [rate for name, units in pools.items() for rate in _rates(name, units, rules)]
    townships = [_township(code, answers, rules) for code in answers.design["townships"]]
    return {
        "schema": "minglu/spotcheck-score/1",
        "design": dict(answers.design),
        "books": list(answers.books),
        "verdict": _verdict(rates, townships),
        "rates": as_plain(rates),
        "townships": townships,
        "field_sample": _field_sample(answers),
        "linkage": _linkage(answers, rates),
        "not_walked": sorted(code for code, state in answers.walked if state != "whole"),
        "walks_doubted": [
            {"district": code, "registered": kept, "seen": seen} for code, kept, seen in _doubted(answers)
        ],
        "unanswered": _unanswered(answers),
    }


def _unanswered(answers: Answers) -> dict[str, Any]:
    """Count what the draw asked and nobody answered, and name the workbooks that did not come back."""
    visits = sum(result not in MISSING for _, result in answers.visited)
    judged = sum(answer not in MISSING for _, answer in answers.left_out)
    asked = _asked(answers, VISIT) + _asked(answers, ADDED), _asked(answers, EXCLUDED)
    return {
        "visits": max(asked[0], len(answers.visited)) - visits,
        "excluded": max(asked[1], len(answers.left_out)) - judged,
        "districts": len(answers.design["districts"]) - len(_walked_whole(answers)),
        "books": [book for book in (LIST_BOOK, AREA_BOOK) if book not in answers.books],
    }


def _asked(answers: Answers, kind: str) -> int:
    return sum(stratum.get("drawn", 0) for stratum in answers.design["strata"] if stratum["kind"] == kind)


def _not_returned(answers: Answers) -> Iterator[tuple[str, list[Unit]]]:
    """Yield every drawn unit of a workbook that did not come back as one without an answer."""
    if LIST_BOOK in answers.books:
        return
    for stratum in answers.design["strata"]:
        drawn, excluded = stratum.get("drawn", 0), stratum["kind"] == EXCLUDED
        source_class = stratum.get("source_class") or UNCLASSED
        for name in ("wrongly_excluded",) if excluded else VISITED:
            yield name, [("", ALL if excluded else source_class, None)] * drawn


def _doubted(answers: Answers) -> list[tuple[str, int, int]]:
    """Return districts reported as walked whole in which too few registered units were seen: code, registered, seen."""
    seen = Counter(district for district, _, finding in answers.found if finding in {"listed", "not_settled"})
    whole = {district for district, state in answers.walked if state == "whole"}
    return [
        (row["code"], row["kept"], seen[row["code"]])
        for row in answers.design["districts"]
        if row["code"] in whole and seen[row["code"]] < LEAST_SEEN * row["kept"]
    ]


def _walked_whole(answers: Answers) -> set[str]:
    """Return the districts that were walked whole, without those of which the walk itself is in doubt."""
    doubted = {code for code, _, _ in _doubted(answers)}
    return {district for district, state in answers.walked if state == "whole"} - doubted


def _pools(answers: Answers) -> Iterator[tuple[str, Iterable[Unit]]]:
    """Yield every indicator with its units."""
    visits = [
        (key["district"], CLASS_OF_WORD.get(key["source_class"], UNCLASSED), result) for key, result in answers.visited
    ]
    for indicator, errors in (
        ("duplicate", {"duplicate"}),
        ("wrong", {"wrong"}),
        ("merged", {"merged"}),
        ("excess", {"absent", "not_in_scope"}),
    ):
        yield indicator, ((township_code(d), c, None if r in MISSING else r in errors) for d, c, r in visits)
    whole = {district for district, state in answers.walked if state == "whole"}
    seen = [one for one in answers.found if one[2] != "not_in_scope"]
    settled: Mapping[str, bool | None] = {"listed": False, "missed": True, "not_settled": None}
    yield (
        "missed",
        (
            (district, CLASS_OF_WORD.get(word, UNCLASSED), settled[finding] if district in whole else None)
            for district, word, finding in seen
        ),
    )
    judged: Mapping[str, bool | None] = {"rightly": False, "wrongly": True}
    yield "wrongly_excluded", ((key["unit_id"], ALL, judged.get(answer)) for key, answer in answers.left_out)


def _rates(indicator: str, units: Sequence[Unit], rules: SpotcheckRules) -> Iterator[Rate]:
    """Yield the rate of all units and of each source class."""
    limit = getattr(rules, f"limit_{indicator}", None)
    classes = sorted({source_class for _, source_class, _ in units} - {ALL})
    for source_class in (ALL, *classes):
        yield _rate(indicator, source_class, [u for u in units if source_class in {ALL, u[1]}], limit)


def _rate(indicator: str, source_class: str, units: Sequence[Unit], limit: float | None) -> Rate:
    clusters: dict[str, list[bool]] = defaultdict(list)
    for cluster, _, error in units:
        if error is not None:
            clusters[cluster].append(error)
    unanswered = len(units) - sum(map(len, clusters.values()))
    if not clusters:
        return Rate(indicator, source_class, 0, 0, unanswered, None, None, None, None, limit, NONE_CHECKED, shown=False)
    found = cluster_rate([sum(c) for c in clusters.values()], [len(c) for c in clusters.values()])
    by_rule = WITHIN if limit is None else _by_rule(found.errors, found.n, unanswered, limit)
    shown = limit is not None and not unanswered and found.gate.high <= limit
    return Rate(
        indicator, source_class, found.errors, found.n, unanswered,
        found.rate, found.display, found.gate, found.design_effect, limit, by_rule, shown,
    )  # fmt: skip


def _by_rule(errors: int, n: int, unanswered: int, limit: float) -> str:
    """Compare with the limit, once as if all missing answers were right and once as if all were errors."""
    if errors / (n + unanswered) > limit:
        return ABOVE
    return OPEN if unanswered and (errors + unanswered) / (n + unanswered) > limit else WITHIN


def _township(code: str, answers: Answers, rules: SpotcheckRules) -> dict[str, Any]:
    """Return the rates of one township and whether it must be checked again."""
    own = {row["code"] for row in answers.design["districts"] if row["township"] == code}
    part = Answers(
        {**answers.design, "districts": [row for row in answers.design["districts"] if row["township"] == code]},
        tuple(one for one in answers.visited if township_code(one[0]["district"]) == code),
        (),
        tuple(one for one in answers.found if one[0] in own),
        tuple(one for one in answers.walked if one[0] in own),
        answers.books,
    )
    rates = [
        _rate(name, ALL, list(units), getattr(rules, f"limit_{name}"))
        for name, units in _pools(part)
        if name != "wrongly_excluded"
    ]
    pending = len(own) - len(_walked_whole(part))
    not_returned = LIST_BOOK not in answers.books and _asked(answers, VISIT) > 0
    return {
        "township": code,
        "rates": as_plain(rates),
        "districts_not_walked": pending,
        "verdict": RECHECK
        if any(r.by_rule == ABOVE for r in rates)
        else UNDECIDED
        if pending or not_returned or _open(rates)
        else ACCEPT,
    }


def _open(rates: Iterable[Rate]) -> bool:
    return any(rate.by_rule in {OPEN, NONE_CHECKED} and (rate.n or rate.unanswered) for rate in rates)


def _verdict(rates: Sequence[Rate], townships: Sequence[Mapping[str, Any]]) -> str:
    """One township above a limit sends the register back; anything open, or never asked, leaves the verdict open."""
    ruled = [rate for rate in rates if rate.limit is not None]
    states = {township["verdict"] for township in townships}
    if RECHECK in states or any(rate.by_rule == ABOVE for rate in ruled):
        return RECHECK
    asked = {rate.indicator for rate in ruled if rate.n}
    return UNDECIDED if UNDECIDED in states or _open(ruled) or not asked else ACCEPT


def _field_sample(answers: Answers) -> dict[str, Any]:
    """Return what the walked districts say of completeness: an independent second list, by districts walked whole."""
    whole = {district for district, state in answers.walked if state == "whole"}
    inside = [one for one in answers.found if one[0] in whole and one[2] in {"listed", "missed"}]
    registered = sum(row["kept"] for row in answers.design["districts"] if row["code"] in whole)
    both = sum(one[2] == "listed" for one in inside)
    sample: dict[str, Any] = {
        "districts": len(whole),
        "registered": registered,
        "found": len(inside),
        "both": both,
        "unsettled": sum(one[0] in whole and one[2] == "not_settled" for one in answers.found),
    }
    if both and both <= registered:
        sample["estimate"] = _estimate(registered, len(inside), both)
    return sample


def _estimate(registered: int, found: int, both: int) -> dict[str, float]:
    """Return Chapman's estimate, its interval never shorter than what the walk shows of its own sight.

    Where the walk found every registered unit, Chapman's variance is zero; but 26 of 26 shows only that it sees 87 %.
    """
    interval = interval_of(chapman(registered, found, both), registered)
    seen = clopper_pearson(both, registered)
    least = registered + found - both
    low, high = min(interval["low"], max(least, found / seen.high)), max(interval["high"], found / seen.low)
    return interval | {"low": low, "high": high, "share_low": registered / high, "share_high": registered / low}


def _linkage(answers: Answers, rates: Sequence[Rate]) -> dict[str, Any]:
    """Return what the visits say of the linkage: duplicates are links it missed, merged units links it made wrongly.

    The classes are drawn at different rates, so each weighs by its units in the register.
    """
    visits = [(key["source_class"], result) for key, result in answers.visited if key["kind"] == KINDS[VISIT]]
    answered = [(word, result) for word, result in visits if result not in MISSING]
    found: dict[str, Any] = {"visited": len(answered), "unanswered": len(visits) - len(answered)}
    for kind in ("duplicate", "merged"):
        errors = Counter(word for word, result in answered if result == kind)
        seen = Counter(word for word, _ in answered)
        effect = next(rate.design_effect for rate in rates if (rate.indicator, rate.source_class) == (kind, ALL))
        effect = effect if effect is not None and math.isfinite(effect) else 1.0  # without errors none can be estimated
        parts = [
            Part(stratum["total"], seen[word], errors[word])
            for stratum in answers.design["strata"]
            if stratum["kind"] == VISIT
            for word in (CLASS_WORDS.get(stratum["source_class"], stratum["source_class"]),)
        ]
        found[kind] = {"errors": errors.total(), **(_weighted(parts, effect) if answered else {})}
    return found


def _weighted(parts: Sequence[Part], effect: float) -> dict[str, float]:
    rate = stratified_rate(parts, effect)
    return {"rate": rate.rate, "low": rate.interval.low, "high": rate.interval.high, "covered": rate.covered}
