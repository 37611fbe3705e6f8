"""`minglu spotcheck`: draw a sample of a register, take the answers back and score them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines
from minglu.commands.terminal.help_text import LocalGroup, Program
from minglu.commands.terminal.options import JsonOption, LangOption, SheetsArgument

app = Program(
    cls=LocalGroup,
    name="spotcheck",
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="sample, score 质量核查",
    help="Draw a sample of a finished register for the field, and score what comes back. 抽样核查名录质量并评分。",
)


@app.command("draw", short_help="draw a sample 抽样")
def spotcheck_draw(
    register: Annotated[
        Path, typer.Argument(metavar="REGISTER", help="An archive, or a run folder. 封存档案或结果文件夹。")
    ],
    seed: Annotated[str, typer.Option("--seed", help="Fixed after sealing, by others. 封存后由他方确定的种子。")],
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else REGISTER-spotcheck. 输出文件夹。")] = None,
    rules: Annotated[
        str | None,
        typer.Option("--rules", metavar="PACK", help="Other rules than the register's own. 改用其他规则包。"),
    ] = None,
    township_share: Annotated[float | None, typer.Option(min=0, max=1, help="Share of townships. 乡级比例。")] = None,
    districts: Annotated[
        int | None, typer.Option(min=0, help="Districts to walk per township. 每乡走访小区数。")
    ] = None,
    units: Annotated[int | None, typer.Option(min=0, help="Units per source class. 每类单位数。")] = None,
    added: Annotated[int | None, typer.Option(min=0, help="Added units. 新增单位数。")] = None,
    excluded: Annotated[int | None, typer.Option(min=0, help="Excluded units. 排除单位数。")] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Draw townships, districts to walk and units to visit; write the workbooks. 抽取小区和单位，生成核查表。"""
    with guarded(lang) as language:
        from minglu.register.verification.spotcheck.draw_and_score import make_sample
        from minglu.register.verification.spotcheck.spotcheck_text import draw_lines

        asked = {
            "township_share": township_share,
            "districts_per_township": districts,
            "units_per_class": units,
            "added_units": added,
            "excluded_units": excluded,
        }
        place = to or register.with_name(f"{register.name}-spotcheck")
        made = make_sample(register, seed, place, pack=rules, asked=asked)
        if as_json:
            print_json(made.design)
        else:
            print_lines(draw_lines(made.design, register, made.files, language))


@app.command("score", short_help="rates and verdict 评分")
def spotcheck_score(
    sheets: SheetsArgument,
    register: Annotated[
        Path | None, typer.Option("--register", help="The register they are of, to be compared. 所属名录，用于核对。")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for score.json and the draft report. 输出文件夹。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Score filled-in workbooks: rates, intervals, verdict; exit code 1 unless accepted. 计算各率、区间与结论。"""
    with guarded(lang) as language:
        from minglu.register.clerical.returned_files import find_returned
        from minglu.register.clerical.sheet_problems import Problems
        from minglu.register.verification.spotcheck.draw_and_score import score_sheets, write_score
        from minglu.register.verification.spotcheck.spotcheck_text import score_lines

        returned, problems = find_returned(sheets), Problems()
        scored = score_sheets(returned.books, register=register, problems=problems)
        notes = [note.text(language) for note in problems.notes]
        print_lines([*returned.lines(language), *notes], err=True)
        if to is not None:
            write_score(scored, to)
        if as_json:
            print_json(scored)
        else:
            print_lines(score_lines(scored, language))
        raise typer.Exit(int(scored["verdict"] != "accept"))
