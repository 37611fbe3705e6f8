"""Who founds units, and what they do."""
