"""What must not be lost or vouched for: inputs and people's work, changed tables, broken archives."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from minglu.errors import SourceError, UsageError
from minglu.register.storage.archive_verifier import RUN, Checked, check_bag
from minglu.register.storage.run_folder import digest, read_manifest

NOT_LISTED = frozenset({"manifest.json", "run.json"})
EDITED = frozenset({".xlsx", ".docx"})
"""What people change in place; a map program touches a GeoPackage by merely opening it."""
SIDE_FILES = (".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".aux.xml", ".qmd", "Thumbs.db", "desktop.ini")
"""What other programs leave behind; so are names that start with a dot or with the mark of an open workbook, ~$."""


def protect(out: Path, inputs: Iterable[Path] = ()) -> None:
    """Raise UsageError where replacing the run folder `out` would take an input or somebody's work with it.

    Work is a file that the run did not write, and a workbook or document that was changed since:
    a clerk fills in review.xlsx where it lies.
    """
    real = Path(os.path.realpath(out))
    lost = [path for path in inputs if Path(os.path.realpath(path)).is_relative_to(real)] or _work_of_hands(real)
    if lost:
        raise UsageError(
            en=f"--out {out}: {lost[0]} lies in that folder and would be lost: it is an input, or not as the run wrote "
            "it. Move it to another place, or name another folder.",
            zh=f"--out {out}：{lost[0]} 位于该文件夹内，会随之丢失：它是输入文件，或已与生成时不同。"
            "请将其移走，或指定其他文件夹。",
        )


def _work_of_hands(out: Path) -> list[Path]:
    listed = _listed(out)
    if not listed:
        return []
    return [
        path
        for path in sorted(out.rglob("*"))
        if path.is_file()
        and path.name not in NOT_LISTED
        and not path.name.startswith((".", "~$"))
        and not path.name.endswith(SIDE_FILES)
        and (name := path.relative_to(out).as_posix())
        and (name not in listed or (path.suffix in EDITED and digest(path) != listed[name]))
    ]


def _vouched(out: Path) -> Mapping[str, str]:
    listed = _listed(out)
    if not listed:
        raise SourceError(
            en=f"{out}: is no run folder of minglu, or its manifest.json can't be read; expected what `minglu build` "
            "made.",
            zh=f"{out}：不是 minglu 的结果文件夹，或其 manifest.json 无法读取；应为 `minglu build` 生成的文件夹。",
        )
    return listed


def _listed(out: Path) -> Mapping[str, str]:
    """Return path and sha256 of every output that the manifest lists; nothing where it can't be read."""
    try:
        return {item["path"]: item["sha256"] for item in read_manifest(out)["outputs"]}
    except (TypeError, KeyError):
        return {}


def require_unchanged(out: Path) -> None:
    """Raise SourceError unless tables and coverage.json are as the manifest vouches for them."""
    listed = _vouched(out)
    found = [path.relative_to(out).as_posix() for path in sorted((out / "tables").glob("*"))]
    _compare(out, listed, {*found, "coverage.json", *(name for name in listed if name.startswith("tables/"))})


def require_all_unchanged(out: Path) -> None:
    """Raise SourceError unless the run folder holds what its manifest lists, unchanged, and nothing else."""
    listed = _vouched(out)
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    _compare(out, listed, (found - NOT_LISTED) | {*listed, "coverage.json"})


def run_within(place: Path) -> Path:
    """Return the run folder inside of an archive; any other place is returned as it is."""
    return place / RUN if (place / RUN).is_dir() else place


def check_archive(bag: Path, *, head: str = "", key: bytes | None = None) -> Checked:
    """Check an archive; raises SourceError where `bag` is none, or can't be read."""
    try:
        return check_bag(bag, head=head, key=key)
    except (OSError, ValueError) as error:
        raise SourceError(
            en=f"{bag}: is no archive of minglu, or can't be read ({error}). Expected a folder that "
            "`minglu archive seal` made.",
            zh=f"{bag}：不是 minglu 的封存档案，或无法读取（{error}）。应为 `minglu archive seal` 生成的文件夹。",
        ) from None


def require_intact(bag: Path) -> Checked:
    """Return the check of an archive that is whole; raises SourceError for any other."""
    checked = check_archive(bag)
    if checked.findings:
        raise SourceError(
            en=f"{bag}: is not intact: {checked.findings[0].text('en')}. Run `minglu archive check` and take a whole "
            "copy.",
            zh=f"{bag}：档案不完好：{checked.findings[0].text('zh')}。请运行 `minglu archive check`，改用完好的副本。",
        )
    return checked


def _compare(out: Path, listed: Mapping[str, str], names: Iterable[str]) -> None:
    for name in sorted(names):
        path = out / name
        if not path.is_file() or digest(path) != listed.get(name):
            raise SourceError(
                en=f"{path}: is not what manifest.json vouches for; expected an unchanged run folder. "
                "Find out who changed it, or build it again.",
                zh=f"{path}：与 manifest.json 的记录不符；应为未被改动的结果文件夹。请查明改动原因，或重新生成。",
            )
