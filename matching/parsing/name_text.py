"""Name of a unit -> region, brand 字号, trade, legal form, branch mark, former names.  Nothing is compared here.

A name is 行政区划 + 字号 + 行业或经营特点 + 组织形式 (企业名称登记管理规定): the region may be missing or stand in
brackets, and a branch has the name of its parent first.  `parse_name` is total: any string has parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from minglu.matching.parsing.grammar import WEAK_TRADE, Grammar, grammar_of
from minglu.matching.parsing.numerals_and_signs import NUMERAL_CHARACTERS, arabic, tidy, without_brackets
from minglu.matching.parsing.vocabulary import Vocabulary
from minglu.matching.parsing.wordlists import branches, forms, notes, strong_forms, strong_kinds

# (原乙厂), (曾用名:乙厂): a former name in brackets; 原料, 原木 and the like are no such thing.
_ALIAS = re.compile(
    r"(?:原名?称?|曾用名|曾用|前身|旧称|旧名|更名前|变更前)(?:为|是|:)?(?!料|油|煤|种|生|木|野|创|始|址|有|装|告|子)(.{3,})"
)
_LOOSE_ALIAS = re.compile(r"、?(?:曾用名称?|原名称?):?((?:[^()、]|\([^()]*\))+)")
# 二期 is a stage of building, not a part of the unit; 个体户王五 is 王五.
_PHASE = re.compile(f"(?<=..)第?[1-9{NUMERAL_CHARACTERS}]期(?:工程|项目)?$")
# What an applicant calls a project of the unit (年产5000吨铝压铸件迁建项目) names no part of it.
_PROJECT = re.compile(
    r"(?<=....)(?:(?:年|日|月)(?:产|加工|处理|生产|屠宰|出栏|存栏|回收)|[新改扩迁续]建|技改|技术改造)[^()]{0,40}?(?:项目|工程|生产线)(?:[一二三四五1-9]期)?$"
    r"|(?<=公司)[^()]{2,40}?(?:建设|改造|扩建|迁建|技改)(?:项目|工程)$"
)
# 东方机械厂(原萧山机 : a former name that a field was too short for; 东方机械厂-停用: a remark of the tax office.
_CUT_ALIAS = re.compile(r"(?<=..)\((?:原|曾用名?)[^()]*$")
_REMARK = re.compile(r"(?<=..)[-—_/(]*(?:停用|已?注销|已?吊销|非正常户?|清算中?|停业|作废)\)?$")
# (H楼4层), (Feai): where the unit sits, or its name in other characters.
_ASIDE = re.compile(
    r"[A-Z0-9&.·' -]+"
    r"|[一-鿿A-Z0-9#-]{0,6}?[0-9A-Z]+(?:号?[楼幢栋座]|#楼?|号?厂房|层|室|单元)+[0-9A-Z#楼幢栋座层室单元号-]*"
)
_HOUSEHOLD = re.compile(r"^(?:个体工商户|个体户|个体经营户):?(?=..)")
_LABEL_AT_END = re.compile("(?:曾用名称?|原名称?):?$")
_BRACKET = re.compile(r"\(([^()]*)\)")
_NUMERAL = f"[0-9{NUMERAL_CHARACTERS}]+"
_KINDS = "|".join(sorted(branches(), key=lambda word: (-len(word), word)))
_STRONG = re.compile("|".join(sorted(strong_forms(), key=lambda word: (-len(word), word))))
_KIND_AT_END = re.compile(f"(?:{_KINDS})$")
_KIND_OF_LETTERS = {"".join(sorted(word)): word for word in branches() if len(word) == 3}  # 分司公 is a 分公司
_LONG_KINDS = "|".join(sorted((word for word in branches() if len(word) > 1), key=lambda word: (-len(word), word)))
# 红星机械厂二分厂, 红星机械厂萧山分厂, 李记饭店东门店
_BEHIND_WEAK = re.compile(
    f"(?P<parent>.{{2,}}?[厂店场站社院馆校行部庄矿园])"
    f"(?P<mark>(?:第?{_NUMERAL}号?|[东西南北新老上下前后中内外A-Z]))?(?P<kind>{_LONG_KINDS})$"
)
# 红星机械二厂, 红星机械第三车间, 萧山贸易杭州分公司
_NUMBERED = re.compile(f"(?P<parent>.{{2,}}?)(?P<mark>第?{_NUMERAL}号?|[0-9A-Z]+号)(?P<kind>{_KINDS})$")
_AREA_LETTERS = (2, 3)
_SUB_COMPANIES = ("分公司", "支公司", "子公司")
_SUBS = "分公司|支公司|分厂|支厂|分店|分场|分站|分部|分院|分校|分社|支行|分行"
_SUB = re.compile(f"(?P<parent>.{{2,}})(?P<kind>{_SUBS})$")
_LATIN = re.compile("[A-Z0-9]+")
_WHOLE_STRONG = "|".join(
    word for word in sorted(strong_forms()) if not any(o != word and o in word for o in strong_forms())
)
TO_PEEL = (
    f"(?:停用|注销|吊销|非正常户?|清算中?|停业|作废)$|[^一-鿿A-Z0-9]|曾用|原名|^个体|期(?:工程|项目)?$|(?:项目|工程|生产线)$|(?:{_WHOLE_STRONG}).|..[厂店场站社院馆校行部庄矿园].*(?:{_LONG_KINDS})$"
    f"|[0-9{NUMERAL_CHARACTERS}号](?:{_KINDS})$|..(?:{_SUBS})$"
)
"""RE2 pattern: nothing is to be peeled off a name without any such sign.  Wider than needed, never narrower."""
_ORDINAL = re.compile(f"第?({_NUMERAL})号?$")


LONG_FORM = ("有限责任|责任有限", "有限")
"""有限责任公司 and 有限公司 name one form; for `re` and RE2."""


class NameParts(NamedTuple):
    """The parts of one name; "" where the name is missing."""

    key: str = ""
    """The name without blanks, brackets and former names."""
    core: str = ""
    """Brand and trade as written: the name without region, legal form and branch."""
    brand: str = ""
    """字号, the part that distinguishes units of one trade."""
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
    """Latin characters and digits of the name, in capitals, joined."""
    full: str = ""
    """The name as written up to a strong legal form, behind the area in its brackets: by law one enterprise has it,
    and its branches have it before their own mark.  "" where there is no such form."""


def parse_name(text: str, vocabulary: Vocabulary) -> NameParts:
    """Take a name apart.

    >>> from minglu.matching.parsing.vocabulary import vocabulary
    >>> parts = parse_name("东方餐饮（杭州）有限公司萧山分公司", vocabulary(["杭州市", "萧山区"]))
    >>> parts.region, parts.brand, parts.trade, parts.form, parts.branch
    ('杭州', '东方', '餐饮', '有限公司', '萧山|分公司')
    """
    return read_name(text, grammar_of(vocabulary))


def read_name(text: str, grammar: Grammar) -> NameParts:
    """Take a name apart with a grammar already at hand."""
    peeled = peel(text, grammar)
    stem = read_stem(peeled.name, grammar)
    region = "/".join(filter(None, (stem.region, peeled.region)))
    latin = "".join(_LATIN.findall(peeled.key))
    formers = former_cores(read_name(former, grammar).core for former in peeled.formers)
    is_full = stem.form in strong_kinds() and stem.core
    full = f"{peeled.region}|{re.sub(*LONG_FORM, peeled.name)}" if is_full else ""
    parts = (peeled.key, stem.core, stem.brand, stem.trade, region, stem.form, peeled.branch, formers, latin, full)
    return NameParts(*parts)


def former_cores(cores: Iterable[str]) -> tuple[str, ...]:
    """Return the cores of former names, each once, in order; one letter is no name."""
    return tuple(sorted({core for core in cores if len(core) > 1}))


class Peeled(NamedTuple):
    """A name with everything off that is not region + brand + trade + form."""

    key: str
    name: str
    region: str = ""
    """Areas that stood in brackets."""
    branch: str = ""
    formers: tuple[str, ...] = ()
    """Former names as written, each shorter than the name."""


def peel(text: str, grammar: Grammar) -> Peeled:
    """Tidy a name, take former names, brackets and the branch off it."""
    name = _drop_strays(_REMARK.sub("", _CUT_ALIAS.sub("", tidy(text).replace("#", "号"))))
    formers: list[str] = []
    if "名" in name:
        formers += (match[1] for match in _LOOSE_ALIAS.finditer(name))
        name = _LOOSE_ALIAS.sub("", name)
    kept: list[str] = []
    plain: list[str] = []
    region: list[str] = []
    branch = ""
    pieces = _BRACKET.split(name)
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            kept.append(piece)
            plain.append(piece)
            continue
        inside = _read_bracket(piece, grammar) if any(plain) else _Bracket(stays=piece)
        if inside.stays and len(piece) in _AREA_LETTERS and _STRONG.match(pieces[number + 1]):
            inside = _Bracket(areas=(piece,))  # 东方(某地)有限公司: only an area may stand there
        formers += inside.formers
        region += inside.areas
        branch = inside.branch or branch
        kept.append("" if inside.formers else piece)
        plain.append(inside.stays)
    whole = _PHASE.sub("", _PROJECT.sub("", _HOUSEHOLD.sub("", without_brackets("".join(plain)))))
    parent, mark = _take_branch(whole, grammar)
    return Peeled(without_brackets("".join(kept)), parent, "/".join(region), branch or mark, tuple(formers))


def _drop_strays(name: str) -> str:
    """Drop brackets that open or close nothing, the outer ones of nested pairs, and those around a mere 曾用名."""
    if "(" not in name and ")" not in name:
        return name
    pieces = _BRACKET.split(name)
    return "".join(
        f"({piece})" if number % 2 and not _LABEL_AT_END.search(piece) else without_brackets(piece)
        for number, piece in enumerate(pieces)
    )


class StemParts(NamedTuple):
    """The parts of a name that has been peeled."""

    core: str = ""
    brand: str = ""
    trade: str = ""
    region: str = ""
    form: str = ""


def read_stem(name: str, grammar: Grammar) -> StemParts:
    """Read region, brand, trade and form of a peeled name."""
    areas, rest = grammar.take_regions(name)
    core, form = _take_form(rest, grammar)
    brand, trade = _take_trades(core, grammar, turned=bool(form))
    if areas and len(brand) < 2:  # a region never eats the brand: 萧山餐饮店 is called 萧山
        core = grammar.bare(areas.pop()) + core
        brand, trade = _take_trades(core, grammar, turned=bool(form))
    if brand.startswith("第"):
        brand = arabic(brand)
    return StemParts(core, brand, trade, "/".join(map(grammar.bare, areas)), form)


class _Bracket(NamedTuple):
    """What a bracket says: areas, a branch, a former name, or (stays) a piece of the name itself."""

    areas: tuple[str, ...] = ()
    branch: str = ""
    formers: tuple[str, ...] = ()
    stays: str = ""


@lru_cache(maxsize=1 << 16)
def _read_bracket(inside: str, grammar: Grammar) -> _Bracket:
    """Read what stands between brackets; the same few thousand things stand there in any list."""
    if not inside or inside in notes() or _ASIDE.fullmatch(inside):
        return _Bracket()
    if alias := _ALIAS.fullmatch(inside):
        return _Bracket(formers=(alias[1],))
    areas, rest = grammar.take_regions(inside)
    if areas and not rest:
        return _Bracket(areas=tuple(map(grammar.bare, areas)))
    if len(inside) > 4 and _is_name(inside, grammar):
        return _Bracket(formers=(inside,))
    if _KIND_AT_END.search(inside):
        return _Bracket(branch=_read_mark(inside, grammar))
    return _Bracket(stays=inside)


def _is_name(text: str, grammar: Grammar) -> bool:
    """Return whether `text` is a whole name: a strong form at its end, or a weak one behind a known trade."""
    stem, form = _take_form(text, grammar)
    if not form or _SUB.fullmatch(text):
        return False
    strong = _STRONG.search(text)
    brand = _take_trades(stem, grammar)[0]
    return bool(strong and strong.end() == len(text) and stem) or (len(brand) >= 2 and brand != stem)


@lru_cache(maxsize=1 << 16)
def _read_mark(text: str, grammar: Grammar) -> str:
    """Return mark|kind of the branch that `text` names (第二分厂 -> 2|分厂); what ends in no known kind is 其他."""
    swapped = _KIND_OF_LETTERS.get("".join(sorted(text[-3:])))
    if swapped:
        text = text[:-3] + swapped
    kind = _KIND_AT_END.search(text)
    if kind is None:
        return "" if len(text) < 2 or text in notes() else f"{text}|其他"
    return f"{_mark(text[: kind.start()], grammar)}|{branches()[kind[0]]}"


def _take_branch(name: str, grammar: Grammar) -> tuple[str, str]:
    """Return the parent's name and the branch as mark|kind, "" where there is none."""
    position = 0
    while strong := _STRONG.search(name, position):
        tail = name[strong.end() :]
        if not tail:
            if not name.endswith(_SUB_COMPANIES):
                return name, ""  # no other branch ends like a strong form
            break
        if _KIND_AT_END.search(tail) or not _STRONG.search(tail):
            return name[: strong.end()], _read_mark(tail, grammar)
        position = strong.end()
    if match := _BEHIND_WEAK.match(name) or _NUMBERED.match(name):
        kind = match["kind"]
        inherits = match.re is _NUMBERED and len(kind) == 1  # 机械二厂 is a 机械厂
        parent = match["parent"] + (kind if inherits else "")
        return parent, f"{_mark(match['mark'] or '', grammar)}|{branches()[kind]}"
    if match := _SUB.match(name):
        parent, area = grammar.take_last_region(match["parent"])
        return parent, f"{area}|{branches()[match['kind']]}"
    return name, ""


