"""Whether a coverage.json is of the shape that this version publishes and reads.

The whole of the published schema is held in the tests, by a validator.  Here only what a report
would stumble over is looked for: parts that the schema requires and that are not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any


def missing_parts(document: object) -> list[str]:
    """Return the required parts that `document` lacks, as dotted paths; lists are not gone through."""
    schema = json.loads((files(__package__) / "schema" / "coverage-1.json").read_text("utf-8"))
    return list(_missing(schema, document, schema["$defs"], ""))


def _missing(schema: Mapping[str, Any], value: object, named: Mapping[str, Any], path: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = named[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") != "object":
        return
    if not isinstance(value, Mapping):
        yield path or "{}"
        return
    for name in schema.get("required", ()):
        if name not in value:
            yield path + name
    for name, part in schema.get("properties", {}).items():
        if name in value:
            yield from _missing(part, value[name], named, f"{path}{name}.")
