"""Forms back: filled-in clearing forms checked together and added to the field facts, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from minglu.register.clerical.clearing_forms.form_answers import read_form_book
from minglu.register.clerical.clearing_forms.form_rules import load_forms
from minglu.register.clerical.clearing_forms.make_forms import SUMMARY
from minglu.register.clerical.field_sheets.apply_sheets import ApplyResult, apply_sheets
from minglu.register.clerical.hash_chain import Signature
from minglu.register.config.census_file import read_census


def apply_forms(
    books: Sequence[Path], census_path: Path, signed: Signature, *, run: Path | None = None, own: Path | None = None
) -> ApplyResult:
    """Take filled-in forms back into the facts of a census; raises as `apply_sheets`.

    The summary that lies beside the forms holds no answers and is left aside.
    """
    sizes = read_census(census_path).pack.scope.measures
    measures = {
        column.field: sizes[column.measure].zh
        for form in load_forms(own).forms.values()
        for column in form.columns
        if column.measure in sizes
    }
    filled = [book for book in books if book.name != SUMMARY]
    read = partial(read_form_book, measures=measures)
    return apply_sheets(filled or books, census_path, signed, run=run, read=read)
