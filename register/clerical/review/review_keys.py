"""The hidden keys of a review workbook: run, pairs, sample.

It lies in the hidden sheet of `register/clerical/returned_workbook.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.returned_workbook import hidden_texts
from minglu.register.clerical.review.review_pairs import Pair, Row

SCHEMA = "minglu/review/1"
ANSWERS = "复核 review"


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
    keys = [Key(number, anchor(pair.left), anchor(pair.right), pair.stratum) for number, pair in enumerate(pairs, 1)]
    return hidden_texts(SCHEMA, asdict(header), [asdict(key) for key in keys])


def parse(header: dict[str, Any], keys: Sequence[dict[str, Any]]) -> tuple[Header, list[Key]]:
    """Read header and keys of a hidden sheet; raises ValueError, KeyError or TypeError where they are no such ones."""
    if set(header) != {field.name for field in fields(Header)}:
        raise ValueError
    header["design"] = tuple(header["design"])
    return Header(**header), [_key(key) for key in keys]


def _key(found: dict[str, Any]) -> Key:
    return Key(found["no"], Anchor(**found["left"]), Anchor(**found["right"]), found["stratum"])
