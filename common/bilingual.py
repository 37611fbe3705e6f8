"""A text in Chinese and English: two halves that stay apart in memory and are one text in tables and JSON."""

from __future__ import annotations

from typing import Self

SEPARATOR = " / "
SPACED, NARROW = " /", "/"


class Bilingual(str):
    """A text in both languages.

    As a string it is what tables and JSON hold: Chinese, the separator, English.  No Chinese half holds the
    beginning of a separator (it is narrowed where a value brings one along), so that `parse`, which takes the first
    separator, always gives back the halves that were joined.

    >>> reason = Bilingual("代码不同", "different codes")
    >>> reason, reason.zh, reason.of("en")
    ('代码不同 / different codes', '代码不同', 'different codes')
    >>> Bilingual.parse(str(Bilingual("甲 / 乙", "A"))).zh
    '甲/ 乙'
    >>> bool(Bilingual("", ""))
    False
    """

    __slots__ = ("en", "zh")

    zh: str
    en: str

    def __new__(cls, zh: str, en: str) -> Self:
        """Join two halves."""
        zh = zh.replace(SPACED, NARROW)
        text = super().__new__(cls, f"{zh}{SEPARATOR}{en}" if zh or en else "")
        text.zh, text.en = zh, en
        return text

    def __reduce__(self) -> tuple[type[Bilingual], tuple[str, str]]:
        """Travel to another process, or into a copy, by the halves."""
        return Bilingual, (self.zh, self.en)

    @classmethod
    def parse(cls, text: str) -> Bilingual:
        """Return the halves of a text as tables and JSON hold it; one without a separator serves both languages."""
        zh, separator, en = text.partition(SEPARATOR)
        return cls(zh, en) if separator else cls(text, text)

    @property
    def halves(self) -> tuple[str, str]:
        """Chinese and English."""
        return self.zh, self.en

    def of(self, language: str) -> str:
        """Return the half in `language`, "zh" or "en"."""
        return self.en if language == "en" else self.zh


NO_TEXT = Bilingual("", "")
"""No reason: empty in both languages."""
