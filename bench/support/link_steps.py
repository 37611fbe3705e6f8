"""Linkage step by step, each step timed, with what lies between the steps: pairs, patterns, verdicts, labels."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from bench.support.clock import Clock
from minglu.common.arrays import Integers
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.encoding.coded_records import CodedRows
from minglu.matching.linkage import cluster_rows, verdicts_in_two_passes
from minglu.matching.model.thresholds import VerdictRules, Verdicts
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Model, Patterns
from minglu.matching.settings.linkage_settings import LinkageSettings


@dataclass(frozen=True, slots=True)
class Steps:
    """What the steps of one linkage gave."""

    pairs: ComparedPairs
    patterns: Patterns
    uncompared: pa.Table
    """What blocking gave up, by rule."""
    model: Model
    verdicts: Verdicts
    sites: Integers
    legal_units: Integers
    cuts: pa.Table


def link_stepwise(rows: CodedRows, settings: LinkageSettings, rules: VerdictRules, clock: Clock) -> Steps:
    """Link rows as `minglu.matching.linkage.link_rows` does, each step timed by itself."""
    with clock.step("block and compare"):
        pairs, patterns, uncompared = compare_rows(rows, settings)
    with clock.step("learn"):
        model = learn_model(patterns, settings)
    with clock.step("judge and cluster"):
        pairs, patterns, verdicts = verdicts_in_two_passes(rows, pairs, patterns, model, settings=settings, rules=rules)
        sites, legal_units, cuts = cluster_rows(rows, pairs, verdicts)
    return Steps(pairs, patterns, uncompared, model, verdicts, sites, legal_units, cuts)
