"""The errors of minglu: one root; each with an English and a Chinese message and an exit code.

A bad row is a value (a reject with a code), never an exception.  A bad file, a bad
census file or a place that can't be written is an exception from this module.
Every message answers four questions: where, what was found, what was expected,
what to do.
"""

from __future__ import annotations

from typing import ClassVar


class MingluError(Exception):
    """Anything that minglu refuses or can't finish; `exit_code` is what the process returns."""

    exit_code: ClassVar[int] = 4

    def __init__(self, *, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error travel between processes whole (readers run in a child process)."""
        return _rebuild, (type(self), self.en, self.zh)

    def text(self, language: str) -> str:
        """Return the message in `language`, "zh" or "en"."""
        return self.zh if language == "zh" else self.en


def _rebuild(kind: type[MingluError], en: str, zh: str) -> MingluError:
    return kind(en=en, zh=zh)


class UsageError(MingluError):
    """The command line or the census file can't be understood."""

    exit_code = 2


class RuleError(UsageError):
    """A rule pack holds an unknown key, a wrong type or a contradiction."""


class SourceError(MingluError):
    """An input file can't be read in full."""

    exit_code = 3


class GeometryError(SourceError):
    """A layer's geometry can't be used at all."""


class CrsError(GeometryError):
    """A coordinate system is missing, unknown or not the one that was promised."""


class SchemaError(MingluError):
    """A table has other columns than its declaration: a mistake in minglu itself."""


class LawError(MingluError):
    """A conservation law is broken: a mistake in minglu itself, never a report."""


class OutputError(MingluError):
    """A result can't be written where it was asked for."""

    exit_code = 5


class ExistsError(OutputError):
    """Something is already where a result should go, and it is never replaced."""

    exit_code = 2


class ShortageError(OutputError):
    """The machine has too little memory for the run: like a full disk, nothing is wrong with the inputs."""

    @classmethod
    def of_memory(cls) -> ShortageError:
        """Return the error for any lack of memory, whichever library reported it."""
        return cls(
            en="Memory: the system gave no more; no result was changed. Expected about 2 GB, and 2 GB more for each "
            "million rows. Close other programs, use fewer --threads, raise the limit, or take a larger machine.",
            zh="内存不足：系统不再分配内存，未改动任何结果。约需 2 GB，每百万行另加约 2 GB。"
            "请关闭其他程序、减少 --threads、放宽内存限制，或换用内存更大的机器。",
        )

    @classmethod
    def of_room(cls, place: str) -> ShortageError:
        """Return the error for a full disk, or a limit on file sizes is reached."""
        return cls(
            en=f"{place}: can't write, there is no room; no result was changed. Free room, or name another folder.",
            zh=f"{place}：空间不足，无法写入，未改动任何结果。请释放空间，或指定其他文件夹。",
        )


class LockedError(MingluError):
    """Another run holds the output folder."""

    exit_code = 75
