"""`minglu archive`: seal a finished run, check a sealed one, hand out the checker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minglu.commands.terminal.console import guarded, print_json, print_lines
from minglu.commands.terminal.help_text import LocalGroup, Program
from minglu.commands.terminal.options import ByOption, JsonOption, LangOption, OnOption, OutArgument, today_or

app = Program(
    cls=LocalGroup,
    name="archive",
    no_args_is_help=True,
    rich_markup_mode=None,
    short_help="seal, and check a seal 封存与核对",
    help="Seal a finished run so that no change goes unseen; check a sealed one. 封存结果，使改动可被发现；核对档案。",
)


@app.command("seal", short_help="make an archive 封存")
def archive_seal(
    out: OutArgument,
    by: ByOption,
    census: Annotated[
        Path | None, typer.Option("--census", metavar="CENSUS.toml", help="The census file. 普查配置（汇总结果无须）。")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="BAG", help="Where to; else OUT-sealed. 输出文件夹。")
    ] = None,
    on: OnOption = "",
    inputs: Annotated[bool, typer.Option("--inputs", help="Lists and layers as well. 同时封存输入文件。")] = False,
    personal: Annotated[bool, typer.Option("--personal", help="Even with personal data. 含个人信息也封存。")] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="PEM", help="Ed25519 key to sign with. 签名私钥。")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Seal a run with its rules and decisions as a BagIt bag; prints the head. 封存，并打印须另存的封存校验码。"""
    with guarded(lang) as language:
        from minglu.register.verification.archive.seal import SealOptions, seal

        options = SealOptions(by, today_or(on), inputs, personal, key)
        print_lines(seal(out, census, to or out.with_name(f"{out.name}-sealed"), options).lines(language))


@app.command("check", short_help="find any change 核对")
def archive_check(
    bag: Annotated[Path, typer.Argument(metavar="BAG", help="An archive. 封存档案。")],
    head: Annotated[
        str | None, typer.Option("--head", metavar="WORDS", help="The head kept elsewhere. 另存的封存校验码。")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="PEM", help="Public key of the signer. 签名公钥。")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Find anything changed, gone, added, moved or stale in an archive; exit code 1 if so. 核对封存档案。"""
    with guarded(lang) as language:
        from minglu.register.storage.archive_verifier import as_dict, lines
        from minglu.register.verification.archive.seal import check

        checked = check(bag, head=head, key=key)
        if as_json:
            print_json(as_dict(checked))
        else:
            print_lines(lines(checked, language))
        raise typer.Exit(int(bool(checked.findings)))


@app.command("verifier", short_help="the checker as one file 单文件核对程序")
def archive_verifier(
    file: Annotated[Path, typer.Argument(metavar="FILE.py", help="Where to. 输出文件。")],
    lang: LangOption = None,
) -> None:
    """Write the checker as a single file that needs nothing but Python: carry it along. 写出只需 Python 的核对程序。"""
    with guarded(lang) as language:
        from minglu.register.verification.archive.seal import copy_verifier

        copy_verifier(file)
        print_lines([{"zh": f"已写出：python3 {file} BAG", "en": f"written: python3 {file} BAG"}[language]])
