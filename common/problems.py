"""Problems gathered, so that all of an input are reported at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from minglu.errors import MingluError


class Problems:
    """What was refused so far; `collect` goes on after a refusal, `raise_all` ends with every one of them."""

    def __init__(self) -> None:
        self.found: list[MingluError] = []

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Keep a refusal of the block, whose result must then not be used."""
        try:
            yield
        except MingluError as problem:
            self.found.append(problem)

    def raise_all(self) -> None:
        """Raise every problem as one error of the first one's type; do nothing where there is none."""
        raise_all(self.found)


def raise_all(problems: Sequence[MingluError]) -> None:
    """Raise what is wrong as one error, a line per problem; do nothing where nothing is wrong."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise type(problems[0])(
            en="\n".join(problem.en for problem in problems), zh="\n".join(problem.zh for problem in problems)
        )
