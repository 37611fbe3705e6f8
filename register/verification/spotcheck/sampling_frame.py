"""What a sample is drawn from: the units of a finished run with their districts and townships, sealed or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.common.bilingual import Bilingual
from minglu.geo.layer.declared_codes import LEVELS
from minglu.register.storage.archive_verifier import RUN, register_head
from minglu.register.storage.integrity import require_intact, require_unchanged
from minglu.register.storage.run_store import read_account, read_table

TOWNSHIP = LEVELS[3]
"""Characters of a township's code."""
GONE, GONE_REASON = "gone", Bilingual("现有名单中已无任何行", "no row of it is left in today's lists")
SHOWN = ("unit_id", "unit_code", "name", "address", "site_address", "industry", "status", "source_class", "outcome")


@dataclass(frozen=True, slots=True)
class SamplingFrame:
    """A register to draw from."""

    name: str
    """The census."""
    reference_date: str
    head: str
    """The register head: it names exactly this register."""
    sealed: bool
    """Whether it was drawn from an intact archive: only then could nobody choose the register to fit the sample."""
    units: pa.Table
    """unit_id, unit_code, name, address, industry, status, source_class, outcome, outcome_reason, lists, district,
    township, added (not in the earlier run, where there was one).  Units of the earlier run of which no row is left
    have the outcome `gone` and no district."""
    districts: pa.Table
    """code, name, township, kept: every district, with the number of kept units."""

    @property
    def townships(self) -> list[str]:
        """Return the codes of all townships, in order."""
        return sorted(set(self.districts.column("township").to_pylist()))


def open_frame(place: Path) -> SamplingFrame:
    """Open an archive or a run folder.

    Raises SourceError where it is neither, or is not as its own lists say.
    """
    sealed = (place / RUN).is_dir()
    run = place / RUN if sealed else place
    if sealed:
        require_intact(place)
    else:
        require_unchanged(run)
    census = read_account(run)["census"]
    units, districts = _units(run), _districts(run)
    kept = _count(units.filter(pc.field("outcome") == "unit").column("district"))
    counts = [kept.get(code, 0) for code in districts.column("code").to_pylist()]
    districts = districts.append_column("kept", pa.array(counts, pa.int64()))
    return SamplingFrame(census["name"], census["reference_date"], register_head(run), sealed, units, districts)


def _units(run: Path) -> pa.Table:
    """Read the units, each with the district it was placed in and that one's township; empty where it has none."""
    columns = [*SHOWN, "outcome_reason", "lists"]
    units = read_table(run, "units", columns)
    placed = read_table(run, "placements", ["unit_id", "district_code"])
    spot = pc.index_in(units.column("unit_id"), placed.column("unit_id").combine_chunks())
    district = pc.fill_null(placed.column("district_code").take(spot), "")
    address = pc.if_else(
        pc.not_equal(units.column("site_address"), ""), units.column("site_address"), units.column("address")
    )
    units = units.set_column(units.column_names.index("address"), "address", address).drop_columns("site_address")
    added = pc.is_in(units.column("unit_id"), _added(run))
    for name, values in {"district": district, "township": _township(district), "added": added}.items():
        units = units.append_column(name, values)
    return pa.concat_tables([units, _gone(run, units.schema)])


def _gone(run: Path, schema: pa.Schema) -> pa.Table:
    """Return the units of the earlier run of which no row is left, as the last of their rows had them."""
    gone = _succession(run).filter(pc.field("kind") == "gone").column("former")
    kept = read_table(run, "retired", ["level", "id", "name", "place"]) if len(gone) else None
    rows = {} if kept is None else {row["id"]: row for row in kept.to_pylist() if row["level"] == "site"}
    blank = dict.fromkeys(schema.names, "") | {"added": False, "outcome": GONE, "outcome_reason": GONE_REASON}
    units = [
        blank | {"unit_id": unit, "name": rows[unit]["name"], "address": rows[unit]["place"]}
        for unit in gone.to_pylist()
        if unit in rows
    ]
    return pa.Table.from_pylist(units, schema=schema)


def _added(run: Path) -> pa.Array:
    """Return the ids of units that the earlier run did not have; none where there was no earlier run."""
    sites = _succession(run)
    if not pc.any(pc.not_equal(sites.column("kind"), "new")).as_py():
        return pa.array([], pa.string())
    return sites.filter(pc.field("kind") == "new").column("unit").combine_chunks()


def _succession(run: Path) -> pa.Table:
    return read_table(run, "succession", ["level", "former", "unit", "kind"]).filter(pc.field("level") == "site")


def _districts(run: Path) -> pa.Table:
    table = read_table(run, "districts", ["code", "name"]).sort_by("code")
    return table.append_column("township", _township(table.column("code")))


def township_code(district: str) -> str:
    """Return the code of the township that a district is in."""
    return district[:TOWNSHIP]


def _township(codes: Any) -> Any:
    return pc.utf8_slice_codeunits(codes, 0, TOWNSHIP)


def _count(values: Any) -> dict[str, int]:
    counted = pc.value_counts(values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values)
    return dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
