"""Pages about single units, written outside of the run folder: what may be handed on and what may not stay apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minglu.errors import UsageError
from minglu.register.storage.output_place import new_file


@contextmanager
def new_outside(out: Path, path: Path, option: str) -> Iterator[Path]:
    """Yield where to write the file `path`, which comes to lie outside of the run folder `out` whole or not at all.

    Raises UsageError for a place inside of it, as the user named it by `option`, and as `new_file`.
    """
    if path.resolve().is_relative_to(out.resolve()):
        raise UsageError(
            en=f"{option} {path}: expected a place outside of {out}, so that single units are not handed on with it.",
            zh=f"{option} {path}：应在 {out} 之外，以免单位信息随结果文件夹一并提供。",
        )
    with new_file(path, option=option) as fresh:
        yield fresh
