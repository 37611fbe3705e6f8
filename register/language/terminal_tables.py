"""How a table looks on a terminal of any code page.  No words of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.box import ASCII2
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 160  # columns where stdout is a file or a pipe


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table on stdout, framed in ASCII; data is never taken for markup."""
    table = Table(*headings, box=ASCII2, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
