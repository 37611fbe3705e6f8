"""Rows become entries: texts and identifiers cleaned, sizes read, personal data redacted, ids assigned."""
