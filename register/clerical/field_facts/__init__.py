"""Results of field work: kept in an append-only file, re-anchored at every build, used as evidence."""
