"""Stored reasons hold both languages; here they are taken apart.  No words of its own."""

from __future__ import annotations


def both(reason: str) -> tuple[str, str]:
    """Take a stored reason apart: its first half is Chinese, its second English.

    >>> both("代码不同 / different codes"), both("")
    (('代码不同', 'different codes'), ('', ''))
    """
    parts = reason.split(" / ")
    half = len(parts) // 2
    return (" / ".join(parts[:half]), " / ".join(parts[half:])) if half else (reason, reason)


def in_language(reason: str, language: str) -> str:
    """Return the half of a stored reason that is in `language`, "zh" or "en"."""
    return both(reason)[language == "en"]
