"""How a command talks: progress and refusals on stderr, in the user's language; results on stdout."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import typer

from minglu.commands.terminal.help_text import chosen_language
from minglu.commands.terminal.live_stage import running
from minglu.common.interruption import INTERRUPTED, is_interrupted, is_published
from minglu.common.memory_limits import require_memory, shortage
from minglu.errors import MingluError


class ConsoleProgress:
    """Progress on stderr: the running stage while it runs where there is a terminal, one line a stage at its end.

    Keeps the seconds for run.json.
    """

    def __init__(self, language: str, *, quiet: bool) -> None:
        self.language, self.quiet = language, quiet
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, *, en: str, zh: str) -> Iterator[None]:
        """Time a stage, show it while it runs, and say how long it took."""
        started = time.perf_counter()
        with nullcontext() if self.quiet else running(zh if self.language == "zh" else en, self.language):
            yield
        self.seconds[en] = round(time.perf_counter() - started, 3)
        if not self.quiet:
            typer.echo(f"  {zh if self.language == 'zh' else en}: {self.seconds[en]:.1f} s", err=True)

    def note(self, *, en: str, zh: str) -> None:
        """Print a note about the stage that just ended."""
        if not self.quiet:
            typer.echo(f"  {zh if self.language == 'zh' else en}", err=True)

    def times(self) -> Mapping[str, Any]:
        """Return the content of run.json: the only place in OUT that knows a clock or a machine."""
        import platform

        return {
            "schema": "minglu/run/1",
            "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "seconds": self.seconds,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.release()} {platform.machine()}",  # platform() starts a process
            "processors": os.cpu_count(),
        }


@contextmanager
def guarded(lang: str | None) -> Iterator[str]:
    """Yield the language to speak; turn every failure into a message without data and its exit code."""
    language = stated_language(lang)
    try:
        require_memory()
        yield language
    except KeyboardInterrupt:
        raise _interrupted(language) from None
    except MingluError as error:
        raise (_interrupted(language) if is_interrupted() else _refused(error, language)) from None
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - reported by its place, in full with MINGLU_DEBUG
        if is_interrupted():  # a library that was loading or waiting has its own words for it
            raise _interrupted(language) from None
        if short := shortage(error):
            raise _refused(short, language) from None
        if os.environ.get("MINGLU_DEBUG"):
            import traceback

            traceback.print_exc()
        typer.echo(_internal(error, language), err=True)
        raise typer.Exit(MingluError.exit_code) from None


def _interrupted(language: str) -> typer.Exit:
    words = {
        True: {"zh": "已中断；新结果已完整就位。", "en": "Interrupted; the new result was in place already, whole."},
        False: {"zh": "已中断，未改动任何结果。", "en": "Interrupted; no result was changed."},
    }
    typer.echo(words[is_published()][language], err=True)
    return typer.Exit(INTERRUPTED)


def _refused(error: MingluError, language: str) -> typer.Exit:
    typer.echo(error.text(language), err=True)
    return typer.Exit(error.exit_code)


def _internal(error: Exception, language: str) -> str:
    """Describe a mistake of our own by its place alone: the message of a foreign error may hold data."""
    import traceback

    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame[0].is_relative_to(Path(__file__).parent.parent)]
    file, line = (ours or frames or [(Path("?"), 0)])[-1]
    place = f"{file.name}:{line}"
    what = f"{type(error).__name__} {place}"
    return {
        "zh": f"minglu 内部错误（{what}），未写出任何结果。设 MINGLU_DEBUG=1 重新运行可看详情，请报告。",
        "en": f"Internal error ({what}); no result was written. Run again with MINGLU_DEBUG=1 and report it.",
    }[language]


def stated_language(chosen: str | None) -> str:
    """Return the language to speak; raises typer.Exit for one that is not known."""
    if chosen is None:
        return chosen_language([])
    if chosen not in {"zh", "en"}:
        typer.echo(f"--lang: {chosen!r}; expected zh or en. 应为 zh 或 en。", err=True)
        raise typer.Exit(2)
    return chosen


def print_json(value: Mapping[str, Any]) -> None:
    """Print a result for machines on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines for people: a result on stdout, talk about it on stderr."""
    for line in lines:
        typer.echo(line, err=err)


def print_next(language: str, *, en: str, zh: str) -> None:
    """Tell on stderr what comes next."""
    print_lines([{"zh": f"下一步：{zh}", "en": f"next: {en}"}[language]], err=True)


@contextmanager
def working(language: str, *, en: str, zh: str, quiet: bool = False) -> Iterator[None]:
    """Show that something runs while it runs; a single stage of a command that has no others."""
    with nullcontext() if quiet else running(zh if language == "zh" else en, language):
        yield


def chain_lines(path: Path | None, lines: int, head: str, language: str) -> list[str]:
    """Return how a chain of decisions ends now, and what comes next."""
    following = {
        "zh": "下一步：重新运行 minglu build；请另行保存上面的 head",
        "en": "next: run minglu build again; keep the head above in another place",
    }
    return [f"{path}  {lines}  head {head}", following[language]]
