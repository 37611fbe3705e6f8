"""From links to clusters: constrained clustering, must-link and cannot-link constraints, the second pass."""
