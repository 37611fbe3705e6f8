"""Zip containers (docx) whose bytes depend on their content alone: no time of writing inside."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def write_still(path: Path, container: bytes) -> None:
    """Write a zip container at `path` with every member's time set to the first that zip knows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(container)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, FIRST_DAY)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            target.writestr(member, source.read(name))
    path.write_bytes(packed.getvalue())
