"""`minglu doctor`: every check of a build without building."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines, print_next
from minglu.commands.terminal.options import JsonOption, LangOption

WORDS = {"must": ("必须处理", "must"), "should": ("应当处理", "should"), "note": ("说明", "note")}


def doctor(
    census: Annotated[Path, typer.Argument(metavar="CENSUS.toml", help="The census file. 普查配置文件。")],
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Check every input of a build at once, without building. 不建库，一次性检查全部输入。

    Each problem comes with its file, sheet, row and column, and what to do. 逐项注明文件、行、列及处理意见。
    """
    with guarded(lang) as language:
        from minglu.register.examine_inputs import examine

        found = examine(census)
        if as_json:
            print_json(found.as_dict())
        else:
            zh = language == "zh"
            for weight, words in WORDS.items():
                remarks = [remark.text(language) for remark in found.remarks if remark.weight == weight]
                if remarks:
                    print_lines([f"{words[not zh]} ({len(remarks)})", *(f"  - {text}" for text in remarks)])
            if not found.refusal:
                step = f"minglu build {census} --out OUT"
                print_next(language, en=step, zh=step)
        raise typer.Exit(found.exit_code)
