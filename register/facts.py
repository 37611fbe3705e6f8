"""What a run knows about itself beyond its tables: census, rules, inputs, proof, datum, linkage.  Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from minglu.geo import DatumEvidence, Districts, Proof
from minglu.register.census import Census
from minglu.register.sources import InputReport


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The facts that a report states beside the tables."""

    census: Census
    """The census file as read, with its rule pack."""
    inputs: tuple[InputReport, ...]
    """One report per file and sheet read."""
    districts: Districts
    """The census districts."""
    proof: Proof
    """The partition proof of the districts."""
    datums: Mapping[str, DatumEvidence]
    """List name -> how its coordinate system was found; lists without coordinates are absent."""
    laws: tuple[str, ...]
    """The conservation laws that were checked in this run and hold."""
    version: str
    """Version of minglu."""
