"""Make tests/trust/corpus: for each parser the shortest text of every kind that a seeded search meets.

python3 start run python -m tests.trust.renew_corpus

The search mends and breaks texts it already has: a word more, a word less, two texts joined.  Texts stand as JSON, one
a line, so that a reader sees what is in them and no editor can change them.  HARD are texts that are hard for every parser.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from tests.trust.parsers import PARSERS, Kind, Parser

FOLDER = Path(__file__).parent / "corpus"
TRIES = 4_000
CHARACTERS_MAX = 120
MOST_TEXTS = 60
HARD = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\ufeff",
    "\u202e甲",
    "甲" * 5_000,
    "(" * 3_000,
    "[" * 3_000,
    '{"a":' * 3_000,
    "1" * 5_000,
    "=1+1",
    "9" * 400 + "E+400",
)


def search(parser: Parser, seed: str) -> list[str]:
    """Return the shortest text met of each kind, the plainest kinds first."""
    draw = random.Random(seed)
    words = [*parser.words.split(" "), " "]
    found: dict[Kind, str] = {}
    pool = [""]
    for _ in range(TRIES):
        text = _changed(draw.choice(pool), draw, words, pool)
        kind = parser.read(text)
        if kind not in found or (len(text), text) < (len(found[kind]), found[kind]):
            found[kind] = text
            pool.append(text)
    return sorted(found.values(), key=lambda text: (len(text), text))[:MOST_TEXTS]


def _changed(text: str, draw: random.Random, words: list[str], pool: list[str]) -> str:
    for _ in range(draw.randint(1, 5)):
        at = draw.randint(0, len(text))
        how = draw.random()
        if how < 0.7:
            text = text[:at] + draw.choice(words) + text[at:]
        elif how < 0.9:
            text = text[:at] + text[at + draw.randint(1, 4) :]
        else:
            text = text[:at] + draw.choice(pool)
    return text[:CHARACTERS_MAX]


def main() -> None:
    """Search for every parser and write what was found."""
    FOLDER.mkdir(exist_ok=True)
    for name, parser in PARSERS.items():
        texts = [*HARD, *(text for text in search(parser, name) if text not in HARD)]
        (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts), "ascii")
        sys.stdout.write(f"{name}: {len(texts)} texts\n")


if __name__ == "__main__":
    main()
