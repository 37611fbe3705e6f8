"""Which units stand on which clearing form, and what of them is known: from a run's tables to rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from minglu.geo.layer.declared_codes import LEVELS
from minglu.register.clerical.area_levels import area_of
from minglu.register.clerical.clearing_forms.form_columns_by_class import DEGREES, PARTS, to_boxes
from minglu.register.clerical.clearing_forms.form_rules import FormRule, FormRules, IdentifierRule
from minglu.register.clerical.decisions import Anchor
from minglu.register.clerical.field_sheets.visits import anchors_of
from minglu.register.storage.run_store import read_table

STATUS_WORDS = {"active": "运行", "stopped": "停产", "closed": "关闭"}
FIELDS = (
    "unit_id", "unit_code", "name", "former_names", "uscc", "permit_no", "site_address", "address", "industry_code",
    "industry", "status", "source_class", "lon", "lat", "measures",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormPart:
    """The units of one form in one area."""

    form: str
    area: str
    units: tuple[Mapping[str, Any], ...]
    """Each with `unit_id`, `anchors` and `shown` (field of the form -> text)."""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """What goes on forms, and what does not."""

    parts: tuple[FormPart, ...]
    left_out: Mapping[str, int]
    """Source class without a form -> kept units."""
    personal: bool


def plan_forms(out: Path, rules: FormRules, by: str) -> FormPlan:
    """Return the kept units of a run by form and area, ordered by form, area, district and id."""
    people = _people(out)
    placed = read_table(out, "placements", ["unit_id", "district_code"]).to_pylist()
    district = {row["unit_id"]: row["district_code"] or "" for row in placed}
    kept = read_table(out, "units", list(FIELDS), where=pc.field("outcome") == "unit").to_pylist()
    anchors = anchors_of(out, [row["unit_id"] for row in kept])
    form_of = {source_class: name for name, form in rules.forms.items() for source_class in form.classes}
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    left_out: dict[str, int] = {}
    for row in sorted(kept, key=lambda one: (district.get(one["unit_id"], ""), one["unit_id"])):
        name = form_of.get(row["source_class"])
        if name is None:
            left_out[row["source_class"]] = left_out.get(row["source_class"], 0) + 1
            continue
        code = district.get(row["unit_id"], "")
        shown = _shown(row, code, rules.forms[name], rules.identifier, people)
        unit = {"unit_id": row["unit_id"], "anchors": anchors[row["unit_id"]], "shown": shown}
        groups.setdefault((name, area_of(code, by)), []).append(unit)
    parts = tuple(FormPart(name, area, tuple(units)) for (name, area), units in sorted(groups.items()))
    return FormPlan(parts, dict(sorted(left_out.items())), personal=people is not None)


def identifier(unit_code: str, unit_id: str, district: str, rule: IdentifierRule) -> str:
    """Return 普查对象识别码: the unit's own code, else one made of its county and its id, the same in every build.

    >>> rule = IdentifierRule(mark="X", digits=13, source="", since="")
    >>> identifier("", "U04e9c309ebd5d60d0aa8", "990101001201", rule)
    '990101X04E9C309EBD5D'
    """
    return unit_code or f"{district[: LEVELS[2]]}{rule.mark}{unit_id[1 : rule.digits + 1].upper()}"


def _shown(
    row: Mapping[str, Any],
    district: str,
    form: FormRule,
    rule: IdentifierRule,
    people: Mapping[str, Mapping[str, str]] | None,
) -> dict[str, str]:
    sizes = json.loads(row["measures"] or "{}")
    known = {key: row[key] or "" for key in FIELDS if isinstance(row[key], str)}
    known["site_address"] = row["site_address"] or row["address"]
    known["status"] = STATUS_WORDS.get(row["status"], "")
    known |= (people or {}).get(row["unit_id"], {})
    known["radioactive"] = "是" if row["source_class"] == "radioactive_mineral" else ""
    shown = {
        one.field: _number(sizes[one.measure]) if one.measure in sizes else known.get(one.field, "")
        for one in form.columns
    }
    for axis in DEGREES:
        shown |= dict(zip((f"{axis}_{part}" for part, _, _ in PARTS), to_boxes(row[axis]), strict=True))
    shown["identifier"] = identifier(row["unit_code"], row["unit_id"], district, rule)
    return shown | {"district_code": district, "unit_id": row["unit_id"], "scope": "纳入"}


def _number(value: float | str) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _people(out: Path) -> dict[str, Mapping[str, str]] | None:
    """Return contact and telephone of each unit, from the first of its rows that states one; None where not kept."""
    names = set(pq.read_schema(out / "tables" / "entries.parquet").names)
    if not {"contact", "phone"} <= names:
        return None
    unit_of = dict(
        zip(*(read_table(out, "members", ["entry_id", "unit_id"]).column(n).to_pylist() for n in (0, 1)), strict=True)
    )
    found: dict[str, dict[str, str]] = {}
    for row in read_table(out, "entries", ["entry_id", "contact", "phone"]).sort_by("entry_id").to_pylist():
        values = found.setdefault(unit_of.get(row["entry_id"], ""), {})
        for field in ("contact", "phone"):
            if row[field]:
                values.setdefault(field, row[field])
    return dict(found)


def anchors_in(keys: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Anchor, ...]]:
    """Return the anchors of units from the keys of a hidden sheet."""
    return {key["unit"]: tuple(Anchor(**side) for side in key["anchors"]) for key in keys if key["unit"]}
