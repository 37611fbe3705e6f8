"""One column of a sheet for people: what it is called, how wide it is, who writes in it.  No workbook here."""

from __future__ import annotations

from typing import NamedTuple


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
