"""The run that a desk shows: checked against its manifest and locked for one desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from minglu.errors import LockedError, UsageError
from minglu.register.config.census_file import Census, read_census
from minglu.register.desk.queries.district_map import DistrictMap
from minglu.register.engine.run_queries import RunQueries
from minglu.register.explain.find_units import UnitIndex
from minglu.register.explain.unit_index import open_tables
from minglu.register.storage.integrity import require_intact, require_unchanged, run_within
from minglu.register.storage.run_folder import locked
from minglu.register.storage.run_store import MANIFEST, read_account


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """What the command line asks of a desk."""

    names: tuple[str, ...] = ()
    """Who may answer; nobody makes the desk read-only."""
    census: Path | None = None
    """The census file whose decisions are added to."""
    spotcheck: Path | None = None
    """Folder with the workbooks of a drawn spot check."""
    language: str = "zh"


@dataclass(eq=False)
class OpenedRun:
    """A run folder, or the one inside of an archive, as the desk shows it."""

    place: Path
    options: DeskOptions
    census: Census | None
    sealed: bool
    account: dict[str, Any]
    """The content of coverage.json."""
    queries: RunQueries
    _stamp: tuple[int, int, int]
    _making: threading.Lock = field(default_factory=threading.Lock)

    @property
    def run(self) -> Path:
        """Return the run folder."""
        return run_within(self.place)

    @property
    def name(self) -> str:
        """Return the name of the census."""
        return str(self.account["census"]["name"])

    @property
    def may_judge(self) -> bool:
        """Return whether answers to questions may be added to the decisions."""
        return bool(self.options.names) and not self.sealed and self.census is not None

    @property
    def may_verify(self) -> bool:
        """Return whether results of a spot check may be entered."""
        return bool(self.options.names) and self.options.spotcheck is not None

    @property
    def index(self) -> UnitIndex:
        """Return the index of units; the first who asks waits until it is made."""
        with self._making:
            return self._index

    @cached_property
    def _index(self) -> UnitIndex:
        return UnitIndex(self.queries)

    @cached_property
    def map(self) -> DistrictMap:
        """Return the districts to be drawn."""
        return DistrictMap(self.run, self.queries)

    def is_unchanged(self) -> bool:
        """Return whether the run is still the one that was opened: a new build replaces the folder."""
        try:
            return _stamp_of(self.run) == self._stamp
        except OSError:
            return False


@contextmanager
def open_run(place: Path, options: DeskOptions, *, alone: bool = True) -> Iterator[OpenedRun]:
    """Open a run folder or an archive for one desk; what only reads and asks nobody need not be `alone`.

    Raises SourceError where it is not what its manifest vouches for, LockedError where another desk has it open,
    UsageError where somebody is to answer but nothing is named that takes the answers.
    """
    run = run_within(place)
    sealed = run != place
    census = _census_of(options, sealed=sealed)
    with ExitStack() as leaving:
        if alone:
            _lock(leaving, place, read_only=not options.names)
        if sealed:
            require_intact(place)
        else:
            require_unchanged(run)
        account = read_account(run)
        if census is not None:
            _require_same_census(census, account)
        queries = open_tables(run)
        leaving.callback(queries.close)
        yield OpenedRun(place, options, census, sealed, account, queries, _stamp_of(run))


def _census_of(options: DeskOptions, *, sealed: bool) -> Census | None:
    if options.names and options.census is None and options.spotcheck is None:
        raise UsageError(
            en="--by: somebody is to answer, but nothing takes the answers. Add --census CENSUS.toml for questions, "
            "--spotcheck FOLDER for a spot check, or leave --by out to read only.",
            zh="--by：已指定答复人，但未指明答复写入何处。复核请加 --census CENSUS.toml，核查请加 --spotcheck 文件夹；"
            "只查看则不写 --by。",
        )
    if options.census is None or sealed:
        return None
    census = read_census(options.census)
    if options.names and census.decisions is None and options.spotcheck is None:
        raise UsageError(
            en=f'{census.path} [census]: no file of decisions is named. Add decisions = "decisions.jsonl".',
            zh=f'{census.path} [census]：未指定判定文件。请加入 decisions = "decisions.jsonl"。',
        )
    return census


def _require_same_census(census: Census, account: dict[str, Any]) -> None:
    recorded = account["census"]
    if (census.name, census.reference_date.isoformat()) != (recorded["name"], recorded["reference_date"]):
        raise UsageError(
            en=f"--census {census.path}: is {census.name} {census.reference_date}, the run is of {recorded['name']} "
            f"{recorded['reference_date']}. Name the census file that the run was built from.",
            zh=f"--census {census.path}：为 {census.name} {census.reference_date}，而结果属于 {recorded['name']} "
            f"{recorded['reference_date']}。请指定生成该结果的普查配置。",
        )


def _lock(leaving: ExitStack, place: Path, *, read_only: bool) -> None:
    """Keep further desks out; a place where nothing can be written needs no lock to be read."""
    try:
        leaving.enter_context(locked(place.with_name(f"{place.name}.desk")))
    except LockedError:
        raise LockedError(
            en=f"{place}: another desk is open on this run; two could answer past each other. Use its window, or "
            "close it first (Ctrl-C where it was started).",
            zh=f"{place}：该结果已有一个工作台打开，两个工作台可能互相覆盖答复。请使用已打开的窗口，"
            "或先将其关闭（在启动处按 Ctrl-C）。",
        ) from None
    except OSError:
        if not read_only:
            raise


def _stamp_of(run: Path) -> tuple[int, int, int]:
    status = (run / MANIFEST).stat()
    return status.st_ino, status.st_mtime_ns, status.st_size
