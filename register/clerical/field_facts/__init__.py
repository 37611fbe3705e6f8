"""What the field said: kept in a chained file, found again at every build, taken as evidence."""
