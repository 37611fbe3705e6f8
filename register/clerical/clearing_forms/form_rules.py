"""The rule data of clearing forms: which classes a form is for, its columns and the words to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from minglu.common.typed_toml import as_table, check_keys, make, read_toml

SECTIONS = ("identifier", "words", "forms")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRule:
    """How 普查对象识别码 is given to a unit without a code: county, mark, the first digits of its own id."""

    mark: str
    digits: int
    source: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words to choose from."""

    values: tuple[str, ...]
    source: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """One column of a form."""

    field: str
    """A canonical field of the register, or a name of the form's own: then what is filled in is kept as a remark."""
    zh: str
    en: str
    width: int
    source: str
    since: str
    words: str = ""
    """Name of the words to choose from; empty for free text."""
    measure: str = ""
    """The measure of the rule pack that it states, in that measure's own unit."""
    locked: bool = False
    personal: bool = False
    """Asked only where the census keeps personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRule:
    """One form."""

    title: str
    en: str
    classes: tuple[str, ...]
    columns: tuple[ColumnRule, ...]
    source: str
    since: str


@dataclass(frozen=True, slots=True)
class FormRules:
    """All forms of a census."""

    identifier: IdentifierRule
    words: Mapping[str, Words]
    forms: Mapping[str, FormRule]


def load_forms(own: Path | None = None) -> FormRules:
    """Return the forms; sections of the file `own` replace whole forms, words or the identifier by name.

    Raises RuleError with every unknown key and wrong value of a table.
    """
    tables = read_toml(files(__package__).joinpath("forms.toml"))
    if own is not None:
        replaced = read_toml(own)
        check_keys(replaced, known=SECTIONS, where=str(own))
        for section in ("words", "forms"):
            tables[section] = {**tables[section], **as_table(replaced.get(section, {}), where=f"{own} {section}")}
        tables["identifier"] = replaced.get("identifier", tables["identifier"])
    where = str(own or "forms.toml")
    words = {name: make(Words, table, where=f"{where} words.{name}") for name, table in tables["words"].items()}
    forms = {name: _form(name, table, words, where) for name, table in tables["forms"].items()}
    return FormRules(make(IdentifierRule, tables["identifier"], where=f"{where} identifier"), words, forms)


def _form(name: str, table: Mapping[str, Any], words: Mapping[str, Words], where: str) -> FormRule:
    columns = []
    for number, row in enumerate(table.get("columns", ()), 1):
        column = make(ColumnRule, row, where=f"{where} forms.{name}.columns #{number}")
        if column.words:
            check_keys([column.words], known=words, where=f"{where} forms.{name}.columns #{number} words")
        columns.append(column)
    head = {key: value for key, value in table.items() if key != "columns"}
    return make(FormRule, head, where=f"{where} forms.{name}", columns=tuple(columns))
