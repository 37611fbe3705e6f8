"""minglu (名录): three messy lists in, one register of units and a proof of coverage out."""

__version__ = "0.1.0"
