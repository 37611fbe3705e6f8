"""Linkage settings: what is blocked, compared and learned, read from a folder of rule tables."""
