"""The verdict of a run and its findings for a terminal: a panel with colour, or plain lines."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from minglu.register.language.code_labels import STATEMENTS, STATUSES, WEIGHT_HEADINGS, call

COLOURS: Mapping[str, str] = {
    "proven": "green",
    "not proven": "red",
    "undecided": "red",
    "estimated": "yellow",
    "not estimable": "yellow",
}
SIGNS: Mapping[str, str] = {"error": "!!", "warning": " !", "notice": " ·"}
SIGN_COLOURS: Mapping[str, str] = {"error": "red", "warning": "yellow", "notice": ""}


def print_verdict(coverage: Mapping[str, Any], written: Sequence[Path], language: str) -> None:
    """Print the verdict on stdout: framed and coloured on a terminal, as plain lines elsewhere."""
    if sys.stdout.isatty():
        _print_panel(coverage, language)
        lines = finding_lines(coverage, language)
    else:
        lines = verdict_lines(coverage, language)
    typer.echo("\n".join([*lines, *_written(written, language)]))


def verdict_lines(coverage: Mapping[str, Any], language: str) -> list[str]:
    """Return the verdict and the findings under must, should and note, one line each."""
    head = f"{coverage['census']['name']}  {coverage['census']['reference_date']}"
    return [
        head,
        *(f"  {line[language]}" for line in coverage["verdict"].values()),
        *finding_lines(coverage, language),
    ]


def finding_lines(coverage: Mapping[str, Any], language: str) -> list[str]:
    """Return the findings under the heading of their weight."""
    at, lines = int(language == "en"), []
    for weight, heading in WEIGHT_HEADINGS.items():
        found = [row for row in coverage["findings"] if row["weight"] == weight and row["count"]]
        if found:
            lines += [heading[at], *(f"  {SIGNS[weight]} {row[language]}" for row in found)]
    return lines


def _written(written: Sequence[Path], language: str) -> list[str]:
    return [{"zh": "已写出：", "en": "Written:"}[language], *(f"  {path}" for path in written)] if written else []


def _print_panel(coverage: Mapping[str, Any], language: str) -> None:
    """Print the three statements in a frame; rich draws it in ASCII where the code page has no lines."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    at = int(language == "en")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for name, line in coverage["verdict"].items():
        status = Text(call(STATUSES, line["status"])[at], style=f"bold {COLOURS.get(line['status'], '')}".strip())
        table.add_row(status, Text(_without_heading(line[language], STATEMENTS[name][at])))
    title = Text(f"{coverage['census']['name']}  {coverage['census']['reference_date']}", style="bold")
    Console(highlight=False).print(Panel(table, title=title, title_align="left"))


def _without_heading(text: str, heading: str) -> str:
    """Return a statement as it is but that it begins with its own heading in any case."""
    return text if text.startswith(heading) else f"{heading} {text}"
