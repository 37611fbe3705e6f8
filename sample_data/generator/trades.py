"""Trades, institutions and market goods as arrays.  Which unit has which trade is decided in `firms`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generator.words import CLASSES, Vocabulary, words

WORDS_PER_TRADE = 4  # shorter rows repeat their words


@dataclass(frozen=True, slots=True)
class Trades:
    """All trades, one entry each."""

    names: np.ndarray
    """Words for the trade (n, 4); column 0 is the registered one, the others are habits."""
    code: np.ndarray
    """Industry code, four digits (GB/T 4754)."""
    industry: np.ndarray
    """Industry name."""
    kind: np.ndarray
    """Position of its source class in CLASSES."""
    weight: np.ndarray
    """Relative frequency among firms outside markets; 0 for institutions and market goods."""
    household: np.ndarray
    """Share of individual households among its firms."""
    coop: np.ndarray
    """Share of cooperatives among its firms."""
    market: np.ndarray
    """Position of the kind of market that sells it, -1 for none."""


def trade_table(vocabulary: Vocabulary) -> Trades:
    """Put trades, institutions and market goods into arrays."""
    rows = [
        (t["words"], t["code"], t["industry"], t["class"], t["weight"], t["household"], t.get("coop", 0.0), -1)
        for t in vocabulary.trades
    ]
    rows += [([i["word"]], i["code"], i["industry"], "boiler", 0, 0, 0, -1) for i in vocabulary.institutions]
    rows += [
        ([goods], m["code"], m["industry"], m["class"], 0, 1, 0, index)
        for index, m in enumerate(vocabulary.markets)
        for goods in m["goods"]
    ]
    names = np.array([[row[0][i % len(row[0])] for i in range(WORDS_PER_TRADE)] for row in rows], dtype=object)
    return Trades(
        names,
        words([row[1] for row in rows]),
        words([row[2] for row in rows]),
        np.array([CLASSES.index(row[3]) for row in rows]),
        np.array([row[4] for row in rows], dtype=float),
        np.array([row[5] for row in rows], dtype=float),
        np.array([row[6] for row in rows], dtype=float),
        np.array([row[7] for row in rows]),
    )
