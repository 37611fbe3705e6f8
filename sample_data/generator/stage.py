"""What all blocks of one set share.  Making it is in `build`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from generator.knobs import Knobs
from generator.places import Territory
from generator.points import Triangles
from generator.trades import Trades
from generator.words import Vocabulary


@dataclass(frozen=True, slots=True)
class Stage:
    """What all blocks share."""

    knobs: Knobs
    """With the rates of the vocabulary filled in."""
    vocabulary: Vocabulary
    territory: Territory
    triangles: Triangles
    trades: Trades
    district_weights: np.ndarray
    """Running sum of the share of units in each district; ends at 1."""
    units: int
    """Legal units of the whole set."""

    @property
    def blocks(self) -> int:
        """Number of blocks that make the set."""
        return -(-self.units // self.knobs.block_units)
