"""What several benchmarks share: clocks, copies of data, scoring, peers."""
