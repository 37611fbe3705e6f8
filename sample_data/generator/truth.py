"""The truth beside the lists: what each row is, and which sites stand on no list at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from generator.lists import KINDS, Listing
from generator.stage import Stage
from generator.words import words
from generator.world import Block

ROW_SCHEMA = pa.schema(
    [
        ("list", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("site", pa.string()),
        ("legal_unit", pa.string()),
        ("district_code", pa.string()),
        ("in_scope", pa.bool_()),
    ]
)
SITE_SCHEMA = pa.schema(
    [
        ("site", pa.string()),
        ("legal_unit", pa.string()),
        ("district_code", pa.string()),
        ("in_scope", pa.bool_()),
        ("on_lists", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
    ]
)


class TruthWriter:
    """Writes truth.parquet (one row per source row) and truth_sites.parquet (one row per site)."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        """Open both files."""
        self._rows = pq.ParquetWriter(folder / "truth.parquet", ROW_SCHEMA, compression="zstd")
        self._sites = pq.ParquetWriter(folder / "truth_sites.parquet", SITE_SCHEMA, compression="zstd")
        self._codes = words([place.code for place in stage.territory.places])

    def write_rows(
        self, block: Block, listing: Listing, file: str, sheet: str | np.ndarray, numbers: np.ndarray
    ) -> None:
        """Write the truth about the rows of one list of one block."""
        site, count = listing.site, len(listing.site)
        if not count:
            return
        lead = _lead(block)[site]
        sheets = words([sheet] * count) if isinstance(sheet, str) else sheet
        columns = [words([listing.kind] * count), words([file] * count), sheets, numbers, *self._facts(block, lead)]
        self._rows.write_table(pa.table(columns, schema=ROW_SCHEMA))

    def write_sites(self, block: Block, captured: dict[str, np.ndarray]) -> None:
        """Write the sites of one block; a mere second licence is not a site of its own."""
        lead = _lead(block)
        on = {kind: np.isin(np.arange(len(lead)), lead[captured[kind]]) for kind in KINDS}
        real = np.flatnonzero(lead == np.arange(len(lead)))
        table = {
            mask: "+".join(kind for index, kind in enumerate(KINDS) if mask >> index & 1)
            for mask in range(2 ** len(KINDS))
        }
        masks = sum(
            (on[kind].astype(int) << index for index, kind in enumerate(KINDS)), start=np.zeros(len(lead), dtype=int)
        )
        lists = words([table[int(mask)] for mask in masks[real]])
        point = block.sites.point[real]
        self._sites.write_table(
            pa.table([*self._facts(block, real), lists, point[:, 0], point[:, 1]], schema=SITE_SCHEMA)
        )

    def _facts(self, block: Block, site: np.ndarray) -> list[np.ndarray]:
        sites = block.sites
        return [
            words([f"S{serial:08d}" for serial in sites.truth[site].tolist()]),
            words([f"L{serial:08d}" for serial in block.legal.truth[sites.legal[site]].tolist()]),
            self._codes[sites.district[site]],
            sites.in_scope[site],
        ]

    def close(self) -> None:
        """Close both files."""
        self._rows.close()
        self._sites.close()


def _lead(block: Block) -> np.ndarray:
    """Return for each site of the block the position of the site that it really is."""
    serial = block.sites.serial
    return block.sites.truth - int(serial[0]) if len(serial) else serial
