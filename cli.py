"""The door: parse the command line, call one function of the register, print.  No logic.

stdout carries the result, stderr the talk.  Heavy imports happen inside the commands, so
that --help stays quick.
"""

from __future__ import annotations

import json
import locale
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
import typer.core

from minglu import __version__
from minglu.errors import MingluError
from minglu.register.memory import require_memory, shortage

app = typer.Typer(
    help="Merge three administrative lists into one register of units and prove its coverage. "
    "把三份行政名单合并为普查基本单位名录库，并证明全面覆盖、不重不漏。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: frames of box characters break on a GBK console
    context_settings={"help_option_names": ["-h", "--help"]},
)

LangOption = Annotated[
    str | None, typer.Option("--lang", envvar="MINGLU_LANG", metavar="zh|en", help="Language of the talk. 输出语言。")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout. 以 JSON 输出结果。")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr. 不显示进度。")]
OutArgument = Annotated[
    Path, typer.Argument(metavar="OUT", help="A run folder made by build. build 生成的结果文件夹。")
]


class _Defaulting(typer.core.TyperGroup):
    """A group whose first command is meant where none is named: `minglu review OUT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that name no command."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)


review_app = typer.Typer(cls=_Defaulting, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(
    review_app,
    name="review",
    short_help="doubtful pairs to clerks and back 人工复核",
    help="Doubtful pairs out to clerks, their answers back. `minglu review OUT` means `minglu review sheets OUT`. "
    "把存疑的条目对交人工判定，并收回判定。",
)


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


class Talk:
    """Progress on stderr, one line a stage; keeps the seconds for run.json."""

    def __init__(self, language: str, *, quiet: bool) -> None:
        self.language, self.quiet = language, quiet
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, *, en: str, zh: str) -> Iterator[None]:
        """Time a stage and tell of it."""
        started = time.perf_counter()
        yield
        self.seconds[en] = round(time.perf_counter() - started, 3)
        if not self.quiet:
            typer.echo(f"  {zh if self.language == 'zh' else en}: {self.seconds[en]:.1f} s", err=True)

    def times(self) -> Mapping[str, Any]:
        """Return the content of run.json: the only place in OUT that knows a clock or a machine."""
        import platform

        return {
            "schema": "minglu/run/1",
            "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "seconds": self.seconds,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.release()} {platform.machine()}",  # platform() starts a process
            "processors": os.cpu_count(),
        }


@contextmanager
def _guarded(lang: str | None) -> Iterator[str]:
    """Yield the language to speak; turn every failure into a message without data and its exit code."""
    language = _language(lang)
    try:
        require_memory()
        yield language
    except MingluError as error:
        raise _refused(error, language) from None
    except KeyboardInterrupt:
        typer.echo({"zh": "已中断，未改动任何结果。", "en": "Interrupted; no result was changed."}[language], err=True)
        raise typer.Exit(130) from None
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except Exception as error:
        if short := shortage(error):
            raise _refused(short, language) from None
        if os.environ.get("MINGLU_DEBUG"):
            raise
        typer.echo(_internal(error, language), err=True)
        raise typer.Exit(MingluError.exit_code) from None


def _refused(error: MingluError, language: str) -> typer.Exit:
    typer.echo(error.text(language), err=True)
    return typer.Exit(error.exit_code)


def _internal(error: Exception, language: str) -> str:
    """Describe a mistake of our own by its place alone: the message of a foreign error may hold data."""
    import traceback

    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [frame for frame in frames if frame[0].is_relative_to(Path(__file__).parent)]
    file, line = (ours or frames or [(Path("?"), 0)])[-1]
    place = f"{file.name}:{line}"
    what = f"{type(error).__name__} {place}"
    return {
        "zh": f"minglu 内部错误（{what}），未写出任何结果。设 MINGLU_DEBUG=1 重新运行可看详情，请报告。",
        "en": f"Internal error ({what}); no result was written. Run again with MINGLU_DEBUG=1 and report it.",
    }[language]


def _language(chosen: str | None) -> str:
    if chosen is None:
        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    if chosen not in {"zh", "en"}:
        typer.echo(f"--lang: {chosen!r}; expected zh or en. 应为 zh 或 en。", err=True)
        raise typer.Exit(2)
    return chosen


def _print_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


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
    with _guarded(lang) as language:
        from minglu.register.init import write_census_file

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
    with _guarded(lang) as language:
        from minglu.register.rules import load_pack
        from minglu.register.sources import inspect_file

        inspection = inspect_file(file, load_pack("pollution-2", file.parent).headers)
        if as_json:
            _print_json(inspection.as_dict())
        else:
            for line in inspection.as_lines(language):
                typer.echo(line)


@app.command(short_help="register, map and report 生成名录库与报告")
def build(
    census: Annotated[Path, typer.Argument(metavar="CENSUS.toml", help="The census file. 普查配置文件。")],
    out: Annotated[Path, typer.Option("--out", help="The run folder to write. 结果文件夹。")],
    engine: Annotated[str, typer.Option("--engine", help="What moves the data. 计算引擎。")] = "duckdb",
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="At most this many threads. 线程数。")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings as well. 有警告也返回 1。")] = False,
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
    with _guarded(lang) as language:
        from minglu.register.build import build as build_register
        from minglu.register.coverage import exit_code, summary_lines

        coverage = build_register(census, out, progress=Talk(language, quiet=quiet), engine=engine, threads=threads)
        if as_json:
            _print_json(coverage)
        else:
            made = [f"  {out / name}" for name in ("report.html", "register.xlsx", "register.gpkg")]
            typer.echo("\n".join([*summary_lines(coverage, language), *made]))
        raise typer.Exit(exit_code(coverage, strict=strict))


@app.command(short_help="prove the tiling alone 检验小区铺满")
def check(
    districts: Annotated[Path, typer.Argument(metavar="DISTRICTS", help="The district layer. 普查小区图层。")],
    within: Annotated[
        Path | None, typer.Option("--within", metavar="PARENT", help="The area to fill. 上级区域图层。")
    ] = None,
    code: Annotated[str, typer.Option("--code", help="Column of the district code. 小区代码列。")] = "code",
    name: Annotated[str | None, typer.Option("--name", help="Column of the district name. 小区名称列。")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for faults.gpkg and .geojson. 问题图层输出文件夹。")
    ] = None,
    repair: Annotated[
        Path | None, typer.Option("--suggest", help="Folder for a repaired copy (slivers only). 修补建议稿输出文件夹。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Prove that districts tile their parent: no overlap, no gap. 检验小区无重叠、无缝隙地铺满上级区域。"""
    with _guarded(lang) as language:
        from minglu.register.census import LayerSpec
        from minglu.register.check import check_layers, suggest, suggestion_lines, write_faults, write_suggestion
        from minglu.register.rules import load_pack

        pack = load_pack("pollution-2", districts.parent)
        parent = None if within is None else LayerSpec(within)
        result = check_layers(LayerSpec(districts, code, name), parent, pack)
        if out is not None:
            write_faults(result, out)
        if repair is not None:
            suggestion = suggest(result, pack)
            write_suggestion(suggestion, repair)
            for line in suggestion_lines(suggestion, language):
                typer.echo(line, err=True)
        if as_json:
            _print_json(result.as_dict())
        else:
            for line in result.as_lines(language):
                typer.echo(line)
            if not result.clean:
                from minglu.register.terminal import print_table

                print_table(result.headings(language), result.rows(language))
        raise typer.Exit(int(not result.clean))


