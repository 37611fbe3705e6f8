"""The census files of a generated set.  The contract of their names stands in the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from generator.knobs import Knobs


@dataclass(frozen=True, slots=True)
class ListFile:
    """One list as written."""

    kind: str
    """business, tax or permit."""
    path: Path
    """Its file."""
    rows: int
    """Its data rows, blank ones not counted."""


TEMPLATE = """\
# {comment}
[census]
name = "{name}清查"
reference_date = 2027-12-31
rules = "pollution-2"
{lists}
[districts]
path = "{districts}"
code = "code"
name = "name"
"""
PARENT = """
[parent]
path = "county.gpkg"
"""


def write_census(
    path: Path, knobs: Knobs, lists: tuple[ListFile, ...], *, name: str, districts: str, parent: bool, comment: str
) -> None:
    """Write one census file.  The datum of the business list is declared, the others must be detected.

    Only the permit list is attested by hash and row count: offices rarely send them.
    """
    datum = {"business": knobs.business_datum, "tax": "auto", "permit": "auto"}
    parts = ""
    for one in lists:
        parts += f'\n[[lists]]\nkind = "{one.kind}"\npath = "{one.path.name}"\ncrs = "{datum[one.kind]}"\n'
        if one.kind == "permit":
            parts += f'sha256 = "{sha256(one.path.read_bytes()).hexdigest()}"\nrows = {one.rows}\n'
    text = TEMPLATE.format(comment=comment, name=name, lists=parts, districts=districts) + (PARENT if parent else "")
    path.write_text(text, encoding="utf-8", newline="\n")
