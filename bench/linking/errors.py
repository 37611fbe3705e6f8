"""Every pair of rows that linkage keeps apart or joins wrongly, grouped by cause, each in three lines: to be read.

    python -m bench errors --rows 100000 --vocabulary development > errors.txt
    python -m bench errors --rows 20000 --world coastal_city --cell no_codes

Held-out words and the world that is kept back are refused: whoever reads their errors can't measure with them any more.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.linking.linkage import Truth, generate
from bench.support.cells import CELLS
from bench.support.clock import Clock
from bench.support.entries import BATCH_ROWS, TRUTH, store_entries
from bench.support.link_steps import Steps, link_stepwise
from bench.support.words import learn_words
from bench.support.worlds_data import KEPT_BACK, WORLDS, load_world
from minglu.common.arrays import Integers, distinct, runs
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.model.thresholds import VerdictRules
from minglu.matching.parsing.parse_entries import describe
from minglu.matching.settings.linkage_settings import LinkageSettings, load_linkage_settings

NO_PAIR = -1
READABLE = ("open", "development")
READABLE_WORLDS = tuple(name for name in WORLDS if name not in {KEPT_BACK, "own_held_out"})
SHOWN = ("list", "name", "uscc", "uscc_seen", "site_address", "address", "phone", "legal_person", "industry_code")
PARSED = ("brand", "trade", "form", "region", "branch", "site_key")


@dataclass(frozen=True, slots=True)
class Linked:
    """What linkage made of the rows, seen at one level, "site" or "legal_unit"."""

    settings: LinkageSettings
    steps: Steps
    level: str

    @property
    def labels(self) -> Integers:
        """The cluster of each row."""
        return self.steps.sites if self.level == "site" else self.steps.legal_units

    def outcome(self, pair: int) -> Mapping[str, str]:
        """Return the levels of a pair by comparison, missing ones left out."""
        levels = self.steps.patterns.levels[self.steps.pairs.pattern_of[pair]].tolist()
        named = zip(self.settings.comparisons, levels, strict=True)
        return {comparison.name: comparison.levels[level - 1].key for comparison, level in named if level}

    def cause(self, pair: int) -> str:
        """Explain why a true pair stays apart: the first reason that fits."""
        verdicts, pattern, outcome = self.steps.verdicts, self.steps.pairs.pattern_of[pair], self.outcome(pair)
        site = self.level == "site"
        if site and (barrier := verdicts.bar_site[pattern]):
            return f"cannot-link: {self.settings.cannot_links[barrier - 1].name}"
        if not site and verdicts.bar_legal[pattern]:
            return "cannot-link"
        if (verdicts.link_site if site else verdicts.link_legal)[pattern]:
            return "linked, but cut"
        code = outcome.get("code", "no code")
        if code not in ("no code", "same_uscc", "same_org"):
            return f"codes: {code}"
        if code != "no code":
            return f"one code, {self.level}s in doubt"
        return f"no code, place: {outcome.get('place', 'missing')}"


def main(arguments: list[str]) -> None:
    """Generate, link, print the errors."""
    parser = argparse.ArgumentParser(prog="python -m bench errors", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--vocabulary", choices=READABLE, default="development")
    parser.add_argument("--world", choices=READABLE_WORLDS, help="a world of another maker, instead of a vocabulary")
    parser.add_argument("--cell", choices=list(CELLS), default="as_is", help="what the world's lists lack")
    parser.add_argument("--level", choices=TRUTH, default="site")
    parser.add_argument(
        "--most", type=int, default=0, help="at most this many pairs of each cause, evenly drawn; 0: all"
    )
    options = parser.parse_args(arguments)
    entries, places = _read_world(options) if options.world else _generated(options)
    words = learn_words(entries, places)
    truth = {level: hash_text(entries[level]) for level in TRUTH}
    batches = [entries.slice(start, BATCH_ROWS) for start in range(0, entries.num_rows, BATCH_ROWS)]
    parsed = [describe(batch, words) for batch in batches]
    rows, settings = (
        coded_rows([encode_rows(*both) for both in zip(batches, parsed, strict=True)]),
        load_linkage_settings(),
    )
    linked = Linked(settings, link_stepwise(rows, settings, VerdictRules(), Clock()), options.level)
    print_errors(linked, truth, _lines(entries, pa.concat_tables(parsed)), most=options.most)


def _generated(options: argparse.Namespace) -> tuple[pa.Table, tuple[str, ...]]:
    """Return generated entries, and the names of their districts."""
    with tempfile.TemporaryDirectory() as scratch:
        data, path = generate(Path(scratch), options), Path(scratch) / "entries.parquet"
        places = store_entries(data, path, Clock())
        return pq.read_table(path), places


def _read_world(options: argparse.Namespace) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the entries of a world as a cell leaves them, and the names of its districts."""
    world = load_world(options.world, rows=options.rows, seed=options.seed)
    return CELLS[options.cell](world.entries), world.places


