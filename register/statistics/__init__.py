"""The statistics of coverage: numbers in, numbers out.  No I/O, no tables, no words for users."""
