"""District layers in memory: polygons with codes, their index, and what may be wrong with the codes."""
