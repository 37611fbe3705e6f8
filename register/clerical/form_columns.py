"""One column of a form: heading, width, allowed values, who writes in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_ACROSS = 200
"""Characters across a page of A4 that can still be read; a wider table goes on beside, its first columns repeated."""


class Column(NamedTuple):
    """One column of a sheet."""

    field: str
    """What it shows, or asks for."""
    zh: str
    """Its heading; sheets that come back are read by it."""
    en: str
    width: int
    """In letters of the office program."""
    open: bool = False
    """People write here."""
    choices: tuple[str, ...] = ()
    """What may be chosen, where it is not free text."""


def pages_across(columns: Sequence[Column]) -> int:
    """Return how many pages of A4 lie beside each other when a sheet is printed."""
    return -(-sum(column.width for column in columns) // MOST_ACROSS)
