"""Any rows compared again after a run, with its words and its counts: what blocking and comparing say of a pair.

For pairs that no rule proposed, or that came out too unlike to be kept.  The kernels are those of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from minglu.matching.blocking import block_keys
from minglu.matching.comparing.comparisons import compare_pairs
from minglu.matching.comparing.pair_batch import row_facts
from minglu.matching.encoding.coded_records import CodedRows, coded_rows
from minglu.matching.encoding.encode_entries import describe_rows
from minglu.matching.encoding.text_hashing import MISSING
from minglu.matching.linkage_schemas import FREQUENCIES
from minglu.matching.model.match_waterfall import Waterfall, explain_pair
from minglu.matching.model.thresholds import VerdictRules, find_cannot_links
from minglu.matching.model.weights import BIT
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.matching.settings.linkage_settings import LinkageSettings, any_of


@dataclass(frozen=True, slots=True)
class Recomparison:
    """What a pair of rows comes to."""

    left: str
    right: str
    levels: Mapping[str, int]
    waterfall: Waterfall
    rules: tuple[str, ...]
    """The blocking rules of which both rows have one key: none of them, and the pair was never proposed."""
    cannot_link: str
    """The cannot-link that forbids one site, by its name; or empty."""
    p_by_law: float = 0.0
    """How likely one legal unit is at least, by law."""

    @property
    def p_legal(self) -> float:
        """Return the probability of one legal unit."""
        return max(_chance(self.waterfall.bits_legal), self.p_by_law)

    @property
    def p_site(self) -> float:
        """Return the probability of one site."""
        return self.p_legal * _chance(self.waterfall.bits_site)


def _chance(bits: float) -> float:
    return float(1.0 / (1.0 + np.exp(-bits * BIT)))


def compare_again(
    entries: pa.Table,
    counted: pa.Table,
    pairs: Sequence[tuple[str, str]],
    *,
    words: Vocabulary,
    weights: pa.Table,
    settings: LinkageSettings,
) -> list[Recomparison]:
    """Compare pairs of entries with the words, the counts (CROWDS) and the weights of their run.

    `entries` and `counted` hold the entries of the pairs, both ordered by entry_id.
    """
    rows = _as_in_the_run(coded_rows(describe_rows(entries, vocabulary=words)), counted)
    place = {one: number for number, one in enumerate(rows.entry_id.to_pylist())}
    left, right = (np.array([place[pair[side]] for pair in pairs]) for side in (0, 1))
    levels = compare_pairs(row_facts(rows), left, right, settings)
    cannot_links = find_cannot_links(levels, settings, VerdictRules())
    barred, by_law = cannot_links.site.tolist(), any_of(levels, settings, settings.by_law) & ~cannot_links.legal
    made = []
    for number, (one, two) in enumerate(pairs):
        named = dict(zip(settings.names, levels[number].tolist(), strict=True))
        made.append(
            Recomparison(
                left=min(one, two),
                right=max(one, two),
                levels=named,
                waterfall=explain_pair(named, weights),
                rules=_shared_rules(rows, settings, int(left[number]), int(right[number])),
                cannot_link=settings.cannot_links[barred[number] - 1].name if barred[number] else "",
                p_by_law=settings.p_by_law if by_law[number] else 0.0,
            )
        )
    return made


def _as_in_the_run(rows: CodedRows, counted: pa.Table) -> CodedRows:
    """Give rows the counts that they had among all others, and the precision that their points had there."""
    precision = np.asarray(counted["precision_m"].to_numpy(), dtype=np.float64)
    codes, lazy = dict(rows.codes), precision > rows.precision_m
    for name in ("cell", "cell_off"):  # a point that many addresses share proposes nothing
        codes[name] = np.where(lazy, MISSING, codes[name])
    frequencies = {name: counted[name].to_numpy().astype(np.uint16) for name in FREQUENCIES.names[2:]}
    return replace(rows, codes=codes, frequencies=frequencies, precision_m=precision)


def _shared_rules(rows: CodedRows, settings: LinkageSettings, one: int, two: int) -> tuple[str, ...]:
    shared = []
    for rule in settings.blocks:
        row, keys = block_keys(rows.codes, rule)
        own, other = (keys[[place]] if row is None else keys[row == place] for place in (one, two))
        if (np.intersect1d(own, other) != MISSING).any():
            shared.append(rule.name)
    return tuple(shared)
