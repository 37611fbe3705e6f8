"""What a review workbook carries besides what a clerk sees: run, keys, sample.  Written and checked alike here.

It lies in a very hidden sheet, one JSON text a row: first the header, then one key per pair.
The header's digest is over the keys, so that a change of any is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from minglu.register.decisions import Anchor
from minglu.register.review.pairs import Pair, Row

SCHEMA = "minglu/review/1"
SHEET = "_minglu"
ANSWERS = "复核 review"
HEADER_ROWS = 2
"""Chinese headings, English ones; the first pair is in the row after them."""


@dataclass(frozen=True, slots=True)
class Header:
    """What all pairs of a workbook share."""

    run: str
    census: str
    reference_date: str
    part: int = 1
    """Which reviewer's workbook this is."""
    parts: int = 1
    sample: str = ""
    """The clerical sample that this is, or empty for the queue."""
    design: tuple[Mapping[str, Any], ...] = ()
    """The strata of the sample."""


@dataclass(frozen=True, slots=True)
class Key:
    """One pair of a workbook, as written."""

    no: int
    left: Anchor
    right: Anchor
    stratum: str = ""


def anchor(row: Row) -> Anchor:
    """Return what identifies an entry, from its row of the sheet."""
    place = row["site_address"] or row["address"]
    return Anchor(row["entry_id"], row["list"], row["name"], row["uscc"], row["permit_no"], place)


def render(header: Header, pairs: Sequence[Pair]) -> list[str]:
    """Return the texts of the hidden sheet."""
    keys = [
        _text(asdict(Key(number, anchor(pair.left), anchor(pair.right), pair.stratum)))
        for number, pair in enumerate(pairs, 1)
    ]
    return [_text({"schema": SCHEMA, **asdict(header), "keys": _digest(keys)}), *keys]


def parse(texts: Sequence[str]) -> tuple[Header, list[Key]]:
    """Read the hidden sheet again; raises ValueError where it is not as it was written."""
    if not texts:
        raise ValueError
    header, keys = json.loads(texts[0]), list(texts[1:])
    if header.pop("schema", None) != SCHEMA or header.pop("keys", None) != _digest(keys):
        raise ValueError
    if set(header) != {field.name for field in fields(Header)}:
        raise ValueError
    header["design"] = tuple(header["design"])
    return Header(**header), [_key(json.loads(text)) for text in keys]


def _key(found: dict[str, Any]) -> Key:
    return Key(found["no"], Anchor(**found["left"]), Anchor(**found["right"]), found["stratum"])


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _digest(keys: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
