"""What a heading means: its normalised text, and the alias of a canonical field it matches.  One cell at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from minglu.register.rules import HeaderRules
from minglu.register.schemas import FIELDS

PARTS: Mapping[str, tuple[str, ...]] = {
    "degree": ("度", "°", "deg", "degree", "degrees", "d"),
    "minute": ("分", "'", "′", "min", "minute", "minutes", "m"),
    "second": ("秒", '"', "″", "′′", "''", "sec", "second", "seconds", "s"),
}
"""Words for the parts of an angle that is spread over three columns."""
WORTH_ASKING = frozenset({"name", "uscc", "permit_no", "address", "site_address", "lon", "lat", "district_code"})
"""A heading that only looks like one of these is reported where no column was taken for it."""
LONG_WAY = 1_000
"""Added to the preference of an alias that matches only once the brackets' content is dropped."""
_BRACKETED = re.compile(r"[(\[{【〔〖<《「][^)\]}】〕〗>》」]*[)\]}】〕〗>》」]")
_NOISE = re.compile(r"[\s*_\-:.,、;?!#()\[\]{}【】〔〕〖〗<>《》「」\u00b7\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one heading stands for."""

    field: str
    """Canonical field."""
    part: str
    """degree | minute | second, or empty for the whole value."""
    preference: int
    """Position among the aliases of the field; the smallest wins."""


def heading_key(text: str) -> str:
    """Fold width, case, spaces, stars and punctuation; keep what stands in brackets.

    >>> heading_key("＊ 统一社会 信用代码（18位）")
    '统一社会信用代码18位'
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def bare_key(text: str) -> str:
    """Fold as `heading_key` does and drop what stands in brackets.

    >>> bare_key("统一社会信用代码（18位）")
    '统一社会信用代码'
    """
    return heading_key(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))


class Aliases:
    """Every alias of a rule pack, looked up by normalised heading."""

    def __init__(self, rules: HeaderRules) -> None:
        self._meanings: dict[str, Meaning] = {}
        self._measures = {
            heading_key(alias): row
            for row in reversed(rules.measures)
            for alias in (*row.headings, *row.unitless_headings)
        }
        self._unitless = frozenset(heading_key(alias) for row in rules.measures for alias in row.unitless_headings)
        self._personal = tuple(heading_key(word) for word in rules.personal)
        for field in FIELDS:
            names = (*rules.aliases.get(field, ()), FIELDS[field], field, f"raw_{field}")
            for preference, alias in enumerate(names):
                self._learn(field, alias, preference)
        self._worth_asking = {
            key: meaning.field
            for key, meaning in self._meanings.items()
            if meaning.field in WORTH_ASKING and not meaning.part and len(key) > 1 and not key.isascii()
        }

    def _learn(self, field: str, alias: str, preference: int) -> None:
        key = heading_key(alias)
        self._meanings.setdefault(key, Meaning(field, "", preference))
        if field in ("lon", "lat"):
            for part, words in PARTS.items():
                for word in words:
                    self._meanings.setdefault(key + heading_key(word), Meaning(field, part, preference))

    def meaning(self, candidates: Iterable[str]) -> Meaning | None:
        """Return the meaning of the first candidate text that is an alias."""
        for text in candidates:
            if (found := self._meanings.get(heading_key(text))) is not None:
                return found
            if (found := self._meanings.get(bare_key(text))) is not None:
                return Meaning(found.field, found.part, found.preference + LONG_WAY)
        return None

    def resembling(self, heading: str) -> str:
        """Return the canonical field whose longest alias a heading contains, "" where it holds none.

        Only for fields without which a row is linked or placed less well, and for aliases of two characters or more.
        """
        key = heading_key(heading)
        held = [alias for alias in self._worth_asking if alias in key]
        return self._worth_asking[max(held, key=len)] if held else ""

    def measure(self, candidates: Iterable[str]) -> str:
        """Return the measure that a heading states, as "id" or "id|unit" by a known unit in its brackets; else "".

        A heading that leaves the unit open where two are usual gives "id|?".  Brackets with anything else make it
        another heading: a number of unknown unit must not decide.
        """
        for text in candidates:
            if (row := self._measures.get(heading_key(text))) is not None:
                return f"{row.id}|?" if heading_key(text) in self._unitless else row.id
            if (row := self._measures.get(bare_key(text))) is not None:
                stated = "".join(_BRACKETED.findall(unicodedata.normalize("NFKC", text)))[1:-1].strip()
                if stated == row.unit or stated in row.units:
                    return f"{row.id}|{stated}"
        return ""

    def is_personal(self, heading: str) -> bool:
        """Return whether an unused column with this heading holds personal data."""
        key = heading_key(heading)
        return any(word in key for word in self._personal)
