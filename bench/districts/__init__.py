"""Benchmarks of the proof of a layer of districts, and of placing points in it."""
