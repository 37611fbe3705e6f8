"""What an office hands in besides forms and report: `minglu base`, `minglu progress`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_lines
from minglu.commands.terminal.options import LangOption, OutArgument

AreaOption = Annotated[str, typer.Option("--by", help="county, township or district. 按县、乡级或小区分列。")]


def base(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-base. 输出文件夹。")] = None,
    by: AreaOption = "township",
    lang: LangOption = None,
) -> None:
    """Write the account of the base list: handed down - removed + added = register. 生成底册比对和核减核实表。

    One list of the census file has role = "base"; lists with role = "check" are cross-checks. 配置文件中须写明底册。
    """
    with guarded(lang) as language:
        from minglu.register.clerical.base_list.account_workbook import write_base_account

        made = write_base_account(out, to or out.with_name(f"{out.name}-base"), by=by)
        print_lines(map(str, made.files))
        print_lines(made.lines(language), err=True)


def progress(
    outs: Annotated[list[Path], typer.Argument(metavar="OUT...", help="Run folders. 结果文件夹，可多个。")],
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-progress. 输出文件夹。")] = None,
    by: Annotated[
        str, typer.Option("--by", help="province, city, county, township or district. 按哪一级分列。")
    ] = "township",
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="Count up to this day. 统计截止日期。")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DAY", help="Show the gain since. 与该日相比。")] = "",
    name: Annotated[str, typer.Option("--name", help="Title of the bulletin. 简报标题。")] = "",
    lang: LangOption = None,
) -> None:
    """Write how far the clearing is, by area and class: bulletin, page and numbers. 生成清查进度简报。

    Several counties are added up. 多个县一并汇总。
    """
    with guarded(lang) as language:
        from minglu.register.verification.progress.bulletin import make_bulletin, progress_lines

        where = to or outs[0].with_name(f"{outs[0].name}-progress")
        files, bulletin = make_bulletin(outs, where, by=by, until=until, since=since, name=name)
        print_lines(map(str, files))
        print_lines(progress_lines(bulletin, language), err=True)
