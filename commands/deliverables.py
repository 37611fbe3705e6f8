"""What an office hands in besides forms and report: `minglu base`."""

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
