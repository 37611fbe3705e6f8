"""Two runs compared: units added, gone, merged, split, moved; each field that changed and the row that changed it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.register.engine import Engine, open_engine
from minglu.register.schemas import FIELDS, FUSED_FIELDS, INTEGER, SOURCE_COLUMNS, TEXT, column
from minglu.register.storage.integrity import require_unchanged
from minglu.register.storage.run_store import read_table
from minglu.register.verification.diff.match_units import pair_units

KINDS: Mapping[str, tuple[str, str]] = {
    "added": ("新增单位", "units added"),
    "gone": ("消失单位", "units gone"),
    "merged": ("并入其他单位", "units merged into another"),
    "split": ("由其他单位分出", "units split off from another"),
    "exchanged": ("两单位间转移行", "rows passed from one unit to another"),
    "moved": ("改变小区", "units moved to another district"),
    "outcome": ("改变处理结果", "units with another outcome"),
    "field": ("改变字段值", "values changed"),
}
WHY: Mapping[str, tuple[str, str]] = {
    "new_row": ("来自新的或更正过的行", "from a row that is new or corrected"),
    "known_row": ("来自原有的另一行", "from another row of the unit, known before"),
    "joined_row": ("来自由其他单位转来的行", "from a row that another unit had before"),
    "unsaid": ("已无任何行给出该值", "no row gives it any more"),
    "derived": ("由其他内容得出", "follows from the rest"),
}
PLAIN_FIELDS = ("unit_code", "legal_id", "former_names", "source_class", "lists")
TEXT_FIELDS = tuple(field for field in FUSED_FIELDS if field != "location")

CHANGES = pa.schema(
    [
        column("kind", TEXT, " | ".join(KINDS)),
        column("unit_id", TEXT, "the unit in the new run, empty where it is gone"),
        column("former_id", TEXT, "the unit in the old run, empty where it was added"),
        column("name", TEXT, "its name in the new run, else in the old one"),
        column("field", TEXT, "the field of UNITS that changed; district_code of the placement for a move"),
        column("before", TEXT, "value in the old run"),
        column("after", TEXT, "value in the new run"),
        column("why", TEXT, " | ".join(WHY)),
        column("entry_id", TEXT, "the entry that gave the new value, or empty"),
        *SOURCE_COLUMNS[:3],
        column("row", INTEGER, "row of that entry, or null"),
        column("reason", TEXT, "why in words, Chinese then English"),
    ]
)
FIELD_NAMES: Mapping[str, str] = {
    **FIELDS,
    "district_code": "普查小区",
    "area_code": "按名称所指区域",
    "former_names": "曾用名",
    "legal_id": "法人单位",
    "lists": "所在名单",
    "location": "坐标",
    "measures": "规模与管理类别",
    "outcome": "处理结果",
    "source_class": "源类",
    "unit_code": "单位代码",
}
"""What the fields are called in Chinese; in English they are called as in the tables."""
ORDER = "kind, unit_id, former_id, field"
POINT = (
    "CASE WHEN {u}.lon IS NULL THEN '' ELSE concat(CAST(round({u}.lon, 6) AS VARCHAR), ' ', "
    "CAST(round({u}.lat, 6) AS VARCHAR)) END"
)


@dataclass(frozen=True, slots=True)
class RunDifference:
    """What changed."""

    changes: pa.Table
    """CHANGES."""
    units: tuple[int, int]
    """Units of the old and of the new run."""

    def counts(self) -> dict[str, int]:
        """Return the number of changes by kind."""
        return _counts(self.changes, "kind", KINDS)

    def fields(self) -> dict[str, int]:
        """Return the number of changed values by field."""
        values = self.changes.filter(pc.equal(self.changes.column("kind"), "field"))
        return _counts(values, "field", sorted(set(values.column("field").to_pylist())))

    def as_dict(self, *, units: bool) -> dict[str, Any]:
        """Return what a script needs; single units only where asked for."""
        counted = {"schema": "minglu/diff/1", "units": list(self.units), "changes": self.counts()}
        return counted | {"fields": self.fields()} | ({"list": self.changes.to_pylist()} if units else {})

    def lines(self, language: str, *, units: bool) -> list[str]:
        """Describe the counts in words, and every change where asked for."""
        zh = language == "zh"
        old, new = self.units
        lines = [f"单位 {old} -> {new}" if zh else f"units {old} -> {new}"]
        lines += [f"  {KINDS[kind][not zh]}  {n}" for kind, n in self.counts().items() if n]
        lines += [f"    {_field(field, zh=zh)}  {n}" for field, n in self.fields().items()]
        if not self.changes.num_rows:
            lines.append("  无变化" if zh else "  no change")
        return lines + (list(self._each(zh=zh)) if units else [])

    def _each(self, *, zh: bool) -> Iterator[str]:
        for row in self.changes.to_pylist():
            ids = " <- ".join(dict.fromkeys(one for one in (row["unit_id"], row["former_id"]) if one))
            sheet = f" [{row['sheet']}]" if row["sheet"] else ""
            place = f"  {row['file']}{sheet} #{row['row']}" if row["entry_id"] else ""
            field = _field(row["field"], zh=zh)
            value = f"  {field}: {row['before']!r} -> {row['after']!r}" if field else ""
            kind = KINDS[row["kind"]][0] if zh else row["kind"]
            reason = Bilingual.parse(row["reason"]).of("zh" if zh else "en")
            yield f"{kind}  {ids}  {row['name']}{value}{place}  {reason}".rstrip()


def _field(name: str, *, zh: bool) -> str:
    return FIELD_NAMES.get(name, name) if zh else name


def compare_runs(old: Path, new: Path) -> RunDifference:
    """Compare two run folders; raises SourceError unless both are as their manifests say."""
    for folder in (old, new):
        require_unchanged(folder)
    with (
        tempfile.TemporaryDirectory(prefix="minglu-diff-") as workspace,
        closing(open_engine("duckdb", workspace=Path(workspace))) as engine,
    ):
        pair_units(engine, old, new)
        for name, folder in (("old", old), ("new", new)):
            _put_units(engine, name, folder)
        members = read_table(new, "members", ["entry_id", "list", "file", "sheet", "row"])
        engine.put("places", members)
        engine.sql("changed", " UNION ALL ".join([*_whole_units(), *_values()]))
        words = " ".join(f"WHEN '{why}' THEN '{Bilingual(zh, en)}'" for why, (zh, en) in WHY.items())
        engine.sql(
            "changes",
            "SELECT c.kind, c.unit_id, c.former_id, c.name, c.field, c.before, c.after, c.why, c.entry_id, "
            "coalesce(p.list, '') AS list, coalesce(p.file, '') AS file, coalesce(p.sheet, '') AS sheet, p.row, "
            f"CASE WHEN c.reason <> '' THEN c.reason ELSE CASE c.why {words} ELSE '' END END AS reason FROM changed c "
            "LEFT JOIN places p ON p.entry_id = c.entry_id",
        )
        changes = engine.get("changes", order_by=ORDER).select(CHANGES.names).cast(CHANGES)
        return RunDifference(changes, (engine.count("old_units"), engine.count("new_units")))


def _put_units(engine: Engine, name: str, folder: Path) -> None:
    """Make `old_units` or `new_units`: UNITS with the district and the method of its placement."""
    engine.put("units", read_table(folder, "units"))
    engine.put("placements", read_table(folder, "placements", ["unit_id", "district_code", "method"]))
    engine.sql(
        f"{name}_units",
        "SELECT u.*, coalesce(p.district_code, '') AS district, p.method FROM units u "
        "JOIN placements p ON p.unit_id = u.unit_id",
    )
    engine.drop("units", "placements")


def _whole_units() -> Iterator[str]:
    """Yield queries for what happened to whole units."""
    no_value = "'' AS field, '' AS before, '' AS after, '' AS why, '' AS entry_id, '' AS reason"
    yield (
        f"SELECT 'added' AS kind, n.unit_id, '' AS former_id, n.name, {no_value} FROM new_units n "
        "WHERE n.unit_id NOT IN (SELECT unit FROM pairs) AND n.unit_id NOT IN (SELECT unit FROM shares)"
    )
    yield (
        f"SELECT 'gone' AS kind, '' AS unit_id, o.unit_id AS former_id, o.name, {no_value} FROM old_units o "
        "WHERE o.unit_id NOT IN (SELECT former FROM pairs) AND o.unit_id NOT IN (SELECT former FROM shares)"
    )
    yield (
        "SELECT CASE WHEN o.former IS NULL THEN 'merged' WHEN u.unit IS NULL THEN 'split' ELSE 'exchanged' END "
        f"AS kind, s.unit AS unit_id, s.former AS former_id, n.name, {no_value} FROM shares s "
        "JOIN new_units n ON n.unit_id = s.unit LEFT JOIN pairs p ON p.former = s.former AND p.unit = s.unit "
        "LEFT JOIN (SELECT former FROM pairs) o ON o.former = s.former "
        "LEFT JOIN (SELECT unit FROM pairs) u ON u.unit = s.unit WHERE p.unit IS NULL"
    )


def _values() -> Iterator[str]:
    """Yield queries for the values that changed in units that stand in both runs."""
    for field in TEXT_FIELDS:
        yield _value(field, f"o.{field}", f"n.{field}", f"n.{field}_entry")
    yield _value("location", POINT.format(u="o"), POINT.format(u="n"), "n.location_entry")
    for field in PLAIN_FIELDS:
        yield _value(field, f"o.{field}", f"n.{field}", "''")
    method = "concat(o.method, ' -> ', n.method)"
    yield _value("district_code", "o.district", "n.district", "''", kind="moved", reason=method)
    outcome = "concat({u}.outcome, CASE WHEN {u}.outcome_code = '' THEN '' ELSE ' ' END, {u}.outcome_code)"
    before, after = (outcome.format(u=side) for side in "on")
    yield _value("outcome", before, after, "''", kind="outcome", reason="n.outcome_reason")


def _value(field: str, before: str, after: str, giver: str, *, kind: str = "field", reason: str = "''") -> str:
    why = (
        "'derived'"
        if giver == "''"
        else f"CASE WHEN {giver} = '' THEN 'unsaid' WHEN g.entry_id IS NULL THEN 'new_row' "
        "WHEN g.unit_id = o.unit_id THEN 'known_row' ELSE 'joined_row' END"
    )
    return (
        f"SELECT '{kind}' AS kind, n.unit_id, o.unit_id AS former_id, n.name, '{field}' AS field, {before} AS before, "
        f"{after} AS after, {why} AS why, {giver} AS entry_id, {reason} AS reason FROM pairs p "
        "JOIN old_units o ON o.unit_id = p.former JOIN new_units n ON n.unit_id = p.unit "
        f"LEFT JOIN old_entries g ON g.entry_id = {giver} WHERE {before} <> {after}"
    )


def _counts(table: pa.Table, field: str, keys: Sequence[str] | Mapping[str, object]) -> dict[str, int]:
    found = {one["values"]: one["counts"] for one in pc.value_counts(table.column(field)).to_pylist()}
    return {key: found.get(key, 0) for key in keys}
