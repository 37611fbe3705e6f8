"""Sheets out: from a finished run to one workbook per district, township or enumerator.  Never into the run folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from minglu.errors import UsageError
from minglu.register.clerical.field_sheets.sheet_workbook import write_sheet
from minglu.register.clerical.field_sheets.visits import plan_rounds
from minglu.register.clerical.round_trip import hand_out, header_of

WAYS = ("district", "township", "enumerator")


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What the command line asks for."""

    by: str = "district"
    """One of WAYS."""
    assigned: Mapping[str, str] = field(default_factory=dict)
    """District code, or the beginning of one -> enumerator."""


@dataclass(frozen=True, slots=True)
class SheetsWritten:
    """What was written."""

    files: tuple[Path, ...]
    units: int

    def lines(self, language: str) -> list[str]:
        """Describe what was written and what comes next."""
        folder = self.files[0].parent
        if language == "zh":
            return [
                f"{len(self.files)} 份清查表，共 {self.units} 个单位。",
                f"下一步：现场核查并填写“核查结果”，再运行 minglu sheets apply {folder} --census 配置文件 --by 姓名",
            ]
        return [
            f"{len(self.files)} sheets, {self.units} units.",
            f"next: visit, fill in 核查结果, then minglu sheets apply {folder} --census CENSUS.toml --by NAME",
        ]


def make_sheets(out: Path, to: Path, options: SheetOptions) -> SheetsWritten:
    """Write the field sheets of the run `out` into the folder `to`.

    Raises SourceError where `out` is no run folder or not as its manifest says, UsageError where `to` lies in a run
    or somebody is missing in the assignment, ExistsError where a sheet is there already: it may hold answers.
    """
    if options.by not in WAYS or (options.by == "enumerator") != bool(options.assigned):
        raise UsageError(
            en=f"--by {options.by}: expected {', '.join(WAYS)}; only enumerator goes with --assign FILE.",
            zh=f"--by {options.by}：应为 {'、'.join(WAYS)} 之一；enumerator 须与 --assign FILE 同用，其余不用。",
        )
    header = header_of(out)._asdict()
    rounds = plan_rounds(out, options.by, options.assigned)
    header["sheets"] = {one.name: len(one.units) for one in rounds}
    books: dict[str, Callable[[Path], None]] = {
        f"{name}.xlsx": partial(write_sheet, header=header, walked=walked)
        for name, walked in zip(_file_names([one.name for one in rounds]), rounds, strict=True)
    }
    return SheetsWritten(hand_out(to, books), sum(len(one.units) for one in rounds))


def _file_names(names: Sequence[str]) -> list[str]:
    """Return names of files that every system takes, each once.

    >>> _file_names(["330101", "李/四", "李?四"])
    ['330101', '李_四', '李_四-2']
    """
    given: dict[str, int] = {}
    files = []
    for name in names:
        plain = "".join(letter if letter.isalnum() else "_" for letter in name)[:60]
        given[plain] = given.get(plain, 0) + 1
        files.append(plain if given[plain] == 1 else f"{plain}-{given[plain]}")
    return files
