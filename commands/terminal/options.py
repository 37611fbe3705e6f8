"""The options and arguments that several commands share, and the group with a default command."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from minglu.commands.terminal.help_text import LocalGroup
from minglu.errors import UsageError

LangOption = Annotated[
    str | None, typer.Option("--lang", envvar="MINGLU_LANG", metavar="zh|en", help="Language of the talk. 输出语言。")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout. 以 JSON 输出结果。")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", envvar="MINGLU_QUIET", help="No progress on stderr. 不显示进度。")
]
OutArgument = Annotated[
    Path, typer.Argument(metavar="OUT", help="A run folder made by build. build 生成的结果文件夹。")
]
CensusOption = Annotated[Path, typer.Option("--census", metavar="CENSUS.toml", help="The census file. 普查配置。")]
SheetsArgument = Annotated[
    list[Path], typer.Argument(metavar="SHEET...", help="Filled-in sheets, or their folder. 已填的表或其文件夹。")
]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who is responsible. 责任人。")]
OnOption = Annotated[str, typer.Option("--on", metavar="DATE", help="Date, if not today. 日期，默认当天。")]
EngineOption = Annotated[str, typer.Option("--engine", help="What moves the data: duckdb or spark. 计算引擎。")]
SparkOption = Annotated[
    str | None,
    typer.Option(
        "--spark-master", metavar="URL", help="For --engine spark: local[4], spark://..., yarn. Spark 主节点。"
    ),
]
ThreadsOption = Annotated[int | None, typer.Option("--threads", min=1, help="At most this many threads. 线程数。")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings as well. 有警告也返回 1。")]
ResumeOption = Annotated[
    bool,
    typer.Option("--resume", help="Keep finished steps; go on with an interrupted run. 保留已完成步骤，中断后续跑。"),
]


def today_or(date: str) -> str:
    """Return the date that was given, or today's: only a person's signature may know the clock.

    Raises UsageError for anything that is no date.
    """
    if not date:
        return time.strftime("%Y-%m-%d")
    try:
        return dt.date.fromisoformat(date.strip()).isoformat()
    except ValueError:
        raise UsageError(
            en=f"--on {date!r}: expected a date such as 2028-02-01.", zh=f"--on {date!r}：应为日期，如 2028-02-01。"
        ) from None


class Defaulting(LocalGroup):
    """A group whose first command is meant where none is named: `minglu review OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that name no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
