"""Name of a unit -> region, brand 字号, trade, legal form, branch mark, former names.  Nothing is compared here.

A name is 行政区划 + 字号 + 行业或经营特点 + 组织形式 (企业名称登记管理规定): the region may be missing or stand in
brackets, and a branch bears the name of its parent first.  `parse_name` is total: any string has parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from minglu.matching.grammar import Grammar, grammar_of
from minglu.matching.text import NUMERAL_CHARACTERS, arabic, tidy, without_brackets
from minglu.matching.vocabulary import Vocabulary
from minglu.matching.wordlists import branches, forms, notes, strong_forms

WEAK_TRADE = "加工"

_ALIAS = re.compile(
    r"\((?:原名?称?|曾用名|曾用|前身|旧称|旧名|更名前|变更前)(?:为|是|:)?"
    r"(?!料|油|煤|种|生|木|野|创|始|址|有|装|告|子)([^()]{3,})\)"
    r"|、?(?:曾用名|原名|曾用名称|原名称):?([^()、]{3,})"
)
_BRACKET = re.compile(r"\(([^()]*)\)")
_NUMERAL = f"[0-9{NUMERAL_CHARACTERS}]+"
_KINDS = "|".join(sorted(branches(), key=lambda word: (-len(word), word)))
_STRONG = re.compile("|".join(sorted(strong_forms(), key=lambda word: (-len(word), word))))
_KIND_AT_END = re.compile(f"(?:{_KINDS})$")
_LONG_KINDS = "|".join(sorted((word for word in branches() if len(word) > 1), key=lambda word: (-len(word), word)))
# 红星机械厂二分厂, 红星机械厂萧山分厂, 李记饭店东门店
_BEHIND_WEAK = re.compile(
    f"(?P<parent>.{{2,}}?[厂店场站社院馆校行部庄矿园])"
    f"(?P<mark>(?:第?{_NUMERAL}号?|[东西南北新老上下前后中内外A-Z]))?(?P<kind>{_LONG_KINDS})$"
)
# 红星机械二厂, 红星机械第三车间, 萧山贸易杭州分公司
_NUMBERED = re.compile(f"(?P<parent>.{{2,}}?)(?P<mark>第?{_NUMERAL}号?|[0-9A-Z]+号)(?P<kind>{_KINDS})$")
_SUB = re.compile(r"(?P<parent>.{2,})(?P<kind>分公司|支公司|分厂|支厂|分店|分场|分站|分部|分院|分校|分社|支行|分行)$")
_LATIN = re.compile("[A-Z0-9]+")
_ORDINAL = re.compile(f"第?({_NUMERAL})号?$")


class NameParts(NamedTuple):
    """The parts of one name; "" where the name is silent."""

    key: str = ""
    """The name without blanks, brackets and former names."""
    core: str = ""
    """Brand and trade as written: the name without region, legal form and branch."""
    brand: str = ""
    """字号, the part that tells units of one trade apart."""
    trade: str = ""
    """Groups of rules/trades.toml (or learned words), in the order of the name, joined by +."""
    region: str = ""
    """Areas without suffix, from large to small, joined by /: 杭州/萧山."""
    form: str = ""
    """Canonical legal form of rules/forms.toml."""
    branch: str = ""
    """Normalised branch mark and kind, 2|分厂 or 萧山|分公司."""
    formers: tuple[str, ...] = ()
    """Cores of the former or other names given inside the name."""
    latin: str = ""
    """Latin letters and digits of the name, in capitals, joined."""


def parse_name(text: str, vocabulary: Vocabulary) -> NameParts:
    """Take a name apart.

    >>> from minglu.matching.vocabulary import vocabulary
    >>> parts = parse_name("东方餐饮（杭州）有限公司萧山分公司", vocabulary(["杭州市", "萧山区"]))
    >>> parts.region, parts.brand, parts.trade, parts.form, parts.branch
    ('杭州', '东方', '餐饮', '有限公司', '萧山|分公司')
    """
    return read_name(text, grammar_of(vocabulary))


def read_name(text: str, grammar: Grammar) -> NameParts:
    """Take a name apart with a grammar already at hand: what batches call."""
    name = tidy(text)
    formers: tuple[str, ...] = ()
    if "(" in name or "名" in name:
        name, aliases = _take_aliases(name, grammar)
        formers = tuple(sorted({core for core in (read_name(alias, grammar).core for alias in aliases) if core}))
    key = without_brackets(name)
    areas: list[str] = []
    bracketed = ""
    if "(" in name or ")" in name:
        name, bracketed = _open_brackets(name, areas, grammar)
    name, mark, kind = _take_branch(name, grammar)
    if bracketed:
        mark, kind = _read_mark(bracketed, grammar)
    inner, rest = grammar.take_regions(name)
    rest, form = _take_form(rest, grammar)
    brand, trade = _take_trades(rest, grammar)
    if inner and len(brand) < 2:  # a region never eats the brand: 萧山餐饮店 is called 萧山
        rest = grammar.bare(inner.pop()) + rest
        brand, trade = _take_trades(rest, grammar)
    if brand.startswith("第"):
        brand = arabic(brand)
    region = "/".join(grammar.bare(area) for area in (*inner, *areas))
    branch = f"{mark}|{kind}" if kind else ""
    latin = "".join(_LATIN.findall(key))
    return NameParts(key, rest, brand, trade, region, form, branch, formers, latin)


def _take_aliases(name: str, grammar: Grammar) -> tuple[str, list[str]]:
    """Cut former names out; a bracket that holds a whole other name (甲公司(乙厂)) is one as well."""
    aliases = [found for match in _ALIAS.finditer(name) for found in match.groups() if found]
    name = _ALIAS.sub("", name)
    for match in _BRACKET.finditer(name):
        inside = match[1]
        if len(inside) > 4 and match.start() and _is_name(inside, grammar):
            aliases.append(inside)
            name = name.replace(match[0], "", 1)
    return name, aliases


def _is_name(text: str, grammar: Grammar) -> bool:
    """Say whether `text` is a whole name: a strong form at its end, or a weak one behind a known trade."""
    stem, form = _take_form(text, grammar)
    if not form or (_KIND_AT_END.search(text) and _SUB.search(text)):
        return False
    strong = _STRONG.search(text)
    return bool(strong and strong.end() == len(text) and stem) or len(_take_trades(stem, grammar)[0]) >= 2 <= len(
        stem
    ) - len(_take_trades(stem, grammar)[0])


def _open_brackets(name: str, areas: list[str], grammar: Grammar) -> tuple[str, str]:
    """Resolve brackets: an area goes to `areas`, a remark away, the last branch out; anything else stays in place."""
    branch = ""

    def resolve(match: re.Match[str]) -> str:
        nonlocal branch
        inside = match[1]
        if not inside or inside in notes():
            return ""
        found, rest = grammar.take_regions(inside)
        if found and not rest:
            areas.extend(found)
            return ""
        if match.start() and _KIND_AT_END.search(inside):
            branch = inside
            return ""
        return inside

    while (opened := _BRACKET.sub(resolve, name)) != name:
        name = opened
    return without_brackets(name), branch


def _read_mark(text: str, grammar: Grammar) -> tuple[str, str]:
    """Return mark and kind of the branch that `text` names: 第二分厂 -> 2, 分厂; what ends in no known kind is 其他."""
    kind = _KIND_AT_END.search(text)
    if kind is None:
        return ("", "") if not text or text in notes() else (text, "其他")
    return _mark(text[: kind.start()], grammar), branches()[kind[0]]


def _take_branch(name: str, grammar: Grammar) -> tuple[str, str, str]:
    """Return the parent's name, the mark and the kind of the branch; mark and kind are "" where there is none."""
    position = 0
    while strong := _STRONG.search(name, position):
        tail = name[strong.end() :]
        if not tail:
            break
        if _KIND_AT_END.search(tail) or not _STRONG.search(tail):
            return name[: strong.end()], *_read_mark(tail, grammar)
        position = strong.end()
    if match := _BEHIND_WEAK.match(name) or _NUMBERED.match(name):
        parent = match["parent"]
        kind = match["kind"]
        whole = parent if match.re is _BEHIND_WEAK or len(kind) > 1 else parent + kind
        return whole, _mark(match["mark"] or "", grammar), branches()[kind]
    if match := _SUB.match(name):
        parent, area = grammar.take_last_region(match["parent"])
        return parent, area, branches()[match["kind"]]
    return name, "", ""