def print_errors(linked: Linked, truth: Truth, lines: list[str], *, most: int) -> None:
    """Print the causes with their counts, then the pairs of each."""
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    pairs, codes, unit, labels = linked.steps.pairs, truth[linked.level], truth["legal_unit"], linked.labels
    true, joined = codes[pairs.left] == codes[pairs.right], labels[pairs.left] == labels[pairs.right]
    ends = np.stack([pairs.left, pairs.right], axis=1)
    for pair in np.flatnonzero(true & ~joined).tolist():
        found[f"apart; {linked.cause(pair)}"].append((*ends[pair].tolist(), pair))
    for pair in np.flatnonzero(~true & joined).tolist():
        kind = "two sites of one unit" if unit[pairs.left[pair]] == unit[pairs.right[pair]] else "two units"
        found[f"joined wrongly; {kind}"].append((*ends[pair].tolist(), pair))
    for left, right in _never_proposed(pairs, codes):
        kind = "though others join them" if labels[left] == labels[right] else "and apart"
        found[f"not proposed {kind}"].append((left, right, NO_PAIR))
    for cause, errors in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"{len(errors):6d}  {cause}")
    for cause, errors in sorted(found.items()):
        print(f"\n== {cause} ({len(errors)})")
        for left, right, pair in errors[:: max(1, len(errors) // most) if most else 1][: most or None]:
            print(f"- {_evidence(linked, pair) if pair != NO_PAIR else ''}\n  {lines[left]}\n  {lines[right]}")


def _evidence(linked: Linked, pair: int) -> str:
    verdicts, pattern = linked.steps.verdicts, linked.steps.pairs.pattern_of[pair]
    levels = " ".join(f"{name}={key}" for name, key in linked.outcome(pair).items())
    return f"{verdicts.p_site[pattern]:.3f} {verdicts.p_legal[pattern]:.3f} {levels}"


def _never_proposed(pairs: ComparedPairs, codes: Integers) -> Iterator[tuple[int, int]]:
    """Yield the true pairs that no blocking rule proposed."""
    proposed = set((pairs.left.astype(np.int64) << 32 | pairs.right).tolist())
    _, place, _ = distinct(codes)
    order = np.argsort(place, kind="stable")
    for start, length in zip(*(part.tolist() for part in runs(place[order])), strict=True):
        rows = sorted(order[start : start + length].tolist())
        for at, left in enumerate(rows):
            yield from ((left, right) for right in rows[at + 1 :] if (left << 32 | right) not in proposed)


def _lines(entries: pa.Table, parsed: pa.Table) -> list[str]:
    """Return each row in one line: what it says, and what was read in it."""
    given, read = entries.select(SHOWN).to_pylist(), parsed.select(PARSED).to_pylist()
    spots = zip(entries["lon"].to_pylist(), entries["lat"].to_pylist(), strict=True)
    return [
        f"{row['list'][:1]} {row['name']} | {row['uscc'] or '~' + row['uscc_seen']} | "
        f"{row['site_address'] or '(seat) ' + row['address']} | {row['phone']} {row['legal_person']} | "
        f"{row['industry_code']} | "
        f"{'' if lon is None else f'{lon:.3f} {lat:.3f}'} | {' '.join(f'{k}:{v}' for k, v in part.items() if v)}"
        for row, part, (lon, lat) in zip(given, read, spots, strict=True)
    ]
