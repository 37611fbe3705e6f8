"""The statistics of coverage: numbers in, numbers out."""
