"""The previous run: its tables checked, read and put into the engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from minglu.errors import SourceError
from minglu.register.engine import Engine
from minglu.register.storage.integrity import require_unchanged
from minglu.register.storage.run_folder import digest
from minglu.register.storage.run_store import MANIFEST, read_table

USED = ("entries", "members", "units", "retired")


@dataclass(frozen=True, slots=True)
class PreviousRun:
    """The run that came before."""

    folder: Path
    sha256: str
    """Of its manifest, which vouches for every file."""


def find_previous_run(folder: Path | None) -> PreviousRun | None:
    """Return the earlier run at `folder`; raises SourceError where there is none, or not as its manifest says."""
    if folder is None:
        return None
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise SourceError(
            en=f"{folder}: is not the run folder of a finished build (no {MANIFEST} in it). "
            "Name the earlier run in [census].previous, or leave the key out for a first run.",
            zh=f"{folder}：不是已完成的结果文件夹（其中没有 {MANIFEST}）。"
            "请在 [census].previous 写明上一次结果；首次运行请勿写该键。",
        )
    require_unchanged(folder)
    return PreviousRun(folder, digest(manifest))


def put_previous_run(engine: Engine, folder: Path) -> None:
    """Make `earlier_entries`, `earlier_members`, `earlier_units` and `earlier_retired` of a run folder."""
    columns = ["entry_id", "list", "name", "uscc", "permit_no"]
    entries = read_table(folder, "entries", [*columns, "address", "site_address"])
    sited = pc.not_equal(entries.column("site_address"), "")
    place = pc.if_else(sited, entries.column("site_address"), entries.column("address"))
    engine.put("earlier_entries", entries.select(columns).append_column("place", place))
    engine.put("earlier_members", read_table(folder, "members", ["entry_id", "unit_id"]))
    engine.put("earlier_units", read_table(folder, "units", ["unit_id", "legal_id", "unit_code", "name_entry"]))
    engine.put("earlier_retired", read_table(folder, "retired"))
