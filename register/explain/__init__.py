"""Why a unit is one unit, and why it stands where it stands: reasons read from a finished run."""
