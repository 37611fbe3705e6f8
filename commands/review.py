"""`minglu review`: doubtful pairs out to clerks, their answers back."""

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
    name="review",
    cls=Defaulting,
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="doubtful pairs to clerks and back 人工复核",
    help="Doubtful pairs out to clerks, their answers back. `minglu review OUT` means `minglu review sheets OUT`. "
    "把疑似重复记录对交人工判定，并收回判定。",
)


@app.command("sheets", short_help="write the sheets 生成复核表")
def review_sheets(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-review. 输出文件夹。")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="At most so many pairs. 最多对数。")] = 500,
    overlap: Annotated[int, typer.Option("--overlap", min=0, help="Two reviewers share so many. 两人共判对数。")] = 0,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Draw so many for an estimate. 抽样对数。")] = 0,
    seed: Annotated[str, typer.Option("--seed", help="Seed of the draw. 抽样种子。")] = "1",
    with_scores: Annotated[bool, typer.Option("--with-scores", help="Show the scores. 显示概率。")] = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Write the pairs that wait for a clerk as workbook and page. 将疑似重复记录对写成工作簿和网页。"""
    with guarded(lang) as language:
        from minglu.register.clerical.review.make_review import ReviewOptions, make_sheets

        options = ReviewOptions(most, overlap, sample, seed, with_scores)
        with working(language, en="write the sheets", zh="生成表格", quiet=quiet):
            written = make_sheets(out, to or out.with_name(f"{out.name}-review"), options)
        print_lines(map(str, written.files))
        print_lines(written.lines(language), err=True)


@app.command("apply", short_help="take sheets back 收回复核表")
def review_apply(
    sheets: SheetsArgument,
    census: CensusOption,
    by: ByOption,
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT", help="The run they are of. 所属结果。")] = None,
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Check filled-in sheets and add their answers to the decisions, all or none. 检查并采用判定，或全部不采用。"""
    with guarded(lang) as language:
        from minglu.register.clerical.hash_chain import Signature
        from minglu.register.clerical.returned_files import find_returned
        from minglu.register.clerical.review.apply_review import apply_sheets

        signed = Signature(by, today_or(on))
        returned = find_returned(sheets)
        result = apply_sheets(returned.books, census, signed, run=run)
        print_lines([*returned.lines(language), *result.lines(language)])


@app.command("undo", short_help="take decisions back 撤销判定")
def review_undo(
    lines: Annotated[list[int], typer.Argument(metavar="LINE...", help="Lines of the decisions. 判定所在行号。")],
    census: CensusOption,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="Why. 理由。")],
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Take decisions back by a further line; nothing is erased. 以新的一行撤销判定，不删除原有记录。"""
    with guarded(lang) as language:
        from minglu.register.clerical.hash_chain import Signature
        from minglu.register.clerical.review.apply_review import undo_lines

        chain = undo_lines(lines, census, Signature(by, today_or(on)), why)
        print_lines(chain_lines(chain.path, chain.lines, chain.head, language))
