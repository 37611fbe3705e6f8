"""Where an output may go, and how files come to lie there: all together or not at all.

One guard for every command that writes: never into a run folder or a sealed archive, never over a file that is
there, never into a folder that is itself an input, never at a path that a reader of URIs takes for another file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from minglu.common.interruption import note_published
from minglu.errors import ExistsError, OutputError, UsageError
from minglu.register.storage.run_folder import is_run_folder, lock_path, locked, missing_parents, remove_empty

BAG_MARK = "bagit.txt"


def require_free_place(path: Path, *, option: str = "", inputs: Iterable[Path] = ()) -> None:
    """Raise UsageError where nothing may be written at `path`; `option` is how the user named it.

    That is inside a run folder or a sealed archive, inside a folder among `inputs`, or where the path with its
    %XX decoded is another file that exists.
    """
    named = f"{option} {path}".strip()
    real = Path(os.path.realpath(path))
    for folder in (real, *real.parents):
        if is_run_folder(folder):
            raise UsageError(
                en=f"{named}: this lies in the run folder {folder}, which its manifest vouches for. "
                "Name another folder.",
                zh=f"{named}：该位置在结果文件夹 {folder} 内，其内容由 manifest.json 担保。请指定其他文件夹。",
            )
        if (folder / BAG_MARK).is_file():
            raise UsageError(
                en=f"{named}: this lies in the sealed archive {folder}, which must not change. Name another folder.",
                zh=f"{named}：该位置在封存档案 {folder} 内，档案不得改动。请指定其他文件夹。",
            )
    _refuse_inputs(named, real, inputs)
    _refuse_decoded(named, real)


def _refuse_inputs(named: str, real: Path, inputs: Iterable[Path]) -> None:
    for source in inputs:
        folder = Path(os.path.realpath(source))
        if real == folder or (folder.is_dir() and real.is_relative_to(folder)):
            raise UsageError(
                en=f"{named}: {source} is an input; nothing is written over it or into it. Name another place.",
                zh=f"{named}：{source} 是输入，不得覆盖或写入。请指定其他位置。",
            )


def _refuse_decoded(named: str, real: Path) -> None:
    """Refuse a name such as a%20b beside a file `a b`: programs that read URIs open the one for the other."""
    decoded = unquote(str(real))
    if decoded != str(real) and Path(decoded).exists():
        raise UsageError(
            en=f"{named}: decoded it names another file that exists, {decoded}; some programs would read that one. "
            "Name a place without %.",
            zh=f"{named}：解码后即为已存在的另一文件 {decoded}，部分软件会误读。请换用不含 % 的名称。",
        )


def require_new(paths: Iterable[Path]) -> None:
    """Raise ExistsError for the first path at which something is: it may hold somebody's work."""
    for path in paths:
        if os.path.lexists(path):
            raise ExistsError(
                en=f"{path}: exists: it is there already and may hold answers or other work; it is never replaced. "
                "Move it away, or name another place.",
                zh=f"{path}：已存在，可能含有核查结果或其他内容，不会覆盖。请将其移走，或指定其他位置。",
            )


@contextmanager
def new_files(to: Path, names: Iterable[str], *, option: str = "--to", inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield a staging folder in which to write `names`; they come to lie in `to` all together, or none does.

    Raises UsageError for a place that is not free, ExistsError where one of them is there already, LockedError
    where another command writes there, OutputError where the place can't be written: then nothing is left behind.
    """
    wanted = list(names)
    require_free_place(to, option=option, inputs=inputs)
    require_new(to / name for name in wanted)
    for name in wanted:
        _refuse_decoded(f"{option} {to}".strip(), Path(os.path.realpath(to)) / name)
    real = Path(os.path.realpath(to))
    there = real.is_dir() and (any(real.iterdir()) or not os.access(real.parent, os.W_OK))
    base = real / "minglu" if there else real  # a folder in use is entered, a new one takes its name in one step
    staging = base.with_name(f".{base.name}.partial")
    made = missing_parents(base.parent)
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        with locked(base):
            try:
                shutil.rmtree(staging, ignore_errors=True)
                staging.mkdir(mode=0o700)
                yield staging
                _publish(staging, real, wanted, in_one_step=not there)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
                lock_path(base).unlink(missing_ok=True)
        made = []
    except OSError as error:
        raise no_room(to, error, wanted) from error
    finally:
        for folder in made:
            remove_empty(folder)


def write_new(path: Path, content: bytes, *, option: str = "", inputs: Iterable[Path] = ()) -> None:
    """Write one new file whole or not at all; raises as `new_files`."""
    with new_file(path, option=option, inputs=inputs) as fresh:
        fresh.write_bytes(content)


@contextmanager
def new_file(path: Path, *, option: str = "", inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield a path beside `path` to write; it takes the name whole, or vanishes.  Raises as `new_files`."""
    require_free_place(path, option=option, inputs=inputs)
    require_new([path])
    fresh = path.with_name(f".partial-{path.name}")  # writers go by the ending
    made = missing_parents(path.parent)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield fresh
        _sync(fresh)
        fresh.replace(path)
        note_published()
        made = []
    except OSError as error:
        raise no_room(path, error, [path.name]) from error
    finally:
        _remove_file(fresh)
        for folder in made:
            remove_empty(folder)


def no_room(to: Path, error: OSError, names: Iterable[str] = ()) -> OutputError:
    """Return what to say of a failure to write: the place, the reason, what is free and what is needed."""
    files = len(list(names))
    free = _free_bytes(to)
    room = "" if free is None else f" {free / 1e6:,.1f} MB are free there;"
    space = "" if free is None else f"该处剩余 {free / 1e6:,.1f} MB；"
    return OutputError(
        en=f"{to}: can't write ({error.strerror or error}).{room} needed are room for {files} files and the right to "
        "write. Nothing was changed. Free room, or name another place.",
        zh=f"{to}：无法写入（{error.strerror or error}）。{space}需有写权限及 {files} 个文件的空间。"
        "未改动任何内容。请释放空间，或指定其他位置。",
    )


def _free_bytes(to: Path) -> int | None:
    for folder in (to, *to.absolute().parents):
        if folder.is_dir():
            try:
                return shutil.disk_usage(folder).free
            except OSError:
                return None
    return None


def _publish(staging: Path, to: Path, names: list[str], *, in_one_step: bool) -> None:
    """Let the files take their places: the folder in one step where it is new, else file by file, undone on failure."""
    for name in names:
        _sync(staging / name)
    if in_one_step:
        staging.chmod(0o777 & ~_mask())
        staging.replace(to)
        note_published()
        return
    placed: list[Path] = []
    try:
        for name in names:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(to / name)
            placed.append(to / name)
    except BaseException:
        for path in placed:
            _remove_file(path)
        raise
    note_published()


def _sync(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
