"""Benchmarks of a whole build, and of its stages."""
