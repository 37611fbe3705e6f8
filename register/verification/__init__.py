"""What others check: spot checks, differences between runs, roll-ups, sealed archives."""
