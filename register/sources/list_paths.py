"""Which regular files a list's path means.  Opens nothing."""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path

from minglu.errors import SourceError
from minglu.register.config.list_spec import ListSpec

LOCK_MARK = "~$"
"""Excel and WPS lay such a file beside a workbook while somebody has it open."""
GLOB_MARKS = frozenset("*?[")


def find_files(spec: ListSpec) -> tuple[Path, ...]:
    """Return the files of `spec.path`, sorted by their name relative to the census file.

    Raises SourceError for URLs, virtual paths, a path that matches nothing, and anything but a regular file.
    """
    refuse_remote(spec.path)
    candidate = spec.base / spec.path
    try:
        literal = candidate.exists()
    except (OSError, ValueError) as problem:
        raise _unusable(spec.path, "not a usable path", "不是可用的路径") from problem
    if literal or not GLOB_MARKS.intersection(spec.path):
        return (regular_file(candidate, spec.path),)
    matches = glob.glob(spec.path, root_dir=spec.base, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute
    files = [
        regular_file(spec.base / match, match)
        for match in matches
        if not (spec.base / match).is_dir() and not Path(match).name.startswith(LOCK_MARK)
    ]
    if not files:
        raise _unusable(spec.path, "no file matches", "没有匹配的文件")
    return tuple(sorted(files, key=lambda file: relative_name(file, spec.base)))


def refuse_remote(path: str) -> None:
    """Raise SourceError where `path` is a URL, a GDAL virtual path or no path at all."""
    lowered = path.strip().lower()
    if "://" in path or "/vsi" in lowered or not lowered or "\0" in path or "\n" in path:
        raise _unusable(path[:80], "a URL, a virtual path or inline text", "网址、虚拟路径或内联文本")


def regular_file(path: Path, shown: str) -> Path:
    """Return `path` if it is a regular file that exists and whose name is text; raise SourceError otherwise."""
    plain = shown.encode("utf-8", "replace").decode()
    if plain != shown:  # GBK bytes on a system that speaks UTF-8, as some unpackers leave them
        raise _unusable(plain, "the name is not text in this system's encoding; rename the file", "文件名编码有误")
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as problem:
        raise _unusable(shown, "no such file", "文件不存在") from problem
    except (OSError, ValueError) as problem:
        raise _unusable(shown, "the file can't be opened", "文件无法打开") from problem
    if not stat.S_ISREG(mode):
        raise _unusable(shown, "a folder or device, not a file", "是文件夹或设备，不是文件")
    return path


def relative_name(path: Path, base: Path) -> str:
    """Return `path` relative to `base` with `/`, as every table names it."""
    try:
        return Path(os.path.relpath(path, base)).as_posix()
    except ValueError:  # another drive on Windows
        return path.name


def _unusable(shown: str, en: str, zh: str) -> SourceError:
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    return SourceError(
        en=f"path '{shown}': {en}; expected a local file. "
        "Correct the path (in a census file it is relative to that file).",
        zh=f"路径“{shown}”：{zh}；应为本机文件。请更正路径（配置文件中的路径相对于该文件）。",
    )
