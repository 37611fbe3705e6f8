"""What a run knows about itself beyond its tables: census, rules, inputs, proof, datum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from minglu.register.clerical.field_facts.reanchor_facts import NO_RESOLVED_FACTS, ResolvedFacts
from minglu.register.clerical.reanchor_decisions import NO_RESOLVED_DECISIONS, ResolvedDecisions
from minglu.register.config.census_file import Census
from minglu.register.coverage.spotcheck_result import NO_FIELD_CHECK, FieldCheck
from minglu.register.sources.list_reading import InputReport
from minglu.register.territory.check_layer import Territory
from minglu.register.territory.list_datum import DatumReport
from minglu.register.units.ledger import Law


@dataclass(frozen=True, slots=True)
class RunMetadata:
    """The facts that a report states beside the tables."""

    census: Census
    """The census file as read, with its rule pack."""
    inputs: tuple[InputReport, ...]
    """One report per file and sheet read."""
    territory: Territory
    """The districts, their parent, the proof of the tiling and what is wrong with the codes."""
    datums: tuple[DatumReport, ...]
    """One per list: how its coordinate system was found."""
    laws: tuple[Law, ...]
    """The conservation laws that were checked in this run and hold."""
    version: str
    """Version of minglu."""
    standing: ResolvedDecisions = NO_RESOLVED_DECISIONS
    """What people decided about pairs of entries."""
    previous: str = ""
    """The sha256 of the manifest of the run whose ids were carried on, or empty."""
    field: ResolvedFacts = NO_RESOLVED_FACTS
    """Results of field work."""
    field_check: FieldCheck = NO_FIELD_CHECK
    """What a scored spot check says of completeness."""
    rollup: Mapping[str, Any] | None = None
    """The registers that this one was made of, where it was not made of lists."""
    parts: tuple[Mapping[str, Any], ...] = ()
    """What their own coverage.json says."""


def as_plain(value: object) -> Any:
    """Turn dataclasses, mappings and sequences into what JSON can hold; a number that is none becomes null.

    >>> as_plain({"share": float("nan"), "codes": ("a", 1)})
    {'share': None, 'codes': ['a', 1]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    message = f"{type(value).__name__} has no plain form"
    raise TypeError(message)
