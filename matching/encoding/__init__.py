"""Parsed entries as columns of integer codes, and the frequencies of their values."""
