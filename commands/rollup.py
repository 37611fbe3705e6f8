"""`minglu rollup`: sealed registers of counties become the register of the level above."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines, print_next
from minglu.commands.terminal.options import JsonOption, LangOption


def rollup(
    counties: Annotated[list[Path], typer.Argument(metavar="ARCHIVE...", help="Sealed registers. 各县封存档案。")],
    out: Annotated[Path, typer.Option("--out", help="The run folder to write. 结果文件夹。")],
    name: Annotated[str, typer.Option("--name", help="Name of the level's census. 本级清查名称。")],
    within: Annotated[
        Path | None, typer.Option("--within", metavar="PARENT", help="The area to fill. 本级区域图层。")
    ] = None,
    score: Annotated[
        list[Path] | None, typer.Option("--score", metavar="FILE", help="score.json of a county. 各县质量核查结果。")
    ] = None,
    rules: Annotated[str, typer.Option("--rules", metavar="PACK", help="A rule pack. 规则包。")] = "pollution-2",
    force: Annotated[bool, typer.Option("--force", help="Even what fails its audit. 审核未通过也汇总并注明。")] = False,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Audit sealed registers of counties, then add them up: 先审核后汇总。Exit code 1 on findings or a failed audit."""
    with guarded(lang) as language:
        from minglu.register.coverage.assemble_coverage import exit_code, summary_lines
        from minglu.register.verification.rollup.roll_up_counties import RollupOptions
        from minglu.register.verification.rollup.roll_up_counties import rollup as roll_up

        coverage = roll_up(counties, out, RollupOptions(name, within, tuple(score or ()), rules, force))
        if as_json:
            print_json(coverage)
        else:
            print_lines([*summary_lines(coverage, language), f"  {out / 'report.html'}"])
            print_next(
                language,
                en=f"minglu archive seal {out} --by OFFICE",
                zh=f"minglu archive seal {out} --by 单位",
            )
        raise typer.Exit(exit_code(coverage, strict=False))
