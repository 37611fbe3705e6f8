"""Everything that a run reads, opened and checked before any work begins; all that is wrong is reported at once."""

from __future__ import annotations

import dataclasses
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple, Protocol

from minglu.common.problems import Problems
from minglu.register.clerical.decisions import Chain, read_chain
from minglu.register.clerical.field_facts.fact_chain import FieldChain, read_field
from minglu.register.config.census_file import Census
from minglu.register.coverage.spotcheck_result import FieldCheck, read_field_check
from minglu.register.sources.attestation import check_once
from minglu.register.sources.list_reading import ListReading
from minglu.register.sources.read_list import read_list
from minglu.register.succession.previous_run import PreviousRun, find_previous_run
from minglu.register.territory.check_layer import Territory, check_layers


class Stages(Protocol):
    """Where opening says how far it is."""

    def stage(self, *, en: str, zh: str) -> AbstractContextManager[None]:
        """Enter a named stage; leaving the context ends it."""


class RunInputs(NamedTuple):
    """The inputs of one run, each read in full."""

    decisions: Chain
    field: FieldChain
    previous: PreviousRun | None
    spotcheck: FieldCheck
    readings: tuple[ListReading, ...]
    territory: Territory


@dataclasses.dataclass(slots=True)
class FoundInputs:
    """What could be read; what could not is None, or missing from `readings`, and stands in `problems`."""

    problems: Problems
    decisions: Chain | None = None
    field: FieldChain | None = None
    previous: PreviousRun | None = None
    spotcheck: FieldCheck | None = None
    readings: list[ListReading] = dataclasses.field(default_factory=list)
    territory: Territory | None = None

    def complete(self) -> RunInputs:
        """Return the inputs; raises every problem as one error where there is any."""
        self.problems.raise_all()
        assert self.decisions is not None
        assert self.field is not None
        assert self.spotcheck is not None
        assert self.territory is not None
        return RunInputs(
            self.decisions, self.field, self.previous, self.spotcheck, tuple(self.readings), self.territory
        )


def open_inputs(census: Census, *, stages: Stages, opened: ExitStack) -> FoundInputs:
    """Read the lists, what people decided and the layers; the layers stay open while `opened` is."""
    problems = Problems()
    found = FoundInputs(problems)
    with stages.stage(en="read the lists", zh="读取名单"):
        with problems.collect():
            found.decisions = read_chain(census.decisions)
        with problems.collect():
            found.field = read_field(census.field)
        with problems.collect():
            found.previous = find_previous_run(census.previous)
        with problems.collect():
            found.spotcheck = read_field_check(census.spotcheck)
        for spec in census.lists:
            with problems.collect():
                found.readings.append(read_list(spec, census.pack.headers))
        with problems.collect():
            check_once(report for reading in found.readings for report in reading.inputs)
    with stages.stage(en="prove the districts", zh="检验普查小区"), problems.collect():
        found.territory = opened.enter_context(check_layers(census.districts, census.parent, census.pack))
    return found
