"""The round trip of all sheets: written from a vouched run, taken back for the same run, undone by line.

Review, field sheets, spot checks and clearing forms differ in what they ask; how they go out and come back is here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from minglu.errors import SourceError
from minglu.register.clerical.hash_chain import Signature, undo_record
from minglu.register.config.census_file import Census
from minglu.register.storage.integrity import require_unchanged
from minglu.register.storage.output_place import new_files
from minglu.register.storage.run_folder import run_id
from minglu.register.storage.run_store import read_account


class RunHeader(NamedTuple):
    """Of which run a workbook is: written into its hidden sheet, compared when it comes back."""

    census: str
    reference_date: str
    run: str


def header_of(out: Path) -> RunHeader:
    """Return the header for sheets of the run `out`; raises SourceError where its tables are not vouched for."""
    require_unchanged(out)
    census = read_account(out)["census"]
    return RunHeader(census["name"], census["reference_date"], run_id(out))


def hand_out(to: Path, books: Mapping[str, Callable[[Path], None]]) -> tuple[Path, ...]:
    """Write files into the folder `to`, all or none: name -> what writes it at a path.

    Raises UsageError where `to` lies in a run or an archive, ExistsError where a file of that name is there already,
    OutputError where the place can't be written.
    """
    with new_files(to, books) as staging:
        for name, write in books.items():
            write(staging / name)
    return tuple(to / name for name in books)


def require_same_run(sheets: Sequence[tuple[Path, RunHeader]], census: Census, run: Path | None) -> None:
    """Refuse sheets of another census, of another run than the first sheet's, or of another run than `run`."""
    wanted = run_id(run) if run is not None else sheets[0][1].run
    about = (census.name, census.reference_date.isoformat())
    for path, header in sheets:
        if (header.census, header.reference_date) != about or header.run != wanted:
            found = f"{header.census} {header.reference_date}, run {header.run[:12]}"
            expected = f"{' '.join(about)}, run {wanted[:12]}"
            raise SourceError(
                en=f"{path.name} [_minglu] row 1, column A: it belongs to another run ({found}); expected "
                f"{expected}. Nothing was taken over. Take the sheets of one run together.",
                zh=f"{path.name} [_minglu] 第 1 行 A 列：该表属于另一次运行（{found}）；应为 {expected}。"
                "未采用任何内容。请将同一次运行的表一并采用。",
            )


def undo_records(
    path: Path, lines: Sequence[int], standing: Collection[int], signed: Signature, why: str, *, hint: tuple[str, str]
) -> list[dict[str, Any]]:
    """Return the records that take back lines of the chain `path`.

    Raises SourceError with all lines that do not stand; `hint` says in English and Chinese what names the lines.
    """
    unknown = [line for line in dict.fromkeys(lines) if line not in standing]
    if unknown:
        listed = ", ".join(map(str, unknown))
        raise SourceError(
            en=f"{path} line {listed}: no standing {hint[0]}",
            zh=f"{path} 第 {listed} 行：没有有效的{hint[1]}",
        )
    return [undo_record(line, by=signed.by, when=signed.when, why=why) for line in dict.fromkeys(lines)]
