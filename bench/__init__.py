"""Benchmarks: commands that print what they measured.  Not part of the package."""
