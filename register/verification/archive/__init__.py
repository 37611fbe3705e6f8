"""Sealing a finished run as an archive, signing it, and checking it without this program."""
