"""Which character separates the cells of a text file: the one under which the header is recognised."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from minglu.register.sources.header import HEAD_ROWS, best_candidate
from minglu.register.sources.headings import Aliases
from minglu.register.sources.text_files.csv_records import double_quotes, has_escaped_quotes

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_LINES = 60


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a text file are separated."""

    delimiter: str
    """One ASCII character."""
    width: int
    """The most frequent number of cells in the first lines."""


def find_dialect(text: str, aliases: Aliases, overrides: Mapping[str, str]) -> Dialect:
    """Choose the delimiter by the first lines of a file.

    The header decides; between equals the width that most lines share, then the wider one.
    """
    lines = [line for line in text.split("\n")[:SAMPLE_LINES] if line.strip()]
    ranked = [_rank(lines, delimiter, aliases, overrides) for delimiter in DELIMITERS]
    _, dialect = max(ranked, key=lambda pair: pair[0])
    return dialect


def _rank(
    lines: list[str], delimiter: str, aliases: Aliases, overrides: Mapping[str, str]
) -> tuple[tuple[int, int, int, int], Dialect]:
    records = _sample(lines, delimiter)
    head = list(enumerate(records, start=1))[:HEAD_ROWS]
    best = best_candidate(head, aliases, overrides, None)
    widths = Counter(len(record) for record in records)
    width, share = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    score = best.score if best is not None else 0
    rank = (score, share if width > 1 else 0, width, -DELIMITERS.index(delimiter))
    return rank, Dialect(delimiter, width)


def _sample(lines: list[str], delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    if has_escaped_quotes(lines, delimiter):
        lines = [double_quotes(line) for line in lines]
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    while True:
        try:
            records.append(next(reader))
        except (StopIteration, csv.Error):
            return records
