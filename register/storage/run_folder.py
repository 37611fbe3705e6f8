"""The run folder OUT: locked, written beside its place, swapped in whole.

A run writes into a staging folder next to OUT.  When everything is there and on disk, the
two change places; until that moment the old OUT is untouched.  A crash leaves at most
staging leftovers and kept steps, which the next run sweeps or uses, and, where the system can't swap two folders
at once, the old OUT under its resting name, which the next run puts back.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from minglu.common.interruption import note_published
from minglu.errors import LockedError, OutputError, UsageError

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # linux/fs.h
NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def staged(
    out: Path, *, allow: Callable[[Path], None] | None = None, resumable: bool = False, once: bool = False
) -> Iterator[Path]:
    """Yield an empty staging folder for `out`; on success it takes the name, on any failure it vanishes.

    `allow` is called with the old folder once it is locked and whole, and raises where it may not be replaced.
    What lies in `steps_folder(out)` outlives a `resumable` run that fails, and no other.  The lock of what is
    written `once` and never again goes with it.
    Raises LockedError if another run holds `out`, OutputError if it can't be written there,
    UsageError if `out` exists and is not a run folder.
    """
    out = Path(os.path.realpath(out))  # a link keeps leading where it led: the folder behind it is replaced
    staging, resting = (out.with_name(f".{out.name}.{role}") for role in ("partial", "previous"))
    with ExitStack() as leaving:
        for folder in reversed(missing_parents(out.parent)):
            leaving.callback(remove_empty, folder)
        with _explained(out, everywhere=True):
            _refuse_foreign(out)
            out.parent.mkdir(parents=True, exist_ok=True)
            leaving.enter_context(locked(out))
            if once:
                leaving.callback(lock_path(out).unlink, missing_ok=True)
            _recover(out, resting)
            if not resumable:
                shutil.rmtree(steps_folder(out), ignore_errors=True)
            if allow is not None:
                allow(out)
            leaving.callback(shutil.rmtree, staging, ignore_errors=True)
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(mode=0o700)
        with _explained(out, everywhere=False), _private():
            yield staging
        with _explained(out, everywhere=True):
            _open_up(staging)
            _flush(staging)
            _swap(staging, out, resting)
        _confirm(out)
        shutil.rmtree(resting, ignore_errors=True)
        shutil.rmtree(steps_folder(out), ignore_errors=True)


def missing_parents(folder: Path) -> list[Path]:
    """Return the folders that are not there yet, the innermost first."""
    return [one for one in (folder, *folder.parents) if not one.exists()]


def remove_empty(folder: Path) -> None:
    """Remove a folder that a failed command made, unless somebody put something into it."""
    try:
        folder.rmdir()
    except OSError:
        return


def steps_folder(out: Path) -> Path:
    """Return where a resumable run keeps its finished steps: beside `out`, since the staging folder always goes."""
    real = Path(os.path.realpath(out))
    return real.with_name(f".{real.name}.steps")


@contextmanager
def _private() -> Iterator[None]:
    """Let files and folders be made for their owner alone, by whatever library and in worker processes too."""
    mask = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(mask)


@contextmanager
def _explained(out: Path, *, everywhere: bool) -> Iterator[None]:
    """Turn a failure to write into an OutputError.

    Of the errors of what runs inside a staging folder (not `everywhere`), only those that speak of
    room or of a file in that folder are such failures: an input that can't be read is none.
    """
    try:
        yield
    except OSError as error:
        inside = f".{out.name}.partial" in str(error.filename or "")
        if not (everywhere or inside or error.errno in NO_ROOM):
            raise
        raise OutputError(
            en=f"{out}: can't write ({error.strerror or error}). Nothing was changed. "
            "Free the place or name another folder with --out.",
            zh=f"{out}：无法写入（{error.strerror or error}）。原有结果未改动。请释放空间或用 --out 指定其他文件夹。",
        ) from error


def _refuse_foreign(out: Path) -> None:
    """Refuse to replace anything that is not a run folder (or an empty one), or to write inside a run or an archive."""
    for folder in (out, *out.parents):
        sealed = (folder / "bagit.txt").is_file()
        if sealed or (folder != out and is_run_folder(folder)):
            what = ("sealed archive", "封存档案") if sealed else ("run folder", "结果文件夹")
            raise UsageError(
                en=f"--out {out}: this lies in the {what[0]} {folder}, which must not change. Name another folder.",
                zh=f"--out {out}：该位置在{what[1]} {folder} 内，不得改动。请指定其他文件夹。",
            )
    if not out.exists() or (out.is_dir() and (is_run_folder(out) or not any(out.iterdir()))):
        return
    raise UsageError(
        en=f"--out {out}: this is not a run folder (it holds no manifest.json of minglu, or one that can't be read), "
        "and it would be replaced. Name a new or an empty folder.",
        zh=f"--out {out}：该位置不是 minglu 的结果文件夹（没有 minglu 的 manifest.json，或无法读取），不会被覆盖。"
        "请指定新的或空的文件夹。",
    )


def is_run_folder(out: Path) -> bool:
    """Return whether minglu wrote the manifest of a folder: other programs call a file of theirs so too."""
    return str(read_manifest(out).get("schema")).startswith("minglu/manifest/")


def read_manifest(out: Path) -> Mapping[str, Any]:
    """Return the manifest of a folder; nothing where there is none, or none that can be read."""
    try:
        manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock of `out`; the system lets go of it if the process dies.

    Raises LockedError where another run holds it, OutputError where the place can't be written.
    """
    try:
        handle = lock_path(out).open("a+b")
    except OSError as error:
        raise OutputError(
            en=f"{out}: can't write there ({error.strerror or error}). Nothing was changed. "
            "Get the right to write, free room, or name another place.",
            zh=f"{out}：该处无法写入（{error.strerror or error}）。未改动任何内容。"
            "请取得写权限、释放空间，或指定其他位置。",
        ) from error
    with handle:
        if not _take_lock(handle):
            raise LockedError(
                en=f"{out}: another run is writing here. Wait for it, or name another folder with --out.",
                zh=f"{out}：另一个任务正在写入。请等待其结束，或用 --out 指定其他文件夹。",
            )
        yield


