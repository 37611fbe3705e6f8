"""Sheets out: from a finished run to one workbook per district, township or enumerator.  Never into the run folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minglu.errors import OutputError, UsageError
from minglu.register.clerical.field_sheets.sheet_workbook import write_sheet
from minglu.register.clerical.field_sheets.visits import plan_rounds
from minglu.register.clerical.review.review_pairs import run_id
from minglu.register.storage.run_store import read_account

WAYS = ("district", "township", "enumerator")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    by: str = "district"
    """One of WAYS."""
    assigned: Mapping[str, str] = field(default_factory=dict)
    """District code, or the beginning of one -> enumerator."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    files: tuple[Path, ...]
    units: int

    def lines(self, language: str) -> list[str]:
        """Say what was written and what comes next."""
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


def make_sheets(out: Path, to: Path, wish: Wish) -> Made:
    """Write the field sheets of the run `out` into the folder `to`.

    Raises SourceError where `out` is no run folder, UsageError where `to` lies in it or somebody is
    missing in the assignment, OutputError where a sheet is there already: it may hold somebody's answers.
    """
    header = _header(out)
    if wish.by not in WAYS or (wish.by == "enumerator") != bool(wish.assigned):
        raise UsageError(
            en=f"--by {wish.by}: expected {', '.join(WAYS)}; enumerator goes with --assign FILE, the others without.",
            zh=f"--by {wish.by}：应为 {'、'.join(WAYS)} 之一；enumerator 须与 --assign FILE 同用，其余不用。",
        )
    if to.absolute().is_relative_to(out.absolute()):
        raise UsageError(
            en=f"--to {to}: this lies in the run folder, which its manifest vouches for. Name another folder.",
            zh=f"--to {to}：该位置在结果文件夹内，其内容由 manifest.json 担保。请指定其他文件夹。",
        )
    rounds = plan_rounds(out, wish.by, wish.assigned)
    files = [to / f"{name}.xlsx" for name in _file_names([one.name for one in rounds])]
    _refuse_existing(files)
    try:
        to.mkdir(parents=True, exist_ok=True)
        for path, walked in zip(files, rounds, strict=True):
            write_sheet(path, header, walked)
    except OSError as error:
        raise OutputError(
            en=f"{to}: can't write ({error.strerror or error}).", zh=f"{to}：无法写入（{error.strerror or error}）。"
        ) from error
    return Made(tuple(files), sum(len(one.units) for one in rounds))


def _header(out: Path) -> dict[str, str]:
    census = read_account(out)["census"]
    return {"run": run_id(out), "census": census["name"], "reference_date": census["reference_date"]}


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


def _refuse_existing(files: Sequence[Path]) -> None:
    for path in files:
        if path.exists():
            raise OutputError(
                en=f"{path}: it is there already and may hold answers. Move it away, or name another folder with --to.",
                zh=f"{path}：已存在，可能含有核查结果。请将其移走，或用 --to 指定其他文件夹。",
            )
