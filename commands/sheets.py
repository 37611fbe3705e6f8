"""`minglu sheets`: field sheets out to enumerators, what they found back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import chain_lines, guarded, print_lines, working
from minglu.commands.terminal.help_text import Program
from minglu.commands.terminal.options import (
    ByOption,
    CensusOption,
    Defaulting,
    LangOption,
    OnOption,
    OutArgument,
    QuietOption,
    SheetsArgument,
    today_or,
)

app = Program(
    name="sheets",
    cls=Defaulting,
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="field sheets out and back 现场清查表",
    help="Field sheets out to enumerators, what they found back. `minglu sheets OUT` means `minglu sheets write OUT`. "
    "生成现场清查表，并收回核查结果。",
)


@app.command("write", short_help="write the sheets 生成清查表")
def sheets_write(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-sheets. 输出文件夹。")] = None,
    by: Annotated[
        str, typer.Option("--by", help="district, township or enumerator. 每个小区、乡镇或核查员一份。")
    ] = "district",
    assign: Annotated[
        Path | None,
        typer.Option(
            "--assign", metavar="FILE", exists=True, help="CSV: district code, enumerator. 小区代码与核查员对照表。"
        ),
    ] = None,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Write one workbook per district, township or enumerator: whom to visit, what to ask. 生成清查表。"""
    with guarded(lang) as language:
        from minglu.register.clerical.field_sheets.make_sheets import SheetOptions, make_sheets
        from minglu.register.clerical.field_sheets.visits import read_assignment

        options = SheetOptions(by, read_assignment(assign) if assign is not None else {})
        with working(language, en="write the sheets", zh="生成表格", quiet=quiet):
            written = make_sheets(out, to or out.with_name(f"{out.name}-sheets"), options)
        print_lines(map(str, written.files))
        print_lines(written.lines(language), err=True)


@app.command("apply", short_help="take sheets back 收回清查表")
def sheets_apply(
    sheets: SheetsArgument,
    census: CensusOption,
    by: ByOption,
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT", help="The run they are of. 所属结果。")] = None,
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Check filled-in sheets and add what they say to the facts, all or none. 检查并采用核查结果，或全部不采用。"""
    with guarded(lang) as language:
        from minglu.register.clerical.field_sheets.apply_sheets import apply_sheets
        from minglu.register.clerical.hash_chain import Signature
        from minglu.register.clerical.returned_files import find_returned

        returned = find_returned(sheets)
        result = apply_sheets(returned.books, census, Signature(by, today_or(on)), run=run)
        print_lines([*returned.lines(language), *result.lines(language)])


@app.command("undo", short_help="take facts back 撤销事实")
def sheets_undo(
    lines: Annotated[list[int], typer.Argument(metavar="LINE...", help="Lines of the facts. 事实所在行号。")],
    census: CensusOption,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="Why. 理由。")],
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Take facts back by a further line; nothing is erased. 以新的一行撤销事实，不删除原有记录。"""
    with guarded(lang) as language:
        from minglu.register.clerical.field_sheets.apply_sheets import undo_facts
        from minglu.register.clerical.hash_chain import Signature

        chain = undo_facts(lines, census, Signature(by, today_or(on)), why)
        print_lines(chain_lines(chain.path, chain.lines, chain.head, language))
