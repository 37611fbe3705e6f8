"""What a sample is drawn from: the units of a finished run with their districts and townships, sealed or not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minglu.errors import SourceError
from minglu.geo.declared import LEVELS
from minglu.register.safekeeping import require_unchanged
from minglu.register.store import read_table
from minglu.register.verifier import RUN, check_bag, register_head

TOWNSHIP = LEVELS[3]
"""Characters of a township's code."""
SHOWN = ("unit_id", "unit_code", "name", "address", "site_address", "industry", "status", "source_class", "outcome")


@dataclass(frozen=True, slots=True)
class Frame:
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
    township, added (not in the earlier run, where there was one)."""
    districts: pa.Table
    """code, name, township, kept: every district, with the number of kept units."""

    @property
    def townships(self) -> list[str]:
        """Return the codes of all townships, in order."""
        return sorted(set(self.districts.column("township").to_pylist()))


def open_frame(place: Path) -> Frame:
    """Open an archive or a run folder.

    Raises SourceError where it is neither, or is not as its own lists say.
    """
    sealed = (place / RUN).is_dir()
    run = place / RUN if sealed else place
    if sealed:
        _require_intact(place)
    else:
        require_unchanged(run)
    told = json.loads((run / "coverage.json").read_text("utf-8"))["census"]
    units, districts = _units(run), _districts(run)
    kept = _count(units.filter(pc.field("outcome") == "unit").column("district"))
    counts = [kept.get(code, 0) for code in districts.column("code").to_pylist()]
    districts = districts.append_column("kept", pa.array(counts, pa.int64()))
    return Frame(told["name"], told["reference_date"], register_head(run), sealed, units, districts)


def _require_intact(bag: Path) -> None:
    try:
        findings = check_bag(bag).findings
    except (OSError, ValueError) as error:
        raise SourceError(
            en=f"{bag}: can't be read as an archive ({error}).", zh=f"{bag}：无法作为封存档案读取（{error}）。"
        ) from None
    if findings:
        raise SourceError(
            en=f"{bag}: is not intact: {findings[0].text('en')}. Run `minglu archive check` and take a whole copy.",
            zh=f"{bag}：档案不完好：{findings[0].text('zh')}。请运行 `minglu archive check`，改用完好的副本。",
        )


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
    return units


def _added(run: Path) -> pa.Array:
    """Return the ids of units that the earlier run did not have; none where there was no earlier run."""
    if not (run / "tables" / "succession.parquet").exists():
        return pa.array([], pa.string())
    sites = read_table(run, "succession", ["level", "unit", "kind"]).filter(pc.field("level") == "site")
    if not pc.any(pc.not_equal(sites.column("kind"), "new")).as_py():
        return pa.array([], pa.string())
    return sites.filter(pc.field("kind") == "new").column("unit").combine_chunks()


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
