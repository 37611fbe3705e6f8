"""Coordinates as people write them: angles, pairs, limits, and the datums they may be in."""
