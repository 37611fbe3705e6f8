"""`minglu demo` and `minglu example`: the sample county built here, and an office's files to play with."""

from __future__ import annotations

import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import ConsoleProgress, guarded, print_next
from minglu.commands.terminal.options import LangOption, QuietOption
from minglu.errors import UsageError

COUNTY = ("census.toml", "business.csv", "tax.xlsx", "permit.csv", "districts.gpkg", "county.gpkg")
OFFICE = {
    "business.csv": "工商登记导出（全部）.csv",
    "tax.xlsx": "税务名单-终稿2.xlsx",
    "permit.csv": "排污许可证.csv",
    "districts-faulty.gpkg": "普查小区_未检查.gpkg",
    "county.gpkg": "县界.gpkg",
}
"""Files of the sample under names such as offices give them."""


def demo(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder. 新文件夹。")] = Path("minglu-demo"),
    quiet: QuietOption = False,
    lang: LangOption = None,
) -> None:
    """Build the sample county in a new folder, here: lists, layers, register, report. 在当前目录生成样例县及其名录。

    Exit codes are those of build. 返回码同 build。
    """
    with guarded(lang) as language:
        from minglu.commands.terminal.verdict import print_verdict
        from minglu.register.build import build
        from minglu.register.coverage.assemble_coverage import exit_code

        _lay_out(folder, {name: name for name in COUNTY})
        talk, out = ConsoleProgress(language, quiet=quiet), folder / "out"
        coverage = build(folder / "census.toml", out, progress=talk)
        print_verdict(coverage, [folder / "census.toml", out / "report.html", out / "register.xlsx"], language)
        if not quiet:
            following = f"minglu find {out} 印染 && minglu desk {out}"
            print_next(language, en=following, zh=following)
        raise typer.Exit(exit_code(coverage, strict=False))


def example(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder. 新文件夹。")],
    lang: LangOption = None,
) -> None:
    """Lay out the files of an invented office to play with, as they are sent. 生成一套练习用的原始文件。"""
    with guarded(lang) as language:
        _lay_out(folder, OFFICE)
        for name in OFFICE.values():
            typer.echo(folder / name)
        following = f"minglu init {folder} && minglu build {folder / 'census.toml'} --out {folder.name}-out"
        print_next(language, en=following, zh=following)


def _lay_out(folder: Path, names: dict[str, str]) -> None:
    """Copy files of the sample into a new folder; refuse one that holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            en=f"{folder}: exists already and is not empty; nothing was changed. Name a new folder.",
            zh=f"{folder}：已存在且不为空，未作任何改动。请指定新文件夹。",
        )
    from minglu.register.storage.output_place import new_files

    with as_file(files("minglu").joinpath("sample_data")) as sample:
        if not (sample / COUNTY[0]).is_file():
            raise UsageError(
                en=f"{sys.prefix}: the sample county is not part of this installation. Install the wheel again.",
                zh=f"{sys.prefix}：此安装不含样例数据，请重新安装。",
            )
        with new_files(folder, names.values(), option="FOLDER") as staging:
            for name, here in names.items():
                shutil.copyfile(sample / name, staging / here)
