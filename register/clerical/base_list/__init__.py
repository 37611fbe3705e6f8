"""The base-list account 底册比对: what became of the list handed down, what was added, and the sheet to verify it."""
