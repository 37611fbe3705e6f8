"""Districts and coordinates: the proof that districts tile their parent, and the placing of units in them.

A leaf wing: it knows neither the register nor the matching nor any engine.
"""

from minglu.geo.districts import Districts, Parent
from minglu.geo.gazetteer import make_gazetteer
from minglu.geo.partition import Proof, prove
from minglu.geo.placement import place
from minglu.geo.tables import FAULTS, PLACEMENTS

__all__ = ["FAULTS", "PLACEMENTS", "Districts", "Parent", "Proof", "make_gazetteer", "place", "prove"]
