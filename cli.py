"""The door: parse the command line, call one function of the register, print.  No logic.

stdout carries the result, stderr the talk.  Heavy imports happen inside the commands, so
that --help stays quick.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from minglu import __version__
from minglu.commands import archive, desk, diff, doctor, find, review, rollup, sheets, spotcheck, territory
from minglu.commands.console import Talk, guarded, print_json, print_lines
from minglu.commands.options import JsonOption, LangOption, OutArgument, QuietOption

app = typer.Typer(
    help="Merge three administrative lists into one register of units and prove its coverage. "
    "把三份行政名单合并为普查基本单位名录库，并证明全面覆盖、不重不漏。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: frames of box characters break on a GBK console
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(review.app)
app.add_typer(sheets.app)
app.add_typer(archive.app)
app.add_typer(spotcheck.app)
app.command("rollup", short_help="counties added up 先审核后汇总")(rollup.rollup)
app.command("desk", short_help="the run in the browser 本机工作台")(desk.desk)
app.command("find", short_help="units by name, code, address 查找单位")(find.find)
app.command("diff", short_help="what changed since another run 两次结果的变化")(diff.diff)


def main() -> None:
    """Run the command line on a console of any code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGINT, _interrupt_once)
    try:
        app()
    except KeyboardInterrupt:  # before a command began to talk
        sys.exit(130)


def _interrupt_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """Interrupt at the first Ctrl-C and ignore further ones: Arrow repeats the signal, and cleaning up must finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version. 显示版本。")] = False,
) -> None:
    if version:
        typer.echo(f"minglu {__version__}")
        raise typer.Exit


@app.command(short_help="a first census file 生成配置")
def init(
    folder: Annotated[Path, typer.Argument(help="Where the lists and layers lie. 名单与图层所在文件夹。")] = Path(),
    lang: LangOption = None,
) -> None:
    """Write a census file for the lists and layers found in a folder. 为文件夹中的名单和图层生成普查配置。"""
    with guarded(lang) as language:
        from minglu.register.config.starter_file import write_census_file

        path, notes = write_census_file(folder)
        typer.echo(str(path))
        for note in notes:
            typer.echo(note.text(language), err=True)


@app.command(short_help="how a list is read 查看名单读取方式")
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list: csv, xlsx, xls, et, ods, parquet. 名单文件。")],
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Show how a list would be read: encoding, header, columns, damaged values. 显示名单的读取方式与问题值。"""
    with guarded(lang) as language:
        from minglu.register.rules import load_pack
        from minglu.register.sources.inspect_file import inspect_file

        inspection = inspect_file(file, load_pack("pollution-2", file.parent).headers)
        if as_json:
            print_json(inspection.as_dict())
        else:
            print_lines(inspection.as_lines(language))


@app.command(short_help="register, map and report 生成名录库与报告")
def build(
    census: Annotated[Path, typer.Argument(metavar="CENSUS.toml", help="The census file. 普查配置文件。")],
    out: Annotated[Path, typer.Option("--out", help="The run folder to write. 结果文件夹。")],
    engine: Annotated[
        str, typer.Option("--engine", help="What moves the data: duckdb or spark. 计算引擎。")
    ] = "duckdb",
    spark_master: Annotated[
        str | None,
        typer.Option(
            "--spark-master", metavar="URL", help="For --engine spark: local[4], spark://..., yarn. Spark 主节点。"
        ),
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="At most this many threads. 线程数。")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings as well. 有警告也返回 1。")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Keep finished steps; go on with an interrupted run. 保留已完成步骤，中断后续跑。"
        ),
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Build the register, its map and its coverage report. 生成名录库、地图和覆盖报告。

    \b
    Exit codes 返回码:
      0   clean 无问题              4    internal error 内部错误
      1   findings 有问题           5    no room, no memory 空间或内存不足
      2   usage 用法或配置有误      75   locked by another run 被占用
      3   unusable input 输入不可用 130  interrupted 中断
    """  # noqa: D301 - a real backspace keeps the table as it is
    with guarded(lang) as language:
        from minglu.register.build import build as build_register
        from minglu.register.coverage.assemble_coverage import exit_code, summary_lines

        talk = Talk(language, quiet=quiet)
        coverage = build_register(
            census, out, progress=talk, engine=engine, threads=threads, spark_master=spark_master, resume=resume
        )
        if as_json:
            print_json(coverage)
        else:
            made = [f"  {out / name}" for name in ("report.html", "register.xlsx", "register.gpkg")]
            typer.echo("\n".join([*summary_lines(coverage, language), *made]))
            talk.note(
                en=f"next: minglu review {out}, minglu sheets {out}; where both are done, minglu archive seal {out}",
                zh=f"下一步：minglu review {out}，minglu sheets {out}；都完成后 minglu archive seal {out}",
            )
        raise typer.Exit(exit_code(coverage, strict=strict))


app.command("doctor", short_help="check every input at once 一次性检查输入")(doctor.doctor)
app.command("check", short_help="prove the tiling alone 检验小区铺满")(territory.check)


@app.command(short_help="why one unit, why this district 说明理由")
def explain(
    out: OutArgument,
    item: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A unit, entry, code, name or FILE#ROW. 单位、条目、代码、名称或 文件#行号。"
        ),
    ],
    other: Annotated[
        str | None, typer.Argument(metavar="ID2", help="A second one to compare. 另一个，用于比较。")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page, outside of OUT. 写成网页。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say why these rows are one unit, why these two are not, why this district. 说明归并与落点的理由。"""
    with guarded(lang) as language:
        from minglu.register.explain.explain_unit import explain_item

        explanation = explain_item(out, item, other)
        if html is not None:
            from minglu.register.report.html.explanation_page import write_reasons

            write_reasons(explanation, out, html, language=language)
        if as_json:
            print_json(explanation.as_dict())
        elif html is not None:
            typer.echo(html)
        else:
            print_lines(explanation.as_lines(language))


@app.command(short_help="render reports again 重新生成报告")
def report(
    out: OutArgument,
    internal: Annotated[Path | None, typer.Option(help="Only a page with single units. 仅含单位信息的内部页。")] = None,
    lang: LangOption = None,
) -> None:
    """Render report, workbook and layers again from the tables of a run. 由结果数据表重新生成报告。"""
    with guarded(lang) as language:
        from minglu.register.report import render_again, render_inside

        if internal is None:
            render_again(out)
        else:
            render_inside(out, internal)
        typer.echo({"zh": f"已生成：{internal or out}", "en": f"rendered: {internal or out}"}[language])
