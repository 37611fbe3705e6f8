"""Rule data and settings: TOML files read, and their tables made into frozen dataclasses that msgspec validates.

Every mistake of a table is reported at once, with file, key, what was found and what was expected; an unknown name
comes with its nearest neighbour, because an ignored `nearest_limit` would change a census without a word.
msgspec rather than cattrs: it checks without coercing, knows ranges, and loads in a tenth of the time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import math
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from minglu.common.problems import raise_all
from minglu.errors import RuleError, UsageError

T = TypeVar("T")
Table = Mapping[str, Any]
Numbers = Mapping[str, float]
SHOWN_CHARACTERS = 60
BACKSLASH = re.compile(r'"[^"\n]*\\[^"\n]*"')
WINDOWS_EN = " A path with backslashes stands in single quotes, 'C:\\lists\\tax.xlsx', or is written with slashes."
WINDOWS_ZH = "含反斜杠的路径请用单引号，如 'C:\\名单\\税务.xlsx'，或改用正斜杠 /。"
RANGE = re.compile(r"((?:>=|<=|>|<) -?[\d.]+)")
"""How msgspec words a limit of a value."""

# type -> what a person should write, English and Chinese
EXPECTED: dict[object, tuple[str, str]] = {
    str: ('text in quotes, such as "abc"', '带引号的文本，如 "abc"'),
    int: ("a whole number", "整数"),
    float: ("a number", "数字"),
    bool: ("true or false", "true 或 false"),
    dt.date: ("a date without quotes, such as 2027-12-31", "不带引号的日期，如 2027-12-31"),
    tuple: ('a list of texts, such as ["a", "b"]', '文本列表，如 ["a", "b"]'),
    Mapping: ('a table of texts, such as { uscc = "信用代码" }', '文本表，如 { uscc = "信用代码" }'),
    Numbers: ("a table of numbers, such as { pigs = 500 }", "数字表，如 { pigs = 500 }"),
    object: ("a value", "一个值"),
}


def read_toml(path: Path | Traversable, *, error: type[UsageError] = RuleError) -> dict[str, Any]:
    """Return the tables of a TOML file; a byte order mark is tolerated, another encoding than UTF-8 is not.

    Raises `error` where the file can't be opened, is no UTF-8 or no TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        why = failure.strerror or type(failure).__name__
        raise error(
            en=f"{path}: can't be read ({why}); expected a TOML file. Check the path.",
            zh=f"{path}：无法读取（{why}）；应为 TOML 文件。请检查路径。",
        ) from None
    except ValueError:
        raise error(
            en=f"{path}: is not UTF-8 text; expected a TOML file. Save it again as UTF-8.",
            zh=f"{path}：不是 UTF-8 文本；应为 TOML 文件。请另存为 UTF-8 编码。",
        ) from None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        windows = BACKSLASH.search(text)
        raise error(
            en=f"{path}: is not valid TOML ({failure}). Correct it at that place.{WINDOWS_EN if windows else ''}",
            zh=f"{path}：不是有效的 TOML（{failure}）。请在所示位置更正。{WINDOWS_ZH if windows else ''}",
        ) from None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like `name`, or an empty text where none is near.

    >>> nearest("nearest_limit", ["nearest_limit_m", "declared_conflict"])
    'nearest_limit_m'
    >>> nearest("zzz", ["name"])
    ''
    """
    lowered = {other.lower(): other for other in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else ""


def unknown_name(where: str, name: str, known: Iterable[str], *, error: type[UsageError] = RuleError) -> UsageError:
    """Return the error for a name that nobody reads, with a hint at its nearest neighbour."""
    known = sorted(known)
    hint = nearest(name, known)
    listed = ", ".join(known)
    return error(
        en=f"{where}: unknown key {shown(name)}; expected one of: {listed}."
        + (f" Did you mean {hint!r}?" if hint else " Remove it or correct the name."),
        zh=f"{where}：未知的键 {shown(name)}；可用的键：{listed}。"
        + (f"是否应为 {hint!r}？" if hint else "请删除或更正。"),
    )


def shown(value: object) -> str:
    """Return a short, one-line picture of a value for a message."""
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def make(kind: type[T], table: object, *, where: str, error: type[UsageError] = RuleError, **given: Any) -> T:
    """Make one frozen dataclass from one TOML table; `given` are fields that don't come from the file.

    A type may be annotated with msgspec.Meta, so that a value has a range.  Raises `error` with every unknown key,
    missing key and wrong value of the table at once.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.name not in given}  # type: ignore[arg-type]
    entries = as_table(table, where=where, error=error)
    problems: list[UsageError] = [unknown_name(where, key, fields, error=error) for key in entries if key not in fields]
    values: dict[str, Any] = dict(given)
    for name, field in fields.items():
        if name in entries:
            try:
                values[name] = convert(entries[name], hints[name], where=f"{where}.{name}", error=error)
            except UsageError as problem:
                problems.append(problem)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            english, chinese = EXPECTED[_plain(hints[name])]
            problems.append(_missing(where, name, english, chinese, error=error))
    raise_all(problems)
    return kind(**values)


