"""`minglu diff`: what changed from one run to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines, print_next
from minglu.commands.terminal.options import JsonOption, LangOption


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The earlier run folder. 上一次结果文件夹。")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The later run folder. 本次结果文件夹。")],
    units: Annotated[bool, typer.Option("--units", help="Tell every change, not only counts. 逐条列出变化。")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write every change: .xlsx or .parquet. 写出全部变化。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Report what changed: units added, gone, merged, split, moved, field by field. 说明两次结果的变化。

    \b
    Exit codes 返回码:
      0   no difference 无变化      1   differences 有变化      3   unusable run folder 结果不可用
    """  # noqa: D301 - a real backspace keeps the table as it is
    with guarded(lang) as language:
        from minglu.register.verification.diff import compare_runs, write_changes

        difference = compare_runs(old, new)
        if out is not None:
            write_changes(difference, out, [old, new])
        if as_json:
            print_json(difference.as_dict(units=units))
        else:
            print_lines(difference.lines(language, units=units))
            print_next(
                language,
                en="every change with --units or --out changes.xlsx; when right, "
                f"minglu archive seal {new} --census CENSUS.toml --by OFFICE",
                zh="逐条查看加 --units 或 --out changes.xlsx；无误后 "
                f"minglu archive seal {new} --census 配置文件 --by 单位",
            )
        raise typer.Exit(int(difference.changes.num_rows > 0))
