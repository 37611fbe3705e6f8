"""`minglu forms`: clearing forms by source class out, filled forms back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_lines
from minglu.commands.terminal.help_text import Program
from minglu.commands.terminal.options import (
    ByOption,
    CensusOption,
    Defaulting,
    LangOption,
    OnOption,
    OutArgument,
    SheetsArgument,
    today_or,
)

app = Program(
    name="forms",
    cls=Defaulting,
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="clearing forms by class 分类清查表",
    help="Clearing forms by source class out, filled forms back. `minglu forms OUT` means `minglu forms write OUT`. "
    "按源类生成清查表和汇总表，并收回已填的表。",
)
RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="FILE", help="Forms of your own in a TOML file. 自定义表式的规则文件。"),
]


@app.command("write", short_help="write forms and summary 生成清查表")
def forms_write(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-forms. 输出文件夹。")] = None,
    by: Annotated[str, typer.Option("--by", help="county, township or district. 每县、乡级或小区一份。")] = "township",
    rules: RulesOption = None,
    lang: LangOption = None,
) -> None:
    """Write one workbook per form and area, and the summary by area and class. 生成清查表和清查汇总表。"""
    with guarded(lang) as language:
        from minglu.register.clerical.clearing_forms.make_forms import make_forms

        made = make_forms(out, to or out.with_name(f"{out.name}-forms"), by=by, own=rules)
        print_lines(map(str, made.files))
        print_lines(made.lines(language), err=True)


@app.command("apply", short_help="take forms back 收回清查表")
def forms_apply(
    sheets: SheetsArgument,
    census: CensusOption,
    by: ByOption,
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT", help="The run they are of. 所属结果。")] = None,
    rules: RulesOption = None,
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Check filled-in forms and add what they say to the facts, all or none. 检查并采用清查结果，或全部不采用。"""
    with guarded(lang) as language:
        from minglu.register.clerical.clearing_forms.apply_forms import apply_forms
        from minglu.register.clerical.hash_chain import Signature
        from minglu.register.clerical.returned_files import find_returned

        returned = find_returned(sheets)
        result = apply_forms(returned.books, census, Signature(by, today_or(on)), run=run, own=rules)
        print_lines([*returned.lines(language), *result.lines(language)])
