"""Sharing: a redacted extract of the register for one recipient, by rule, with schema and terms of use."""