@app.command(short_help="why one unit, why this district 说明理由")
def explain(
    out: OutArgument,
    item: Annotated[
        str, typer.Argument(metavar="ID", help="A unit, entry, code or FILE#ROW. 单位、条目编号、代码或 文件#行号。")
    ],
    other: Annotated[
        str | None, typer.Argument(metavar="ID2", help="A second one to compare. 另一个，用于比较。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say why these rows are one unit, why these two are not, why this district. 说明归并与落点的理由。"""
    with _guarded(lang) as language:
        from minglu.register.explain import explain_item

        explanation = explain_item(out, item, other)
        if as_json:
            _print_json(explanation.as_dict())
        else:
            for line in explanation.as_lines(language):
                typer.echo(line)


@app.command(short_help="render reports again 重新生成报告")
def report(
    out: OutArgument,
    internal: Annotated[Path | None, typer.Option(help="Only a page with single units. 仅含单位信息的内部页。")] = None,
    lang: LangOption = None,
) -> None:
    """Render report, workbook and layers again from the tables of a run. 由结果数据表重新生成报告。"""
    with _guarded(lang) as language:
        from minglu.register.report import render_again, render_inside

        if internal is None:
            render_again(out)
        else:
            render_inside(out, internal)
        typer.echo({"zh": f"已生成：{internal or out}", "en": f"rendered: {internal or out}"}[language])


CensusOption = Annotated[Path, typer.Option("--census", metavar="CENSUS.toml", help="The census file. 普查配置。")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Who is responsible. 责任人。")]
OnOption = Annotated[str, typer.Option("--on", metavar="DATE", help="Date, if not today. 日期，默认当天。")]


@review_app.command("sheets", short_help="write the sheets 生成复核表")
def review_sheets(
    out: OutArgument,
    to: Annotated[Path | None, typer.Option("--to", help="Where to; else OUT-review. 输出文件夹。")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="At most so many pairs. 最多对数。")] = 500,
    overlap: Annotated[int, typer.Option("--overlap", min=0, help="Two reviewers share so many. 两人共判对数。")] = 0,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Draw so many for an estimate. 抽样对数。")] = 0,
    seed: Annotated[str, typer.Option("--seed", help="Seed of the draw. 抽样种子。")] = "1",
    with_scores: Annotated[bool, typer.Option("--with-scores", help="Show the scores. 显示概率。")] = False,
    lang: LangOption = None,
) -> None:
    """Write the pairs that wait for a clerk as workbook and page. 将待判定的条目对写成工作簿和网页。"""
    with _guarded(lang) as language:
        from minglu.register.review.sheets import Wish, make_sheets

        wish = Wish(most, overlap, sample, seed, with_scores)
        made = make_sheets(out, to or out.with_name(f"{out.name}-review"), wish)
        for path in made.files:
            typer.echo(str(path))
        for line in made.lines(language):
            typer.echo(line, err=True)


@review_app.command("apply", short_help="take sheets back 收回复核表")
def review_apply(
    sheets: Annotated[list[Path], typer.Argument(metavar="SHEET...", exists=True, help="Filled-in sheets. 已填的表。")],
    census: CensusOption,
    by: ByOption,
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT", help="The run they are of. 所属结果。")] = None,
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Check filled-in sheets and add their answers to the decisions, all or none. 检查并采用判定，或全部不采用。"""
    with _guarded(lang) as language:
        from minglu.register.review.apply import Signature, apply_sheets

        signed = Signature(by, on or time.strftime("%Y-%m-%d"))
        for line in apply_sheets(sheets, census, signed, run=run).lines(language):
            typer.echo(line)


@review_app.command("undo", short_help="take decisions back 撤销判定")
def review_undo(
    lines: Annotated[list[int], typer.Argument(metavar="LINE...", help="Lines of the decisions. 判定所在行号。")],
    census: CensusOption,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="Why. 理由。")],
    on: OnOption = "",
    lang: LangOption = None,
) -> None:
    """Take decisions back by a further line; nothing is erased. 以新的一行撤销判定，不删除原有记录。"""
    with _guarded(lang):
        from minglu.register.review.apply import Signature, undo_lines

        chain = undo_lines(lines, census, Signature(by, on or time.strftime("%Y-%m-%d")), why)
        typer.echo(f"{chain.path}  {chain.lines}  head {chain.head}")
