"""`python sample_data/generator --help`: the command line of the generator."""

from __future__ import annotations

import argparse
import re
import sys
import time
from dataclasses import fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from generator import words
from generator.build import generate
from generator.knobs import Knobs
from generator.places import Territory
from generator.territory import read_territory

KNOBS_FILE = Path(__file__).with_name("knobs.py")


def explanations() -> dict[str, str]:
    """Return the docstring of each knob, read from the source."""
    source = KNOBS_FILE.read_text(encoding="utf-8")
    found = re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', source, flags=re.DOTALL | re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


def parser() -> argparse.ArgumentParser:
    """Return the parser: one option for each knob, and those for files."""
    made = argparse.ArgumentParser(
        prog="generator", description="Make an invented census area: districts, three messy lists, the truth."
    )
    made.add_argument("--out", type=Path, required=True, help="folder to write into")
    made.add_argument("--format", choices=("office", "csv", "parquet"), default="office", help="format of the lists")
    made.add_argument("--districts", type=Path, help="a polygon layer to use in place of an invented territory")
    made.add_argument("--code", default="code", help="its column of codes")
    made.add_argument("--name", default="name", help="its column of names")
    made.add_argument("--town", help="its column of township names")
    made.add_argument("--county", help="its column of county names")
    made.add_argument("--parent", type=Path, help="layer of the area that the given districts fill")
    texts = explanations()
    for knob in fields(Knobs):
        option = "--" + knob.name.replace("_", "-")
        kind = type(knob.default)
        made.add_argument(
            option,
            type=kind,
            default=knob.default,
            help=f"{texts[knob.name].replace('%', '%%')} (default {knob.default})",
        )
    return made


def main(arguments: list[str] | None = None) -> int:
    """Make a set and say what was made."""
    options = parser().parse_args(arguments)
    knobs = Knobs(**{knob.name: getattr(options, knob.name) for knob in fields(Knobs)})
    territory: Territory | None = None
    if options.districts:
        territory = read_territory(
            options.districts,
            code=options.code,
            name=options.name,
            town=options.town,
            county=options.county,
            parent=options.parent,
            vocabulary=words.load(knobs.vocabulary),
        )
    start = time.perf_counter()
    rows = generate(options.out, knobs, form=options.format, territory=territory)
    print(f"{rows} rows in {options.out} ({time.perf_counter() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
