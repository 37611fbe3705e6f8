"""Pages about single units, written outside of the run folder: what may be handed on and what may not stay apart."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from minglu.errors import OutputError, UsageError
from minglu.register.storage.output_place import require_free_place, require_new


def require_outside(out: Path, path: Path, option: str) -> None:
    """Raise UsageError for a place inside the run folder `out`, any other run or an archive; `option` names it.

    Raises ExistsError where a file is there already.
    """
    if path.resolve().is_relative_to(out.resolve()):
        raise UsageError(
            en=f"{option} {path}: expected a place outside of {out}, so that single units are not handed on with it.",
            zh=f"{option} {path}：应在 {out} 之外，以免单位信息随结果文件夹一并提供。",
        )
    require_free_place(path, option=option)
    require_new([path])


def write_whole(path: Path, text: str) -> None:
    """Write a page at `path`, whole or not at all; raises OutputError where it can't be written."""
    part = path.with_name(f".part-{path.name}")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise OutputError(
            en=f"{path}: can't be written ({error.strerror}). Name another file.",
            zh=f"{path}：无法写入（{error.strerror}）。请指定其他文件。",
        ) from error
    finally:
        with suppress(OSError):  # what can't be written can't be removed either
            part.unlink(missing_ok=True)
