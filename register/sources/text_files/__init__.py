"""Delimited text files: encoding, dialect, records."""
