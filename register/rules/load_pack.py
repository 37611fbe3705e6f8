"""Read a rule pack: a built-in folder, an office's folder or file laid over it row by row.  Meanings are in `pack`.

A pack is a folder of TOML files.  Each table is `[section.id]`, one row, with
`source` and `since`.  A folder whose pack.toml says `base = "pollution-2"` replaces
rows of the base by the same section and id, adds rows with new ids, and takes rows
out with `drop = true`.  A single TOML file is laid over a base likewise, by default over ours.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from minglu.common.typed_toml import as_table, convert, make, one_of, read_toml, unknown_name
from minglu.errors import RuleError
from minglu.register.rules import rule_pack as packs
from minglu.register.rules.rule_pack import Row, RulePack
from minglu.register.rules.value_ranges import require_in_range
from minglu.register.schemas import FIELDS, FUSED_FIELDS

Kind = TypeVar("Kind", bound=Row)

BUILT_IN = Path(__file__).parent
BASE_OF_A_FILE = "pollution-2"
PREFIX = re.compile(r"\d{2,4}|\d{2}-\d{2}", re.ASCII)
STATUSES = ("active", "stopped", "closed", "unknown")
STATUS_WORDS = (*STATUSES, "filler")
OUTCOMES = ("unit", "out_of_scope", "closed")
FIELD = "field"
"""The kind of the lists that enumerators make; no census file names it."""
LEVELS = 5

ROW_KINDS: Mapping[str, type[Row]] = {
    "kinds": packs.KindRow,
    "headers": packs.AliasRow,
    "footers": packs.WordsRow,
    "personal": packs.WordsRow,
    "statuses": packs.StatusRow,
    "placeholders": packs.WordsRow,
    "blank_words": packs.WordsRow,
    "characters": packs.PairsRow,
    "classes": packs.ClassRow,
    "scope": packs.ScopeRow,
    "measures": packs.MeasureRow,
    "inside": packs.InsideRow,
    "survivorship": packs.SurvivorshipRow,
    "placement": packs.ValueRow,
    "territory": packs.ValueRow,
    "limits": packs.ValueRow,
    "spotcheck": packs.ValueRow,
    "linkage": packs.ValueRow,
}
# section -> setting -> type of its value
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "placement": {
        "nearest_limit_m": float,
        "declared_conflict": str,
        "declared_tolerance_m": float,
        "default_point_rows": int,
    },
    "territory": {
        "sliver_width_m": float,
        "sliver_area_m2": float,
        "code_lengths": list,
        "level_lengths": list,
        "virtual_from": int,
    },
    "limits": {"units_per_district": int},
    "spotcheck": {
        "township_share": float,
        "districts_per_township": int,
        "units_per_class": int,
        "added_units": int,
        "excluded_units": int,
        "limit_missed": float,
        "limit_duplicate": float,
        "limit_wrong": float,
        "limit_excess": float,
        "limit_merged": float,
    },
}


@dataclass(frozen=True, slots=True)
class _Head:
    """The table [pack] of a pack."""

    name: str = ""
    version: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """One row as read: its TOML table and where it stands."""

    table: Mapping[str, Any]
    where: str


def built_in_packs() -> tuple[str, ...]:
    """Return the names of the packs that come with minglu."""
    return tuple(sorted(folder.name for folder in BUILT_IN.iterdir() if (folder / "pack.toml").is_file()))


def load_pack(name_or_folder: str, base: Path) -> RulePack:
    """Load a built-in pack by name, or a folder or TOML file given relative to `base`.

    Raises RuleError where neither exists, or for any mistake in the files.
    """
    return _assemble(*_read_layers(_folder(name_or_folder, base), seen=()))


def read_pack(canonical: str, *, name: str, version: str) -> RulePack:
    """Read a pack from its canonical text, as an archive holds it; raises RuleError for any mistake in it."""
    try:
        rows = {key: _Found(table, f"rules.json [{key}]") for key, table in json.loads(canonical).items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise RuleError(
            en=f"rules.json: can't be read ({type(error).__name__}); expected the rules of an archive.",
            zh=f"rules.json：无法读取（{type(error).__name__}）；应为封存档案中的规则。",
        ) from None
    for key in rows:
        if key.partition(".")[0] not in ROW_KINDS:
            raise unknown_name("rules.json", key, ROW_KINDS)
    return _assemble(_Head(name, version), rows)


def _assemble(head: _Head, rows: Mapping[str, _Found]) -> RulePack:
    made = {key: _make_row(key, found) for key, found in sorted(rows.items())}
    content = {key: dict(found.table) for key, found in sorted(rows.items())}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return RulePack(
        name=head.name,
        version=head.version,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        canonical=canonical,
        rows=made,
        **_sections(made, {key: found.where for key, found in rows.items()}),
    )


def _folder(name_or_folder: str, base: Path) -> Path:
    if name_or_folder in built_in_packs():
        return BUILT_IN / name_or_folder
    folder = base / name_or_folder
    if folder.is_dir() or (folder.suffix == ".toml" and folder.is_file()):
        return folder
    known = ", ".join(built_in_packs())
    raise RuleError(
        en=f"rules: found {name_or_folder!r}; expected a built-in rule pack ({known}), a folder of TOML files "
        f"or one such file. Neither a folder nor a file {folder} exists.",
        zh=f"rules：得到 {name_or_folder!r}；应为内置规则包（{known}）、存放 TOML 的文件夹或单个 TOML 文件。"
        f"文件夹或文件 {folder} 不存在。",
    )


def _read_layers(folder: Path, *, seen: tuple[Path, ...]) -> tuple[_Head, dict[str, _Found]]:
    """Read a folder or file and, below it, its base; rows above win."""
    place = folder if folder.is_file() else folder / "pack.toml"
    if folder.resolve() in seen:
        raise RuleError(
            en=f"{place} [pack].base: leads back to itself; expected a built-in pack. Correct base.",
            zh=f"{place} [pack].base：又指回自身；应为内置规则包。请更正 base。",
        )
    head, rows = _read_folder(folder)
    below = head.base or (BASE_OF_A_FILE if folder.is_file() else "")
    if not below:
        return head, {key: found for key, found in rows.items() if not found.table.get("drop")}
    below_head, merged = _read_layers(
        _folder(below, folder.parent if folder.is_file() else folder), seen=(*seen, folder.resolve())
    )
    for key, found in rows.items():
        if found.table.get("drop"):
            if key not in merged:
                raise unknown_name(found.where, key, merged)
            del merged[key]
        else:
            merged[key] = found
    name = head.name or (folder.stem if folder.is_file() else folder.resolve().name)
    return _Head(name=name, version=head.version or below_head.version, base=below), merged


def _read_folder(folder: Path) -> tuple[_Head, dict[str, _Found]]:
    """Read one TOML file, or every one of a folder; the same row twice is a contradiction."""
    head, rows = _Head(), dict[str, _Found]()
    for path in [folder] if folder.is_file() else sorted(folder.glob("*.toml")):
        for section, table in read_toml(path).items():
            where = f"{path} [{section}]"
            if section == "pack":
                head = make(_Head, table, where=where)
            elif section not in ROW_KINDS:
                raise unknown_name(str(path), section, [*ROW_KINDS, "pack"])
            else:
                _add_rows(rows, section, as_table(table, where=where), path)
    return head, rows


def _add_rows(rows: dict[str, _Found], section: str, table: Mapping[str, Any], path: Path) -> None:
    for identifier, row in table.items():
        key = f"{section}.{identifier}"
        where = f"{path} [{key}]"
        if key in rows:
            raise RuleError(
                en=f"{where}: also stands in {rows[key].where}; expected each row once. Remove one of them.",
                zh=f"{where}：与 {rows[key].where} 重复；每行只能出现一次。请删除其中之一。",
            )
        rows[key] = _Found(as_table(row, where=where), where)


def _make_row(key: str, found: _Found) -> Row:
    section, identifier = key.split(".", 1)
    row = make(ROW_KINDS[section], found.table, where=found.where, id=identifier)
    match row:
        case packs.AliasRow():
            one_of(row.field, FIELDS, where=f"{found.where}.field")
        case packs.ClassRow():
            _check_prefixes(row, found.where)
        case packs.StatusRow():
            one_of(row.status, STATUS_WORDS, where=f"{found.where}.status")
        case packs.InsideRow():
            one_of(row.outcome, OUTCOMES, where=f"{found.where}.outcome")
            require_in_range(row.within_m, "inside.within_m", where=f"{found.where}.within_m")
        case packs.ScopeRow():
            one_of(row.outcome, OUTCOMES, where=f"{found.where}.outcome")
            for status in row.status:
                one_of(status, STATUSES, where=f"{found.where}.status")
        case packs.SurvivorshipRow():
            one_of(row.field, FUSED_FIELDS, where=f"{found.where}.field")
    return row


def _check_prefixes(row: packs.ClassRow, where: str) -> None:
    for prefix in row.industry:
        if not PREFIX.fullmatch(prefix):
            raise RuleError(
                en=f'{where}.industry: found {prefix!r}; expected two to four digits or a range such as "06-46".',
                zh=f'{where}.industry：得到 {prefix!r}；应为 2 至 4 位数字，或 "06-46" 这样的大类区间。',
            )


def _sections(made: Mapping[str, Row], where: Mapping[str, str]) -> dict[str, Any]:
    """Sort the rows into the sections of a RulePack."""
    classes = sorted(_of(packs.ClassRow, made, "classes"), key=lambda row: (row.order, row.id))
    outcomes = sorted(_of(packs.ScopeRow, made, "scope"), key=lambda row: (row.order, row.id))
    pairs = _pairs(_of(packs.PairsRow, made, "characters"))
    measures = {row.id: row for row in _of(packs.MeasureRow, made, "measures")}
    inside = _of(packs.InsideRow, made, "inside")
    kinds = {row.id: row for row in _of(packs.KindRow, made, "kinds")}
    survivorship = _of(packs.SurvivorshipRow, made, "survivorship")
    for order in survivorship:
        for kind in order.kinds:
            one_of(kind, [FIELD, *kinds], where=f"{where[f'survivorship.{order.id}']}.kinds")
    _check_classes(classes, {f"scope.{row.id}": row.classes for row in outcomes}, where)
    _check_classes(classes, {f"inside.{row.id}": (*row.classes, *row.hosts) for row in inside}, where)
    for row in outcomes:
        _check_measures(row, measures, where[f"scope.{row.id}"])
    return {
        "kinds": kinds,
        "headers": packs.HeaderRules(
            aliases=_aliases(_of(packs.AliasRow, made, "headers")),
            footers=_words(made, "footers"),
            personal=_words(made, "personal"),
            measures=tuple(measures.values()),
        ),
        "statuses": tuple(_of(packs.StatusRow, made, "statuses")),
        "text": packs.TextRules(
            traditional="".join(pairs),
            simplified="".join(pairs.values()),
            blank_words=tuple(word.lower() for word in _words(made, "blank_words")),
        ),
        "identifiers": packs.IdentifierRules(placeholders=_words(made, "placeholders")),
        "scope": packs.ScopeRules(tuple(classes), tuple(outcomes), measures, tuple(inside)),
        "survivorship": {row.field: row.kinds for row in survivorship},
        "placement": packs.PlacementRules(**_settings(made, where, "placement")),
        "territory": packs.TerritoryRules(**_settings(made, where, "territory")),
        "limits": packs.LimitRules(**_settings(made, where, "limits")),
        "spotcheck": packs.SpotcheckRules(**_settings(made, where, "spotcheck")),
        "linkage": {row.id: row.value for row in _of(packs.ValueRow, made, "linkage")},
    }


def _check_classes(
    classes: Iterable[packs.ClassRow], named: Mapping[str, Iterable[str]], where: Mapping[str, str]
) -> None:
    known = sorted({row.source_class for row in classes} | {"unknown"})
    for key, names in named.items():
        for name in names:
            one_of(name, known, where=f"{where[key]}.classes")


def _check_measures(row: packs.ScopeRow, measures: Mapping[str, packs.MeasureRow], where: str) -> None:
    """Refuse a measure that no row reads, and a word that it never has."""
    for key in ("below", "reached", "stated"):
        for name in getattr(row, key):
            one_of(name, measures, where=f"{where}.{key}")
    dates = [name for name, measure in measures.items() if measure.date]
    for key in ("after_reference", "before_year", "from_year", "dated"):
        for name in getattr(row, key):
            one_of(name, dates, where=f"{where}.{key}")
    for name, word in row.stated.items():
        one_of(word, sorted(set(measures[name].words.values())), where=f"{where}.stated.{name}")


def _of(kind: type[Kind], made: Mapping[str, Row], section: str) -> list[Kind]:
    return [row for key, row in made.items() if key.startswith(f"{section}.") and isinstance(row, kind)]


def _words(made: Mapping[str, Row], section: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for row in _of(packs.WordsRow, made, section) for word in row.words))


def _pairs(rows: Iterable[packs.PairsRow]) -> Mapping[str, str]:
    """Split texts of pairs into a table; an odd character or a chain of replacements is a mistake."""
    table = dict[str, str]()
    for row in rows:
        characters = "".join(row.pairs.split())
        table |= dict(zip(characters[::2], characters[1::2], strict=False))
        chained = sorted(set(table) & set(table.values()))
        if len(characters) % 2 or chained:
            found = repr("".join(chained[:10])) if chained else str(len(characters))
            raise RuleError(
                en=f"rules [characters.{row.id}].pairs: found {found}; expected pairs of characters, "
                "none of them both replaced and a replacement. Correct them.",
                zh=f"rules [characters.{row.id}].pairs：得到 {found}；应为成对的字符，"
                "且任何字符不得既被替换又作替换。请更正。",
            )
    return table


def _aliases(rows: Iterable[packs.AliasRow]) -> Mapping[str, tuple[str, ...]]:
    """Join the rows of each field: the row called like the field comes first, others after it by id."""
    ordered = sorted(rows, key=lambda row: (row.id != row.field, row.id))
    owner = dict[str, str]()
    for row in ordered:
        for alias in row.aliases:
            if owner.setdefault(alias, row.field) != row.field:
                raise RuleError(
                    en=f"rules [headers.{row.id}]: {alias!r} also heads {owner[alias]!r}; expected one field a word.",
                    zh=f"rules [headers.{row.id}]：{alias!r} 已用于 {owner[alias]!r}；一个表头词只能属于一个字段。",
                )
    return {
        field: tuple(dict.fromkeys(alias for row in ordered if row.field == field for alias in row.aliases))
        for field in FIELDS
    }


def _settings(made: Mapping[str, Row], where: Mapping[str, str], section: str) -> dict[str, Any]:
    """Return the settings of one section with checked types; all of them must be there."""
    kinds, values = SETTINGS[section], dict[str, Any]()
    for row in _of(packs.ValueRow, made, section):
        place = where[f"{section}.{row.id}"]
        if row.id not in kinds:
            raise unknown_name(place, row.id, kinds)
        values[row.id] = _setting(row.value, kinds[row.id], f"{place}.value")
        require_in_range(values[row.id], f"{section}.{row.id}", where=f"{place}.value")
    for name in kinds:
        if name not in values:
            raise RuleError(
                en=f'rules: setting [{section}.{name}] is missing. Add it, or name base = "pollution-2" in pack.toml.',
                zh=f'rules：缺少设置 [{section}.{name}]。请补充，或在 pack.toml 中写 base = "pollution-2"。',
            )
    if section == "territory":
        _check_levels(values["level_lengths"], where["territory.level_lengths"])
    if section == "placement":
        one_of(
            values["declared_conflict"],
            ("coordinates", "declared"),
            where=f"{where['placement.declared_conflict']}.value",
        )
    return values


def _check_levels(lengths: Sequence[int], where: str) -> None:
    if len(lengths) != LEVELS or lengths[0] < 1 or list(lengths) != sorted(set(lengths)):
        raise RuleError(
            en=f"{where}.value: found {list(lengths)}; expected {LEVELS} growing lengths of code prefixes, for "
            "province, city, county, township and village. Correct it.",
            zh=f"{where}.value：得到 {list(lengths)}；应为 {LEVELS} 个递增的代码前缀长度，依次为省、市、县、乡、村。"
            "请更正。",
        )


def _setting(value: object, kind: object, where: str) -> object:
    if kind is not list:
        return convert(value, kind, where=where)
    if isinstance(value, list) and value and all(type(part) is int for part in value):
        return tuple(value)
    raise RuleError(
        en=f"{where}: found {value!r}; expected a list of whole numbers, such as [12, 15]. Correct it.",
        zh=f"{where}：得到 {value!r}；应为整数列表，如 [12, 15]。请更正。",
    )
