"""What an office hands in besides forms and report: account of the base list, progress, dossiers, extracts to share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_lines
from minglu.commands.terminal.options import LangOption, OutArgument


def base(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-base. 输出文件夹。")] = None,
    by: Annotated[str, typer.Option("--by", help="county, township or district. 按县、乡级或小区分列。")] = "township",
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


def dossier(
    out: OutArgument,
    units: Annotated[
        list[str],
        typer.Argument(metavar="UNIT...", help="Unit id, code, name or FILE#ROW. 单位编号、代码、名称或来源行。"),
    ],
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-dossiers. 输出文件夹。")] = None,
    lang: LangOption = None,
) -> None:
    """Write the dossier of a unit, one page each, ready to print: rows, reasons, visits, map. 生成单位档案。"""
    with guarded(lang) as language:
        from minglu.register.desk.dossier import write_dossiers

        where = to or out.with_name(f"{out.name}-dossiers")
        print_lines(map(str, write_dossiers(out, units, where, language=language)))


def share(
    out: OutArgument,
    recipient: Annotated[str, typer.Option("--recipient", metavar="NAME", help="Who gets it. 接收单位。")],
    profile: Annotated[
        str, typer.Option("--profile", help="Which rules: member or research, or your own. 脱敏规则名称。")
    ] = "member",
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Profiles of your own. 自定义规则文件。")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-shared. 输出文件夹。")] = None,
    lang: LangOption = None,
) -> None:
    """Write a redacted extract of the kept units for one recipient, with schema and terms. 生成脱敏共享数据。"""
    with guarded(lang) as language:
        from minglu.register.verification.share.share_extract import share as write

        made = write(out, to or out.with_name(f"{out.name}-shared"), recipient=recipient, profile=profile, own=rules)
        print_lines(map(str, made.files))
        said = f"{made.units:,} 个单位，字段：" if language == "zh" else f"{made.units:,} units; columns: "
        print_lines([said + ", ".join(made.columns)], err=True)
