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
from bench.support.words import learn_words
from bench.support.worlds_data import KEPT_BACK, WORLDS, load_world
from minglu.common.arrays import Integers, distinct, runs
from minglu.matching.comparing.agreement_patterns import ComparedPairs
from minglu.matching.comparing.compare_pairs import compare_rows
from minglu.matching.encoding.coded_records import coded_rows
from minglu.matching.encoding.encode_entries import encode_rows
from minglu.matching.encoding.text_hashing import hash_text
from minglu.matching.linkage import cluster_rows, judge_twice
from minglu.matching.model.thresholds import VerdictRules, Verdicts
from minglu.matching.model.training import learn_model
from minglu.matching.model.weights import Patterns
from minglu.matching.parsing.parse_entries import describe
from minglu.matching.settings.linkage_settings import Policy, load_policy

READABLE = ("open", "development")
READABLE_WORLDS = tuple(name for name in WORLDS if name not in {KEPT_BACK, "own_held_out"})
SHOWN = ("list", "name", "uscc", "uscc_seen", "site_address", "address", "industry_code")
PARSED = ("brand", "trade", "form", "region", "branch", "site_key")


@dataclass(frozen=True, slots=True)
class Linked:
    """What linkage made of the rows."""

    policy: Policy
    pairs: ComparedPairs
    patterns: Patterns
    verdicts: Verdicts
    sites: Integers

    def outcome(self, pair: int) -> Mapping[str, str]:
        """Return the levels of a pair by comparison, missing ones left out."""
        levels = self.patterns.levels[self.pairs.pattern_of[pair]].tolist()
        named = zip(self.policy.comparisons, levels, strict=True)
        return {comparison.name: comparison.levels[level - 1].key for comparison, level in named if level}

    def cause(self, pair: int) -> str:
        """Say why a pair of one site stays apart: the first reason that fits."""
        pattern, outcome = self.pairs.pattern_of[pair], self.outcome(pair)
        if barrier := self.verdicts.bar_site[pattern]:
            return f"cannot-link: {self.policy.barriers[barrier - 1].name}"
        if self.verdicts.link_site[pattern]:
            return "linked, but cut"
        code = outcome.get("code", "no code")
        if code not in ("no code", "same_uscc", "same_org"):
            return f"codes: {code}"
        if code != "no code":
            return "one code, sites in doubt"
        return f"no code, place: {outcome.get('place', 'missing')}"


def main(arguments: list[str]) -> None:
    """Generate, link, print the errors."""
    parser = argparse.ArgumentParser(prog="python -m bench errors", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--vocabulary", choices=READABLE, default="development")
    parser.add_argument("--world", choices=READABLE_WORLDS, help="a world of another maker, instead of a vocabulary")
    parser.add_argument("--cell", choices=list(CELLS), default="as_is", help="what the world's lists lack")
    options = parser.parse_args(arguments)
    entries, places = _read_world(options) if options.world else _generated(options)
    words = learn_words(entries, places)
    truth = {level: hash_text(entries[level]) for level in TRUTH}
    batches = [entries.slice(start, BATCH_ROWS) for start in range(0, entries.num_rows, BATCH_ROWS)]
    parsed = [describe(batch, words) for batch in batches]
    linked = link([encode_rows(batch, part) for batch, part in zip(batches, parsed, strict=True)])
    print_errors(linked, truth, _lines(entries, pa.concat_tables(parsed)))


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


def link(coded: list[pa.Table]) -> Linked:
    """Link as the product does."""
    rows, policy, rules = coded_rows(coded), load_policy(), VerdictRules()
    pairs, patterns, _ = compare_rows(rows, policy)
    model = learn_model(patterns, policy)
    pairs, patterns, verdicts = judge_twice(rows, pairs, patterns, model, policy=policy, rules=rules)
    sites, _, _ = cluster_rows(rows, pairs, verdicts)
    return Linked(policy, pairs, patterns, verdicts, sites)


def print_errors(linked: Linked, truth: Truth, lines: list[str]) -> None:
    """Print the causes with their counts, then every pair under its cause."""
    found: dict[str, list[str]] = defaultdict(list)
    pairs, site, unit = linked.pairs, truth["site"], truth["legal_unit"]
    true, joined = site[pairs.left] == site[pairs.right], linked.sites[pairs.left] == linked.sites[pairs.right]
    for pair in np.flatnonzero(true & ~joined).tolist():
        found[f"apart; {linked.cause(pair)}"].append(_described(linked, pair, lines))
    for pair in np.flatnonzero(~true & joined).tolist():
        kind = "two sites of one unit" if unit[pairs.left[pair]] == unit[pairs.right[pair]] else "two units"
        found[f"joined wrongly; {kind}"].append(_described(linked, pair, lines))
    for left, right in _never_proposed(pairs, site):
        kind = "though others join them" if linked.sites[left] == linked.sites[right] else "and apart"
        found[f"not proposed {kind}"].append(f"{lines[left]}\n  {lines[right]}")
    for cause, texts in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"{len(texts):6d}  {cause}")
    for cause, texts in sorted(found.items()):
        print(f"\n== {cause} ({len(texts)})")
        print("\n".join(texts))


def _described(linked: Linked, pair: int, lines: list[str]) -> str:
    pattern = linked.pairs.pattern_of[pair]
    chances = f"{linked.verdicts.p_site[pattern]:.3f} {linked.verdicts.p_legal[pattern]:.3f}"
    levels = " ".join(f"{name}={key}" for name, key in linked.outcome(pair).items())
    return f"- {chances} {levels}\n  {lines[linked.pairs.left[pair]]}\n  {lines[linked.pairs.right[pair]]}"


def _never_proposed(pairs: ComparedPairs, site: Integers) -> Iterator[tuple[int, int]]:
    """Yield the pairs of one site that no blocking rule proposed."""
    proposed = set((pairs.left.astype(np.int64) << 32 | pairs.right).tolist())
    _, place, _ = distinct(site)
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
        f"{row['site_address'] or '(seat) ' + row['address']} | {row['industry_code']} | "
        f"{'' if lon is None else f'{lon:.3f} {lat:.3f}'} | {' '.join(f'{k}:{v}' for k, v in part.items() if v)}"
        for row, part, (lon, lat) in zip(given, read, spots, strict=True)
    ]
