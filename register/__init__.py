"""The register itself, and the only place that joins the two wings, matching and geo."""
