"""Sheets out: from a finished run to workbooks and pages for one or two reviewers.  Never into the run folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from minglu.errors import OutputError, UsageError
from minglu.register.clerical.review.clerical_sample import draw_sample
from minglu.register.clerical.review.review_keys import Header
from minglu.register.clerical.review.review_page import write_page
from minglu.register.clerical.review.review_pairs import Pair, doubtful_pairs, run_id
from minglu.register.clerical.review.review_workbook import write_workbook
from minglu.register.storage.run_store import read_account

MOST = 500
"""Pairs of one sheet, unless the command line asks for more: about a week of one clerk."""
MOST_IN_RUN = 2_000
"""Pairs of the review.xlsx that every build writes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    most: int = MOST
    overlap: int = 0
    """So many pairs go to both of two reviewers; 0 makes one workbook."""
    sample: int = 0
    """Draw so many pairs for a clerical sample in place of the queue."""
    seed: str = ""
    with_scores: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    files: tuple[Path, ...]
    pairs: int
    waiting: int
    """Pairs that wait for a clerk in all; those not on the sheets wait for the next ones."""

    def lines(self, language: str) -> list[str]:
        """Say what was written and what comes next."""
        books = " ".join(str(path) for path in self.files if path.suffix == ".xlsx")
        if language == "zh":
            return [
                f"共 {self.waiting} 对，本次写出 {self.pairs} 对。",
                f"下一步：填写“判定”列，再运行 minglu review apply {books} --census 配置文件 --by 姓名",
            ]
        return [
            f"{self.waiting} pairs, of which {self.pairs} were written.",
            f"next: fill in the column 判定, then run minglu review apply {books} --census CENSUS.toml --by NAME",
        ]


def write_queue(folder: Path, path: Path) -> None:
    """Write review.xlsx of the run in `folder` at `path`: the queue, without scores."""
    pairs, _ = doubtful_pairs(folder, MOST_IN_RUN)
    write_workbook(path, _header(folder), pairs)


def make_sheets(out: Path, to: Path, wish: Wish) -> Made:
    """Write review.xlsx and review.html (or one pair of them per reviewer) for the run `out` into `to`.

    Raises SourceError where `out` is no run folder, UsageError where `to` lies in it, and
    OutputError where a sheet is there already: it may hold somebody's answers.
    """
    header = _header(out)
    if to.absolute().is_relative_to(out.absolute()):
        raise UsageError(
            en=f"--to {to}: this lies in the run folder, which its manifest vouches for. Name another folder.",
            zh=f"--to {to}：该位置在结果文件夹内，其内容由 manifest.json 担保。请指定其他文件夹。",
        )
    if wish.sample:
        drawn = draw_sample(out, wish.sample, wish.seed)
        header, pairs = replace(header, sample=drawn.name, design=drawn.design), drawn.pairs
        waiting = len(pairs)
    else:
        pairs, waiting = doubtful_pairs(out, wish.most)
    stem = "sample" if wish.sample else "review"
    parts = split(pairs, wish.overlap)
    names = [stem] if len(parts) == 1 else [f"{stem}-{number}" for number in range(1, len(parts) + 1)]
    files = [to / f"{name}{suffix}" for name in names for suffix in (".xlsx", ".html")]
    _refuse_existing(files)
    try:
        to.mkdir(parents=True, exist_ok=True)
        for number, (name, part) in enumerate(zip(names, parts, strict=True), 1):
            own = replace(header, part=number, parts=len(parts))
            write_workbook(to / f"{name}.xlsx", own, part, with_scores=wish.with_scores)
            write_page(to / f"{name}.html", own, part, with_scores=wish.with_scores)
    except OSError as error:
        raise OutputError(
            en=f"{to}: can't write ({error.strerror or error}).", zh=f"{to}：无法写入（{error.strerror or error}）。"
        ) from error
    return Made(tuple(files), len(pairs), waiting)


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


def _refuse_existing(files: Sequence[Path]) -> None:
    for path in files:
        if path.exists():
            raise OutputError(
                en=f"{path}: it is there already and may hold answers. Move it away, or name another folder with --to.",
                zh=f"{path}：已存在，可能含有判定。请将其移走，或用 --to 指定其他文件夹。",
            )
