"""Entries fused into units, screened, and accounted for in the ledger."""
