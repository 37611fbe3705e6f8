"""The map, its places, and where a site stands."""