def check_keys(
    found: Iterable[str],
    *,
    known: Iterable[str],
    where: str,
    required: Iterable[str] = (),
    error: type[UsageError] = RuleError,
) -> None:
    """Raise `error` with every key that is not known, and every required one that is not there."""
    found, known = list(found), list(known)
    problems = [unknown_name(where, key, known, error=error) for key in sorted(set(found) - set(known))]
    problems += [_missing(where, key, "a value", "一个值", error=error) for key in sorted(set(required) - set(found))]
    raise_all(problems)


def as_table(value: object, *, where: str, error: type[UsageError] = RuleError) -> Table:
    """Return `value` if it is a TOML table, else raise `error`."""
    if isinstance(value, dict):
        return value
    raise error(
        en=f"{where}: found {shown(value)}; expected a table. Write [{where.rsplit(' ', 1)[-1]}] above its keys.",
        zh=f"{where}：得到 {shown(value)}；应为一个表。请在其键之前写 [{where.rsplit(' ', 1)[-1]}]。",
    )


def convert(value: object, hint: object, *, where: str, error: type[UsageError] = RuleError) -> Any:
    """Return `value` as the type `hint` asks for; a text is never read as a number nor the other way round."""
    plain = _plain(hint)
    try:
        found = msgspec.convert(value, hint, strict=True)
        if plain is not dt.date or isinstance(value, dt.date):  # a date in quotes is a text
            if plain is float or plain == Numbers:
                _refuse_infinite(found)
            return found
    except msgspec.ValidationError as refusal:
        limit = RANGE.search(str(refusal))
    else:
        limit = None
    english, chinese = (f"a number {limit[1]}", f"{limit[1]} 的数字") if limit else EXPECTED[plain]
    raise error(
        en=f"{where}: found {shown(value)}; expected {english}. Correct it.",
        zh=f"{where}：得到 {shown(value)}；应为{chinese}。请更正。",
    )


def one_of(value: str, allowed: Iterable[str], *, where: str, error: type[UsageError] = RuleError) -> str:
    """Return `value` if it is one of the allowed words, else raise `error` with the nearest of them."""
    allowed = list(allowed)
    if value in allowed:
        return value
    hint = nearest(value, allowed)
    listed = ", ".join(allowed)
    raise error(
        en=f"{where}: found {shown(value)}; expected one of: {listed}." + (f" Did you mean {hint!r}?" if hint else ""),
        zh=f"{where}：得到 {shown(value)}；应为其中之一：{listed}。" + (f"是否应为 {hint!r}？" if hint else ""),
    )


def _missing(where: str, name: str, english: str, chinese: str, *, error: type[UsageError]) -> UsageError:
    return error(
        en=f"{where}: key {name!r} is missing; expected {english}. Add it.",
        zh=f"{where}：缺少键 {name!r}；应为{chinese}。请补充。",
    )


def _plain(hint: object) -> Any:
    """Reduce `X | None` to X and a generic such as tuple[str, ...] to its origin; a table of numbers stays."""
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    return hint if hint == Numbers else typing.get_origin(hint) or hint


def _refuse_infinite(value: object) -> None:
    """Raise msgspec's own error where a number, or one in a table, is not finite: TOML knows nan and inf."""
    parts = value.values() if isinstance(value, dict) else [value]
    if any(isinstance(part, float) and not math.isfinite(part) for part in parts):
        raise msgspec.ValidationError("not finite")
