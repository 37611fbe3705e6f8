"""`minglu desk`: a run in the browser of this machine."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_lines
from minglu.commands.terminal.options import LangOption, OutArgument


def desk(
    out: OutArgument,
    census: Annotated[
        Path | None, typer.Option("--census", metavar="CENSUS.toml", help="Where answers go to. 判定写入的普查配置。")
    ] = None,
    spotcheck: Annotated[
        Path | None, typer.Option("--spotcheck", metavar="FOLDER", help="A drawn spot check to enter. 待录入的核查表。")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="NAME", help="Who answers; once a person. Without: read-only. 答复人，可多次。"),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; else any free one. 端口。")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser. 不打开浏览器。")] = False,
    lang: LangOption = None,
) -> None:
    """Look up, judge and verify in a local web page; nothing leaves this machine. 在本机网页中查找、复核、核查。

    Ctrl-C closes it; answers are on the disk as soon as they are given. 按 Ctrl-C 关闭，答复随时落盘。
    """
    with guarded(lang) as language:
        from minglu.register.desk.opened_run import DeskOptions
        from minglu.register.desk.serve import run_desk

        names = tuple(dict.fromkeys(name.strip() for name in by or () if name.strip()))
        options = DeskOptions(names, census, spotcheck, language)

        try:
            run_desk(out, options, port=port, browser=not no_browser, on_ready=partial(_announce, language))
        except KeyboardInterrupt:
            print_lines([{"zh": "已关闭。", "en": "Closed."}[language]], err=True)


def _announce(language: str, address: str) -> None:
    """Print the address of the desk on stdout, and how to close it on stderr."""
    typer.echo(address)
    print_lines(
        {
            "zh": ["只有本机可用；按 Ctrl-C 关闭。"],
            "en": ["Only this machine can use it; Ctrl-C closes it."],
        }[language],
        err=True,
    )
