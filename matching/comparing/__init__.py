"""Comparisons of candidate pairs: similarity, comparison levels, agreement patterns."""
