"""The census files of a generated set.  The contract of their names stands in the documentation."""

from __future__ import annotations

from pathlib import Path

from generator.knobs import Knobs

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
    path: Path, knobs: Knobs, name: str, files: dict[str, str], *, districts: str, parent: bool, comment: str
) -> None:
    """Write one census file.  The datum of the business list is declared, the others must be detected."""
    datum = {"business": knobs.business_datum, "tax": "auto", "permit": "auto"}
    lists = "".join(f'\n[[lists]]\nkind = "{k}"\npath = "{file}"\ncrs = "{datum[k]}"\n' for k, file in files.items())
    text = TEMPLATE.format(comment=comment, name=name, lists=lists, districts=districts) + (PARENT if parent else "")
    path.write_text(text, encoding="utf-8", newline="\n")
