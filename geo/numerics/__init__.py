"""Numerical basis of the geometry: exact predicates, sorting, box joins, graphs, geodesic measures."""
