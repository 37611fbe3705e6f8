"""What is checked in an OLE2 workbook (.xls, .et) before a parser may see it: that no sector is missing.

Format: [MS-CFB], sections 2.2 (header) and 2.3 (file allocation table).  The format has no
checksums: a flipped bit inside a cell can't be found here, only by the sender's SHA-256.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from minglu.register.sources.workbooks.zip_preflight import damaged, encrypted

HEADER_BYTES = 512
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream in which an .xlsx with a password stands."""
FREE_SECTOR = 0xFFFFFFFF
HEADER_SLOTS = 109
"""Places for FAT sectors in the header; files above 7 MB chain further ones."""
SIZE_LIMIT_BYTES = 512 << 20
"""65,536 rows of text stay far below."""


def check_compound(path: Path) -> int:
    """Check that the file holds every sector that its allocation table uses; return its size in bytes.

    Raises SourceError where it is cut, inconsistent or oversized.
    """
    data = path.read_bytes() if path.stat().st_size <= SIZE_LIMIT_BYTES else b""
    if len(data) < HEADER_BYTES:
        raise damaged(path)
    sector_bytes = 1 << int.from_bytes(data[30:32], "little")
    if sector_bytes not in (512, 4096):
        raise damaged(path)
    table = _allocation_table(path, data, sector_bytes)
    used = np.flatnonzero(table != FREE_SECTOR)
    whole_sectors = -(-(len(data) - sector_bytes) // sector_bytes)
    if not len(used) or int(used[-1]) >= whole_sectors:
        raise damaged(path)
    # The last sector of a stream may be short, but then only by its padding: writers never leave that out.
    if (len(data) - sector_bytes) % sector_bytes and int(used[-1]) == whole_sectors - 1:
        raise damaged(path)
    if ENCRYPTED_STREAM in data:
        raise encrypted(path)
    return len(data)


def _allocation_table(path: Path, data: bytes, sector_bytes: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    sectors = [int(at) for at in np.frombuffer(data[76:HEADER_BYTES], dtype="<u4") if at < FREE_SECTOR - 5]
    following, chained = (int(at) for at in np.frombuffer(data[68:76], dtype="<u4"))
    per_sector = sector_bytes // 4 - 1
    for _ in range(min(chained, len(data) // sector_bytes)):
        block = _sector(path, data, following, sector_bytes)
        sectors.extend(int(at) for at in block[:per_sector] if at < FREE_SECTOR - 5)
        following = int(block[per_sector])
    count = int.from_bytes(data[44:48], "little")
    if count != len(sectors) or not sectors:
        raise damaged(path)
    return np.concatenate([_sector(path, data, at, sector_bytes) for at in sectors])


def _sector(path: Path, data: bytes, at: int, sector_bytes: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    start = (at + 1) * sector_bytes
    block = data[start : start + sector_bytes]
    if len(block) < sector_bytes:
        raise damaged(path)
    return np.frombuffer(block, dtype="<u4")
