"""`minglu find`: units by whatever a person has in hand."""

from __future__ import annotations

from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines
from minglu.commands.terminal.options import JsonOption, LangOption, OutArgument


def find(
    out: OutArgument,
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT...", help="Name, code, permit, address, telephone, initials. 名称、代码、地址等。"
        ),
    ],
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="At most so many units. 最多单位数。")] = 20,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find units by name, former name, code (also damaged), permit, address, initials, district. 查找单位。

    Exit code 1 where nothing is found. 未找到时返回 1。
    """
    with guarded(lang) as language:
        from minglu.register.explain.find_units import find_vouched, found_lines

        found = find_vouched(out, " ".join(text), most=most)
        if as_json:
            print_json({"text": found.text, "units": list(found.units), "more": found.more})
        else:
            print_lines(found_lines(found, language))
        raise typer.Exit(int(not found.units))
