"""What the bootstrap says: one language for talk, both for errors; everything goes to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

MISUSED = 2
CANNOT_WRITE = 5
UNAVAILABLE = 69
INTERRUPTED = 130


class StartError(Exception):
    """Setting up can't go on; carries both languages and the exit code."""

    def __init__(self, *, en: str, zh: str, exit_code: int) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh
        self.exit_code = exit_code


def language(environment: Mapping[str, str]) -> str:
    """Choose "zh" or "en": MINGLU_LANG first, then the locale as POSIX orders it.

    >>> language({"MINGLU_LANG": "en", "LANG": "zh_CN.UTF-8"}), language({"LANG": "zh_CN.UTF-8"})
    ('en', 'zh')
    """
    asked = environment.get("MINGLU_LANG", "").lower()
    if asked in {"zh", "en"}:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def say(*, en: str, zh: str) -> None:
    """Tell the person what happens, in their language."""
    print(zh if language(os.environ) == "zh" else en, file=sys.stderr, flush=True)


def complain(error: StartError) -> None:
    """Tell what went wrong, in both languages."""
    print(f"start: {error.en}\nstart：{error.zh}", file=sys.stderr, flush=True)


def spare_the_console() -> None:
    """Let a console that lacks Chinese characters show marks instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
