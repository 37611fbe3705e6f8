"""The command line: parse the command line, call one function of the register, print.

stdout carries the result, stderr the talk.  Heavy imports happen inside the commands, so
that --help stays quick.
"""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from minglu import __version__
from minglu.commands import (
    archive,
    deliverables,
    desk,
    diff,
    doctor,
    find,
    forms,
    review,
    rollup,
    sample,
    sheets,
    spotcheck,
    territory,
)
from minglu.commands.terminal.console import (
    ConsoleProgress,
    guarded,
    print_json,
    print_lines,
    print_next,
    stated_language,
    working,
)
from minglu.commands.terminal.help_text import LocalGroup, Program, chosen_language, usage_lines
from minglu.commands.terminal.options import (
    EngineOption,
    JsonOption,
    LangOption,
    OutArgument,
    QuietOption,
    ResumeOption,
    SparkOption,
    StrictOption,
    ThreadsOption,
)
from minglu.common.interruption import INTERRUPTED, request_interruption

app = Program(
    cls=LocalGroup,
    help="Merge three administrative lists into one register of units and prove its coverage. "
    "把三份行政名单合并为普查基本单位名录库，并证明全面覆盖、不重不漏。",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: frames of box characters break on a GBK console
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(review.app)
app.add_typer(sheets.app)
app.add_typer(forms.app)
app.add_typer(archive.app)
app.add_typer(spotcheck.app)
app.command("rollup", short_help="counties added up 先审核后汇总")(rollup.rollup)
app.command("base", short_help="account of the base list 底册比对")(deliverables.base)
app.command("progress", short_help="how far the field is 清查进度")(deliverables.progress)
app.command("dossier", short_help="a unit on paper 单位档案")(deliverables.dossier)
app.command("share", short_help="a redacted extract 脱敏共享")(deliverables.share)
app.command("desk", short_help="the run in the browser 本机工作台")(desk.desk)
app.command("find", short_help="units by name, code, address 查找单位")(find.find)
app.command("demo", short_help="the sample county, built here 生成样例县")(sample.demo)
app.command("example", short_help="files of an office to play with 练习文件")(sample.example)
app.command("diff", short_help="what changed since another run 两次结果的变化")(diff.diff)


WRITTEN = ("report.html", "report.docx", "register.xlsx", "register.gpkg", "review.xlsx")
USAGE: type[Exception] = typer.BadParameter.__bases__[0]
"""What typer raises for every mistake on the command line; it has no public name."""


def main() -> None:
    """Run the command line on a console of any code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGINT, _interrupt_once)
    _hush_libraries()
    try:
        code = app(standalone_mode=False)
    except USAGE as error:
        code = _misused(error)
    except (KeyboardInterrupt, typer.Abort):  # before a command began to talk
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is done is done, and its exit code stands
    sys.exit(code if isinstance(code, int) else 0)


def _hush_libraries() -> None:
    """Keep warnings of libraries off the screen, in workers too: they speak to programmers, and may quote data."""
    if os.environ.get("MINGLU_DEBUG") or sys.warnoptions:
        return
    warnings.simplefilter("ignore")
    os.environ["PYTHONWARNINGS"] = "ignore"
    logging.lastResort = logging.NullHandler()


def _misused(error: Exception) -> int:
    """Print a usage error in the user's language, with an example; return its exit code."""
    context, message = getattr(error, "ctx", None), getattr(error, "format_message", lambda: str(error))()
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
    else:
        path = context.command_path if context is not None else "minglu"
        command = path.replace("python -m minglu", "minglu")
        typer.echo("\n".join(usage_lines(message, command, chosen_language())), err=True)
    return 2


def _interrupt_once(_number: int, _frame: FrameType | None) -> NoReturn:
    """Interrupt at the first Ctrl-C and ignore further ones: Arrow repeats the signal, and cleaning up must finish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    request_interruption()
    raise KeyboardInterrupt


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version. 显示版本。")] = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    if lang is not None:
        os.environ["MINGLU_LANG"] = stated_language(lang)
    if quiet:
        os.environ["MINGLU_QUIET"] = "1"
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
        from minglu.register.starter_file import write_census_file

        path, notes = write_census_file(folder)
        typer.echo(str(path))
        for note in notes:
            typer.echo(note.text(language), err=True)
        out = path.resolve().parent.name + "-out"
        following = f"minglu build {shlex.quote(str(path))} --out {shlex.quote(out)}"
        print_next(language, en=following, zh=following)


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
    engine: EngineOption = "duckdb",
    spark_master: SparkOption = None,
    threads: ThreadsOption = None,
    strict: StrictOption = False,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Build the register, its map and its coverage report. 生成名录库、地图和覆盖报告。

    Exit code 1 where a statement fails, with --strict also on warnings. 结论不成立时返回 1。
    """
    with guarded(lang) as language:
        from minglu.commands.terminal.verdict import print_verdict
        from minglu.register.build import build as build_register
        from minglu.register.coverage.assemble_coverage import exit_code

        talk = ConsoleProgress(language, quiet=quiet)
        coverage = build_register(
            census, out, progress=talk, engine=engine, threads=threads, spark_master=spark_master, resume=resume
        )
        if as_json:
            print_json(coverage)
        else:
            print_verdict(coverage, [out / name for name in WRITTEN], language)
            if not quiet:
                place = shlex.quote(str(out))
                following = f"minglu desk {place}"
                print_next(
                    language,
                    en=f"{following}   (or: minglu review {place}, minglu sheets {place})",
                    zh=f"{following}   （或 minglu review {place}、minglu sheets {place}）",
                )
        raise typer.Exit(exit_code(coverage, strict=strict))


app.command("doctor", short_help="check every input at once 一次性检查输入")(doctor.doctor)
app.command("check", short_help="prove the tiling alone 检验小区边界")(territory.check)


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
    """Explain why these rows are one unit, why these two are not, why this district. 说明归并与空间定位的理由。"""
    with guarded(lang) as language:
        from minglu.register.explain.explain_unit import explain_vouched

        explanation = explain_vouched(out, item, other)
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
    workbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only the workbook, in the language of --lang. 仅生成工作簿。")
    ] = None,
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Render report, workbook and layers again from the tables of a run. 由结果数据表重新生成报告。"""
    with guarded(lang) as language:
        from minglu.register.report import render_again, render_inside, render_workbook

        with working(language, en="render", zh="生成报告", quiet=quiet):
            if internal is not None:
                render_inside(out, internal)
            if workbook is not None:
                render_workbook(out, workbook, language)
            if internal is None and workbook is None:
                render_again(out)
        single = [path for path in (internal, workbook) if path is not None]
        print_lines(map(str, single or [out / name for name in WRITTEN]))


@app.command("help", short_help="a command or a topic 命令或主题")
def help_(
    context: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(metavar="TOPIC", help="A command, or: exit-codes, environment, work. 命令或主题。"),
    ] = None,
    lang: LangOption = None,
) -> None:
    """Show the help of a command, or a topic: exit-codes, environment, work. 显示命令或主题的帮助。"""
    from minglu.commands.terminal.help_topics import TOPICS, topic_lines

    language, root = stated_language(lang), context.find_root()
    if topic and (lines := topic_lines(topic[0], language)) is not None:
        typer.echo(lines)
        return
    inner = root
    for name in topic or ():
        command = getattr(inner.command, "commands", {}).get(name)
        if command is None:
            names = ", ".join(TOPICS)
            raise typer.BadParameter(
                {"zh": f"没有命令或主题 {name}；主题：{names}", "en": f"no command or topic {name}; topics: {names}"}[
                    language
                ]
            )
        inner = type(root)(command, info_name=name, parent=inner)
    typer.echo(inner.get_help())
