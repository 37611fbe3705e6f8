"""The coverage account: counts by area, completeness, findings, disclosure control."""