def lock_path(out: Path) -> Path:
    """Return the file whose lock stands for `out`, beside it."""
    return out.with_name(f".{out.name}.lock")


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _take_lock(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _recover(out: Path, resting: Path) -> None:
    """Put the old folder back if a crash fell between the two renames; else remove what it left."""
    if resting.exists() and not out.exists():
        resting.rename(out)
    shutil.rmtree(resting, ignore_errors=True)


def _open_up(staging: Path) -> None:
    """Give what was made in private the permissions of the user's other files; the folder itself stays closed."""
    mask = _mask()
    for path in staging.rglob("*"):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~mask)


def _mask() -> int:
    """Return the permissions that the user withholds; the system shows them only to who sets them."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush(folder: Path) -> None:
    """Force every file and folder to the disk, so that the swap never shows a torn one."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what is in a folder before the folder
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb+") as handle:
                os.fsync(handle.fileno())
    _sync_folder(folder)


def _confirm(out: Path) -> None:
    """Force the new name to the disk; from here on the new result is in place, whatever happens."""
    try:
        _sync_folder(out.parent)
    except OSError as error:
        raise OutputError(
            en=f"{out}: the new result is in place, but the disk did not confirm it ({error.strerror or error}). "
            "Check the disk, then compare the files with manifest.json.",
            zh=f"{out}：新结果已就位，但磁盘未能确认（{error.strerror or error}）。"
            "请检查磁盘，并按 manifest.json 核对文件。",
        ) from error


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _swap(staging: Path, out: Path, resting: Path) -> None:
    """Let the staging folder take the name `out`: in one step where the system can, else in two."""
    staging.chmod(0o777 & ~_mask())  # private while it is being made, then as the user's other folders
    if not out.exists():
        staging.rename(out)
    elif not _exchange(staging, out):
        out.rename(resting)
        try:
            staging.rename(out)
        except BaseException:  # an interrupt as well
            resting.rename(out)
            raise
    note_published()


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names atomically (Linux renameat2); False where that does not exist."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a fresh path beside `path`; what is written there takes the name whole, or vanishes on any failure.

    Raises OutputError where it can't be written.
    """
    fresh = path.with_name(f".{path.name}.partial")
    try:
        yield fresh
        with fresh.open("rb+") as handle:
            os.fsync(handle.fileno())
        fresh.replace(path)
        note_published()
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(
            en=f"{path}: can't write ({error.strerror or error}). Nothing was changed.",
            zh=f"{path}：无法写入（{error.strerror or error}）。原文件未改动。",
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON whose bytes depend on the value alone: keys in their order, UTF-8, final newline."""
    path.write_text(
        json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        encoding="utf-8",
        newline="\n",
    )


def run_id(folder: Path) -> str:
    """Return what identifies this run: made from its entries and its scores."""
    parts = [digest(folder / "tables" / f"{name}.parquet") for name in ("entries", "scored_pairs")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
