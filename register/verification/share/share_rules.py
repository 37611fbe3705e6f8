"""Profiles of recipients: which columns each may have, and how they are masked; an office lays its own over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from minglu.common.typed_toml import as_table, check_keys, make, one_of, read_toml
from minglu.errors import RuleError, UsageError

MASKS = ("keep", "first", "round")
SHARED = (
    "unit_id", "unit_code", "legal_id", "name", "former_names", "uscc", "org_code", "permit_no", "address",
    "site_address", "industry_code", "industry", "status", "source_class", "district_code", "lon", "lat",
    "precision_m", "lists",
)  # fmt: skip
"""Columns that may be shared at all: none of them holds what reaches a natural person."""
NUMBERS = ("lon", "lat", "precision_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMask:
    """What becomes of one column."""

    mask: str
    digits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one kind of recipient may have, and on which terms."""

    zh: str
    en: str
    terms_zh: str
    terms_en: str
    licence: str
    source: str
    since: str
    columns: Mapping[str, ColumnMask] = field(default_factory=dict)


def load_profile(name: str, own: Path | None = None) -> Profile:
    """Return a profile by its name; those of the file `own` replace ours of the same name.

    Raises UsageError for a name that there is not, RuleError for every mistake of its table.
    """
    tables = dict(read_toml(files(__package__).joinpath("profiles.toml"))["profiles"])
    if own is not None:
        replaced = read_toml(own)
        check_keys(replaced, known=("profiles",), where=str(own))
        tables |= as_table(replaced.get("profiles", {}), where=f"{own} profiles")
    one_of(name, sorted(tables), where="--profile", error=UsageError)
    where = f"{own or 'profiles.toml'} profiles.{name}"
    table = dict(as_table(tables[name], where=where))
    columns = as_table(table.pop("columns", {}), where=f"{where}.columns")
    check_keys(columns, known=SHARED, where=f"{where}.columns")
    masks = {column: _mask(column, value, f"{where}.columns.{column}") for column, value in columns.items()}
    profile = make(Profile, {**table, "columns": {}}, where=where)
    return Profile(**{**{key: getattr(profile, key) for key in table}, "columns": masks})


def _mask(column: str, value: Any, where: str) -> ColumnMask:
    found = make(ColumnMask, value, where=where)
    one_of(found.mask, MASKS, where=f"{where}.mask")
    number = column in NUMBERS
    if (found.mask == "round") != number and found.mask != "keep":
        raise RuleError(
            en=f"{where}: a {'number' if number else 'text'} can't be masked by {found.mask!r}; expected "
            f"{'round' if number else 'first'} or keep.",
            zh=f"{where}：{'数值' if number else '文本'}不能用 {found.mask!r} 处理；"
            f"应为 {'round' if number else 'first'} 或 keep。",
        )
    if found.mask != "keep" and not 0 <= found.digits <= 18:
        raise RuleError(
            en=f"{where}.digits: found {found.digits}; expected 0 to 18.",
            zh=f"{where}.digits：得到 {found.digits}；应为 0 至 18。",
        )
    return found
