"""Help and usage errors in the user's language, commands in the order of the work.

Texts of options and commands are written once, English before Chinese; each reader is shown one half.
"""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
import typer.core
from typer.models import CommandFunctionType

GROUPS: Mapping[tuple[str, str], Sequence[str]] = {
    ("准备", "Prepare"): ("example", "init", "inspect", "doctor"),
    ("建库与检验", "Build and check"): ("demo", "build", "check", "report"),
    ("查询", "Look up"): ("explain", "find", "desk"),
    ("核定与现场", "Decide and visit"): ("review", "sheets", "forms", "base", "progress"),
    ("核查、汇总与移交", "Verify, add up, hand over"): ("diff", "spotcheck", "rollup", "archive", "share", "dossier"),
    ("帮助", "Help"): ("help",),
}
"""Commands in the order of the work; what is missing here is listed last."""
EXAMPLES: Mapping[str, str] = {
    "": "minglu build census.toml --out OUT",
    "init": "minglu init FOLDER",
    "inspect": "minglu inspect tax.xlsx",
    "build": "minglu build census.toml --out OUT",
    "check": "minglu check districts.gpkg --within county.gpkg",
    "explain": "minglu explain OUT tax.xlsx#12",
    "find": "minglu find OUT NAME",
    "desk": "minglu desk OUT",
    "report": "minglu report OUT",
    "review": "minglu review OUT",
    "sheets": "minglu sheets OUT --by township",
    "spotcheck": 'minglu spotcheck draw OUT-sealed --seed "3 17 22"',
    "archive": "minglu archive seal OUT --census census.toml --by OFFICE",
    "rollup": "minglu rollup A-sealed B-sealed --name CITY --out CITY",
    "base": "minglu base OUT",
    "progress": "minglu progress OUT",
    "dossier": "minglu dossier OUT NAME",
    "share": "minglu share OUT --recipient OFFICE",
    "diff": "minglu diff OLD NEW",
}
CJK = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
FRAME = {
    "Usage:": "用法：",
    "Options:": "选项：",
    "Arguments:": "参数：",
    "Commands:": "命令：",
    "[required]": "[必填]",
    "Show this message and exit.": "显示本帮助。",
    "Install completion for the current shell.": "为当前 shell 安装自动补全。",
    "Show completion for the current shell, to copy it or": "显示自动补全脚本",
    "customize the installation.": "以便自行安装。",
    "Show this message and exit": "显示本帮助。",
}
MESSAGES = (
    (r"Missing argument '(.+?)'\.?", "缺少参数 {0}。"),
    (r"Missing option '(.+?)'\.?", "缺少选项 {0}。"),
    (r"Missing command\.?", "缺少命令。"),
    (r"No such option: (\S+?)\.?(?: .*)?", "没有选项 {0}。"),
    (r"No such command '(.+?)'\.?(?: .*)?", "没有命令 {0}。"),
    (r"Option '(.+?)' requires an argument\.", "选项 {0} 需要一个值。"),
    (r"Option '(.+?)' does not take a value\.", "选项 {0} 不带值。"),
    (r"Got unexpected extra arguments? \((.+)\)", "多余的参数：{0}。"),
    (r"Invalid value for '(.+?)': (.+)", "{0} 的值无效：{1}"),
)


def in_one_language(text: str, language: str) -> str:
    """Return one half of a text that stands in English and then in Chinese, paragraph by paragraph.

    >>> in_one_language("The census file. 普查配置。", "zh"), in_one_language("The census file. 普查配置。", "en")
    ('普查配置。', 'The census file.')
    """
    parts = [_half(part, language) for part in text.split("\n\n")]
    return "\n\n".join(part for part in parts if part)


def _half(text: str, language: str) -> str:
    first = CJK.search(text)
    if first is None:
        return text
    before = text[: first.start()]
    end = max((found.end() for found in re.finditer(r"[.;:?)]\s+", before)), default=None)
    if end is None:  # no sentence ends before it: the Chinese begins with its first character
        end = first.start()
    return (text[end:] if language == "zh" else text[:end]).strip()


def chosen_language(arguments: Sequence[str] | None = None) -> str:
    """Return "zh" or "en": what --lang or MINGLU_LANG says, else the language of the system."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    for at, argument in enumerate(given):
        value = given[at + 1] if argument == "--lang" and at + 1 < len(given) else argument.removeprefix("--lang=")
        if argument.startswith("--lang") and value in {"zh", "en"}:
            return value
    stated = os.environ.get("MINGLU_LANG", "")
    if stated in {"zh", "en"}:
        return stated
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _localise(command: Any, language: str) -> None:
    """Leave one language in the texts of a command and its parameters, once."""
    if getattr(command, "language", "") == language:
        return
    command.language = language
    for name in ("help", "short_help", "epilog"):
        if text := getattr(command, name, None):
            setattr(command, name, in_one_language(text, language))
    for parameter in command.params:
        if text := getattr(parameter, "help", None):
            parameter.help = in_one_language(text, language)


def _framed(text: str, language: str) -> str:
    if language == "zh":
        for english, chinese in FRAME.items():
            text = text.replace(english, chinese)
    return text


class LocalCommand(typer.core.TyperCommand):
    """A command whose help is in the user's language."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, one language of it."""
        language = chosen_language()
        _localise(self, language)
        return _framed(super().get_help(ctx), language)


class LocalGroup(typer.core.TyperGroup):
    """A group whose help is in the user's language, its commands in the order of the work."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, one language of it."""
        language = chosen_language()
        _localise(self, language)
        for command in self.commands.values():
            _localise(command, language)
        return _framed(super().get_help(ctx), language)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands: in groups where this is the program itself."""
        if ctx.parent is not None:
            super().format_commands(ctx, formatter)
            return
        language, left = chosen_language(), dict(self.commands)
        formatter.write("\nCommands:\n")
        formatter.indent()
        for (zh, en), names in GROUPS.items():
            rows = [(name, left.pop(name).short_help or "") for name in names if name in left]
            if rows:
                with formatter.section(zh if language == "zh" else en):
                    formatter.write_dl(rows)
        if left:
            with formatter.section("其他" if language == "zh" else "Further"):
                formatter.write_dl([(name, command.short_help or "") for name, command in left.items()])
        formatter.dedent()


class Program(typer.Typer):
    """Commands that help in the user's language."""

    def command(self, *names: Any, **settings: Any) -> Callable[[CommandFunctionType], CommandFunctionType]:
        """Register a command; see typer.Typer.command."""
        return super().command(*names, **{"cls": LocalCommand} | settings)


def usage_lines(message: str, command: str, language: str) -> list[str]:
    """Return a usage error in the user's language, with an example of correct use."""
    name = command.split()[1] if " " in command else ""
    example = EXAMPLES.get(name) or f"minglu {name} --help"
    if language != "zh":
        return [f"minglu: {message}", f"  example: {example}", f"  help: {command} --help"]
    translated = message
    for pattern, words in MESSAGES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            translated = words.format(*found.groups())
            break
    return [f"minglu：{translated}", f"  示例：{example}", f"  帮助：{command} --help"]