def _mark(text: str, grammar: Grammar) -> str:
    """Normalise what tells one branch from the next: 第二 -> 2, 3号 -> 3, 萧山区 -> 萧山."""
    ordinal = _ORDINAL.match(text)
    if ordinal:
        return arabic(ordinal[1])
    areas, rest = grammar.take_regions(text)
    if areas:
        return grammar.bare(areas[-1]) + _mark(rest, grammar) if len(rest) < len(text) else text
    return arabic(text) if text.startswith("第") else text


def _take_form(name: str, grammar: Grammar) -> tuple[str, str]:
    """Cut the legal form off the end: the longest word of the table that leaves something before it."""
    table = forms()
    for length in range(min(11, len(name)), 0, -1):
        form = table.get(name[-length:])
        if form is not None and (length > 1 or len(name) > 2):
            whole = length == 1 and any(name[-size:] in grammar.trades for size in (2, 3, 4))
            return name if whole else name[:-length], form  # 饭店 is a trade: the brand of 兴旺饭店 is not 兴旺饭
    return name, ""


def _take_trades(stem: str, grammar: Grammar) -> tuple[str, str]:
    """Cut trade words off the end while the brand keeps two characters (or nothing is left at all)."""
    found: list[str] = []
    table = grammar.trades
    cut = True
    while cut and stem:
        cut = False
        for length in range(min(grammar.longest_trade, len(stem)), 1, -1):
            group = table.get(stem[-length:])
            if group is not None and (len(stem) - length >= 2 or (len(stem) == length and not found)):
                found.append(group)
                stem = stem[:-length]
                cut = True
                break
    told = [group for group in dict.fromkeys(reversed(found)) if group != WEAK_TRADE]
    return stem, "+".join(told or dict.fromkeys(found))
