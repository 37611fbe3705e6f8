"""What a run knows about itself beyond its tables: census, rules, inputs, proof, datum.  Values only."""

from __future__ import annotations

from dataclasses import dataclass

from minglu.register.census import Census
from minglu.register.check import CheckResult
from minglu.register.locate import DatumReport
from minglu.register.sources import InputReport


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The facts that a report states beside the tables."""

    census: Census
    """The census file as read, with its rule pack."""
    inputs: tuple[InputReport, ...]
    """One report per file and sheet read."""
    territory: CheckResult
    """The districts, their parent, the proof of the tiling and what is wrong with the codes."""
    datums: tuple[DatumReport, ...]
    """One per list: how its coordinate system was found."""
    laws: tuple[str, ...]
    """The conservation laws that were checked in this run and hold."""
    version: str
    """Version of minglu."""