def _mark(text: str, grammar: Grammar) -> str:
    """Normalise what distinguishes one branch from the next: 第二 -> 2, 3号 -> 3, 萧山区 -> 萧山."""
    if text.endswith("第"):  # 一第, two characters swapped
        text = "第" + text[:-1]
    ordinal = _ORDINAL.match(text)
    if ordinal:
        return arabic(ordinal[1])
    areas, rest = grammar.take_regions(text)
    if areas:
        return grammar.bare(areas[-1]) + _mark(rest, grammar) if len(rest) < len(text) else text
    return arabic(text) if text.startswith("第") else text


def join_trades(found: Sequence[str]) -> str:
    """Join trade groups, each once; the weak one only where it is alone.

    >>> join_trades(["加工", "机械", "五金", "机械"])
    '机械+五金'
    """
    named = [group for group in dict.fromkeys(found) if group != WEAK_TRADE]
    return "+".join(named or dict.fromkeys(found))


def _take_form(name: str, grammar: Grammar) -> tuple[str, str]:
    """Cut the legal form off the end: the longest word of the table that leaves something before it.

    A shorter one that leaves a trade is better: 直播电商 + 店, not 直播电 + 商店.
    """
    least = 0 if len(name) > 2 else 1
    cuts = [size for size in range(min(11, len(name)), least, -1) if name[-size:] in forms()]
    if not cuts:
        return name, ""
    size = next((size for size in cuts[:2] if _ends_in_trade(name[:-size], grammar)), cuts[0])
    form = forms()[name[-size:]]
    if cuts == [1] and _ends_in_trade(name, grammar):
        return name, form  # 饭店 is a trade: the brand of 兴旺饭店 is not 兴旺饭
    return name[:-size], form


def _ends_in_trade(text: str, grammar: Grammar) -> bool:
    return any(text[-size:] in grammar.trades for size in range(2, min(grammar.longest_trade, len(text)) + 1))


def _take_trades(stem: str, grammar: Grammar, *, turned: bool = False) -> tuple[str, str]:
    """Cut trade words off the end while the brand keeps two characters (or nothing is left at all).

    Where the end says no trade, or a weak one, the beginning may say it (`turned`): 仓买燕野店 is 燕野仓买店 turned.
    """
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
    if turned and set(found) <= {WEAK_TRADE}:
        for length in range(min(grammar.longest_trade, len(stem) - 2), 1, -1):
            group = table.get(stem[:length])
            if group is not None and group != WEAK_TRADE:
                found.append(group)
                stem = stem[length:]
                break
    return stem, join_trades(found[::-1])
