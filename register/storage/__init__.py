"""The run folder: where results lie, how they are written, and what vouches for them."""
