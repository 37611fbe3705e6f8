"""Sheets out: from a finished run to workbooks and pages for one or two reviewers.  Never into the run folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from minglu.register.clerical.review.clerical_sample import draw_sample
from minglu.register.clerical.review.review_keys import Header
from minglu.register.clerical.review.review_page import write_page
from minglu.register.clerical.review.review_pairs import Pair, Queue, doubtful_pairs
from minglu.register.clerical.review.review_workbook import write_workbook
from minglu.register.clerical.round_trip import hand_out, header_of
from minglu.register.storage.run_folder import run_id
from minglu.register.storage.run_store import read_account

MOST = 500
"""Questions of one sheet, unless the command line asks for more: about a week of one clerk."""
MOST_IN_RUN = 2_000
"""Questions of the review.xlsx that every build writes."""


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """What the command line asks for."""

    most: int = MOST
    overlap: int = 0
    """So many pairs go to both of two reviewers; 0 makes one workbook."""
    sample: int = 0
    """Draw so many pairs for a clerical sample in place of the queue."""
    seed: str = ""
    with_scores: bool = False


@dataclass(frozen=True, slots=True)
class ReviewWritten:
    """What was written."""

    files: tuple[Path, ...]
    questions: int
    """Questions on the sheets."""
    waiting: int
    """Questions that wait for a clerk in all; those not on the sheets wait for the next ones."""
    pairs: int
    """Pairs of entries that the answers to all of them settle."""

    def lines(self, language: str) -> list[str]:
        """Describe what was written and what comes next."""
        books = " ".join(str(path) for path in self.files if path.suffix == ".xlsx")
        if language == "zh":
            return [
                f"共 {self.waiting} 个问题（涉及 {self.pairs} 对疑似重复记录），本次写出 {self.questions} 个。",
                f"下一步：填写“判定”列，再运行 minglu review apply {books} --census 配置文件 --by 姓名",
            ]
        return [
            f"{self.waiting} questions ({self.pairs} pairs of rows), of which {self.questions} were written.",
            f"next: fill in the column 判定, then run minglu review apply {books} --census CENSUS.toml --by NAME",
        ]


def write_queue(folder: Path, path: Path) -> None:
    """Write review.xlsx of the run in `folder` at `path`: the queue, without scores."""
    write_workbook(path, _header(folder), doubtful_pairs(folder, MOST_IN_RUN).pairs)


def make_sheets(out: Path, to: Path, options: ReviewOptions) -> ReviewWritten:
    """Write review.xlsx and review.html (or one pair of them per reviewer) for the run `out` into `to`.

    Raises SourceError where `out` is no run folder or not as its manifest says, UsageError where `to` lies in a run,
    ExistsError where a sheet is there already: it may hold somebody's answers.
    """
    about = header_of(out)
    header = Header(about.run, about.census, about.reference_date)
    if options.sample:
        drawn = draw_sample(out, options.sample, options.seed)
        header, pairs = replace(header, sample=drawn.name, design=drawn.design), drawn.pairs
        queue = Queue(pairs, len(pairs), len(pairs))
    else:
        queue = doubtful_pairs(out, options.most)
        pairs = queue.pairs
    stem = "sample" if options.sample else "review"
    parts = split(pairs, options.overlap)
    names = [stem] if len(parts) == 1 else [f"{stem}-{number}" for number in range(1, len(parts) + 1)]
    books: dict[str, Callable[[Path], None]] = {}
    for number, (name, part) in enumerate(zip(names, parts, strict=True), 1):
        own = replace(header, part=number, parts=len(parts))
        books[f"{name}.xlsx"] = partial(write_workbook, header=own, pairs=part, with_scores=options.with_scores)
        books[f"{name}.html"] = partial(write_page, header=own, pairs=part, with_scores=options.with_scores)
    return ReviewWritten(hand_out(to, books), len(pairs), queue.questions, queue.waiting)


def split(pairs: Sequence[Pair], overlap: int) -> list[list[Pair]]:
    """Return one part, or two that have about `overlap` pairs in common, spread evenly over the queue.

    >>> split(list("abcdefg"), 2)
    [['a', 'c', 'e', 'f'], ['a', 'b', 'd', 'e', 'g']]
    """
    if not overlap or not pairs:
        return [list(pairs)]
    step = max(len(pairs) / overlap, 1.0)
    common = {round(number * step) for number in range(overlap)}
    own = [place for place in range(len(pairs)) if place not in common]
    first, second = common | set(own[1::2]), common | set(own[::2])
    return [[pair for place, pair in enumerate(pairs) if place in part] for part in (first, second)]


def _header(folder: Path) -> Header:
    census = read_account(folder)["census"]
    return Header(run_id(folder), census["name"], census["reference_date"])
