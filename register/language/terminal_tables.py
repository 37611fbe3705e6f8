"""How a table looks on a terminal of any code page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.box import ASCII2
from rich.console import Console
from rich.table import Table
from rich.text import Text

CODE = 24  # longer texts may be broken
WIDE = 160  # columns where stdout is a file or a pipe


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table on stdout, framed in ASCII; data is never taken for markup, and nothing is cut.

    Cells without a space (codes, numbers) stay in one line; texts go on in the next one.
    """
    filled = [[*row] for row in rows]
    table = Table(box=ASCII2, header_style="bold")
    for at, heading in enumerate(headings):
        whole = all(" " not in row[at] and len(row[at]) <= CODE for row in filled)
        table.add_column(heading, no_wrap=whole, overflow="fold")
    for row in filled:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
