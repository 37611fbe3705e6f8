"""An explanation in parts that each output renders in its own way: lines for a terminal, values for JSON, a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from minglu.common.bilingual import Bilingual
from minglu.matching.model.match_waterfall import Evidence, Waterfall
from minglu.matching.model.strongest_reasons import strongest_reasons, weigh
from minglu.matching.settings.linkage_settings import load_linkage_settings
from minglu.register.cleaning.entry_ids import ID_CHARACTERS
from minglu.register.language.code_labels import RELATIONS, VERDICTS

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, indented by its depth; a heading opens what follows."""

    zh: str
    en: str
    heading: bool = False

    def lines(self, language: str) -> list[str]:
        """Return it in `language`."""
        return [self.zh if language == "zh" else self.en]


@dataclass(frozen=True, slots=True)
class Entries:
    """Source rows, one beside the other."""

    rows: Sequence[Mapping[str, Any]]

    def lines(self, language: str) -> list[str]:
        """Return one line per row."""
        return [_entry_line(row, language) for row in self.rows]


def copy_of(row: Mapping[str, Any]) -> str:
    """Return the entry that this one equals in every cell, or an empty text."""
    first: str = row["entry_id"][:ID_CHARACTERS]
    return first if first != row["entry_id"] else ""


def place_of(row: Mapping[str, Any]) -> str:
    """Return file, sheet and row of an entry."""
    sheet = f" [{row['sheet']}]" if row["sheet"] else ""
    return f"{row['file']}{sheet} #{row['row']}"


def _entry_line(row: Mapping[str, Any], language: str) -> str:
    rest = "  ".join(text for text in (row["name"], row["uscc"], row["site_address"] or row["address"]) if text)
    line, first = f"  {row['entry_id']}  {place_of(row)}  {rest}", copy_of(row)
    if not first:
        return line
    return f"{line}（与 {first} 逐格相同）" if language == "zh" else f"{line} (every cell as in {first})"


@dataclass(frozen=True, slots=True)
class Compared:
    """One compared pair: what the evidence adds up to, and what forbade it where something did."""

    pair: Mapping[str, Any]
    """Its row of scored_pairs."""
    waterfall: Waterfall
    barrier: Bilingual
    """What forbids it, or empty."""
    cut: Bilingual
    """Why its link was not honoured, or empty."""

    @property
    def verdict(self) -> tuple[str, str]:
        """Return what was decided about it, in both languages."""
        (zh, en), (verdict_zh, verdict_en) = RELATIONS[self.pair["relation"]], VERDICTS[self.pair["verdict"]]
        return f"{zh}：{verdict_zh}", f"{en}: {verdict_en}"

    @property
    def obstacles(self) -> list[tuple[str, str]]:
        """Return what stood in the way, in both languages."""
        reasons = (("不可为同一场所", "never one site", self.barrier), ("合并被切断", "cut", self.cut))
        return [(f"{zh}：{reason.zh}", f"{en}: {reason.en}") for zh, en, reason in reasons if reason]

    @property
    def argument(self) -> tuple[tuple[tuple[str, str], Sequence[tuple[str, str]]], ...]:
        """Return the strongest reasons for and against one site: the heading and each reason in both languages."""
        found = strongest_reasons(self.waterfall.steps[1:], load_linkage_settings())
        return (
            (("支持为同一场所", "for one site"), [_reason(step) for step in found.supporting]),
            (("反对", "against"), [_reason(step) for step in found.opposing]),
        )

    def lines(self, language: str) -> list[str]:
        """Return the strongest reasons, then the waterfall: the weights of both questions, each step, and the sum."""
        at, flow = LANGUAGES.index(language), self.waterfall
        site, legal = (("场所概率", "P(site)")[at], ("法人概率", "P(legal)")[at])
        chances = f"{site} {self.pair['p_site']:.4f}  {legal} {self.pair['p_legal']:.4f}"
        return [
            f"  {self.pair['left']} ~ {self.pair['right']}  {chances}  {self.verdict[at]}",
            *(
                _argument_line(heading[at], [reason[at] for reason in reasons], at)
                for heading, reasons in self.argument
            ),
            ("      法人   场所（比特）", "     legal   site (bits)")[at],
            *(f"    {line}" for line in flow.lines(language)),
            f"    {flow.bits_legal:+6.1f} {flow.bits_site:+6.1f}  {('合计', 'sum')[at]}",
            *(f"    {obstacle[at]}" for obstacle in self.obstacles),
        ]

    def values(self) -> dict[str, Any]:
        """Return it as plain values."""
        names = ("left", "right", "p_site", "p_legal", "relation", "verdict")
        keys = ("comparison", "level", "bits_legal", "bits_site", "why_zh", "why_en")
        return {
            **{name: self.pair[name] for name in names},
            "barrier": self.barrier,
            "cut": self.cut,
            "bits_legal": self.waterfall.bits_legal,
            "bits_site": self.waterfall.bits_site,
            "argument": {
                key: [{"zh": zh, "en": en} for zh, en in reasons]
                for key, (_, reasons) in zip(("for", "against"), self.argument, strict=True)
            },
            "steps": [{key: getattr(step, key) for key in keys} for step in self.waterfall.steps],
        }


def _reason(step: Evidence) -> tuple[str, str]:
    bits = f"{weigh(step):+.1f}"
    return f"{step.why_zh}（{bits}）", f"{step.why_en} ({bits})"


def _argument_line(heading: str, reasons: Sequence[str], language: int) -> str:
    colon, comma, nothing = (("：", "；", "无"), (": ", "; ", "nothing"))[language]
    return f"    {heading}{colon}{comma.join(reasons) or nothing}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer: nested values for JSON, and parts for people."""

    title: str
    """What was asked about."""
    facts: dict[str, Any]
    parts: list[Line | Entries | Compared] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return self.facts

    def as_lines(self, language: str) -> list[str]:
        """Return the answer as lines in `language`."""
        return [line for part in self.parts for line in part.lines(language)]

    def say(self, zh: str, en: str) -> None:
        """Add one line."""
        self.parts.append(Line(zh, en))

    def head(self, zh: str, en: str) -> None:
        """Add a line that opens what follows."""
        self.parts.append(Line(zh, en, heading=True))
