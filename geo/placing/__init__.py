"""Which district a unit lies in: the gazetteer, the point grid, distances, and the placement policy."""
