"""Benchmarks of record linkage."""
