"""A district layer made ready for questions about many units: who holds a point, how far, what a code means.

Making it takes longer than a batch of questions, so one serves all batches of a run.
"""

from __future__ import annotations

from dataclasses import dataclass

from minglu.geo.declared import DeclaredCodes
from minglu.geo.districts import Districts, Parent
from minglu.geo.locator import Locator
from minglu.geo.metres import Metre


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Districts, their parent, and the indexes over them."""

    districts: Districts
    parent: Parent | None
    locator: Locator
    metre: Metre
    codes: DeclaredCodes


def make_gazetteer(districts: Districts, *, proof_is_proven: bool, parent: Parent | None = None) -> Gazetteer:
    """Make the districts ready; cells are used only if the districts are proven to be a partition."""
    return Gazetteer(
        districts=districts,
        parent=parent,
        locator=Locator(districts, proven=proof_is_proven),
        metre=Metre(districts),
        codes=DeclaredCodes(districts.codes),
    )
