"""What is checked in a zip-based workbook before a parser may see it: bombs, entities, overlaps, far cells, damage.

The central directory is looked at by hand first, because even listing 10^5 entries
costs memory.  Then every part is unpacked once, in pieces, which also verifies its CRC:
a cut or flipped file does not get past this module.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import unpack

from minglu.errors import SourceError

ENTRIES_LIMIT = 4_000
"""A workbook has some ten parts and one per sheet, picture or comment."""
PART_LIMIT_BYTES = 2 << 30
"""Uncompressed size of one part; a sheet of a million rows and 30 columns has about 1 GiB."""
TOTAL_LIMIT_BYTES = 4 << 30
RATIO_LIMIT = 200
"""Uncompressed over compressed size; real sheets stay below 60."""
RATIO_FROM_BYTES = 16 << 20
"""Smaller parts may have any ratio: they can't hurt."""
AREA_LIMIT_CELLS = 40_000_000
"""Rows times columns of the used range; parsers hold it as a dense block."""
PIECE_BYTES = 1 << 20
OVERLAP_BYTES = 256
LOCAL_HEADER_BYTES = 30

_END_RECORD = b"PK\x05\x06"
_END_RECORD_BYTES = 22
_COMMENT_BYTES = 65_535
_FAR_CELL = re.compile(rb'<c r="([A-Z]{3,})(\d{1,9})"[^>]*[^/]>')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open `path` after a look at the end of its central directory.

    Raises SourceError where the archive is cut, or lists more than ENTRIES_LIMIT entries.
    """
    count = _entry_count(path)
    if count > ENTRIES_LIMIT:
        raise hostile(path, f"{count:,} archive entries", f"压缩包条目 {count:,} 个", f"{ENTRIES_LIMIT:,}")
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as problem:
        raise damaged(path) from problem


def check_workbook(path: Path) -> int:
    """Check every part of the workbook and return the total uncompressed size in bytes.

    Raises SourceError where a part is too large, packed too well, overlaps another, does
    not match its checksum, is encrypted, declares entities or has a cell far outside any list.
    """
    with open_archive(path) as archive:
        parts = archive.infolist()
        _check_sizes(path, parts)
        _check_overlap(path, parts)
        for part in parts:
            _check_part(path, archive, part)
    return sum(part.file_size for part in parts)


def _entry_count(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _COMMENT_BYTES - _END_RECORD_BYTES))
        tail = stream.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) - at < _END_RECORD_BYTES:
        raise damaged(path)
    entries: int
    directory_bytes: int
    entries, directory_bytes = unpack("<HI", tail[at + 10 : at + 16])
    # An entry of the central directory takes 46 bytes and its name: its size can't lie as the 16-bit count can.
    return max(entries, directory_bytes // 100)


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    if total > TOTAL_LIMIT_BYTES:
        raise hostile(path, f"{total:,} bytes unpacked", f"解压后 {total:,} 字节", f"{TOTAL_LIMIT_BYTES:,}")
    for part in parts:
        if part.file_size > PART_LIMIT_BYTES:
            size = f"{part.file_size:,}"
            raise hostile(path, f"a part of {size} bytes", f"单个部分 {size} 字节", f"{PART_LIMIT_BYTES:,}")
        ratio = part.file_size // max(part.compress_size, 1)
        if part.file_size > RATIO_FROM_BYTES and ratio > RATIO_LIMIT:
            raise hostile(
                path, f"a part packed {ratio} to 1 (zip bomb)", f"压缩比 {ratio}:1（压缩炸弹）", f"{RATIO_LIMIT}:1"
            )


def _check_overlap(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise hostile(path, "overlapping archive entries", "相互重叠的压缩包条目")
        end = part.header_offset + LOCAL_HEADER_BYTES + part.compress_size
        if part.flag_bits & 0x1:
            raise encrypted(path)


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower().replace("\\", "/")  # some programs of Windows write their own separator
    markup = name.endswith((".xml", ".rels", ".vml"))
    sheet = name.startswith("xl/worksheets/")
    for number, piece in enumerate(_pieces(path, archive, part)):
        if not markup:
            continue
        if number == 0 and (piece[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in piece[:64]):
            raise hostile(path, "an XML part that is not UTF-8", "非 UTF-8 的 XML 部分")
        if _DECLARATION.search(piece):
            raise hostile(path, "a DOCTYPE or entity declaration", "DOCTYPE 或实体声明")
        if sheet:
            _check_far_cells(path, piece)


def _pieces(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    kept = b""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE_BYTES):
                yield kept + piece
                kept = piece[-OVERLAP_BYTES:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise damaged(path) from problem


def _check_far_cells(path: Path, piece: bytes) -> None:
    for match in _FAR_CELL.finditer(piece):
        area = column_number(match[1].decode()) * int(match[2])
        if area > AREA_LIMIT_CELLS:
            cell = (match[1] + match[2]).decode()
            raise SourceError(
                en=(
                    f"{path.name}: a cell at {cell} makes a sheet of {area:,} cells; expected at most "
                    f"{AREA_LIMIT_CELLS:,}. Delete the stray cell (Ctrl+End shows it) and save again."
                ),
                zh=(
                    f"{path.name}：单元格 {cell} 使工作表达到 {area:,} 格；上限为 {AREA_LIMIT_CELLS:,} 格。"
                    "请删除该多余单元格（按 Ctrl+End 可定位）后重新保存。"
                ),
            )


def column_number(letters: str) -> int:
    """Return the 1-based number of a column named by letters.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def hostile(path: Path, found_en: str, found_zh: str, limit: str = "") -> SourceError:
    """Return the error for a workbook that holds what no list needs; `limit` is how much of it would do."""
    at_most_en, at_most_zh = (f"at most {limit}", f"不超过 {limit}") if limit else ("none", "没有")
    return SourceError(
        en=(
            f"{path.name}: the workbook holds {found_en}; expected {at_most_en}. "
            "No list needs this: open it in Excel or WPS and save the list alone as .xlsx or .csv."
        ),
        zh=(
            f"{path.name}：工作簿含{found_zh}；应{at_most_zh}。"
            "名单不需要这些内容：请用 Excel 或 WPS 打开，仅将名单另存为 .xlsx 或 .csv。"
        ),
    )


def encrypted(path: Path) -> SourceError:
    """Return the error for a workbook that asks for a password."""
    return SourceError(
        en=f"{path.name}: the workbook is encrypted; expected one without a password. Save it without.",
        zh=f"{path.name}：工作簿已加密；应为无密码的文件。请取消密码后另存。",
    )


def damaged(path: Path) -> SourceError:
    """Return the error for a file that is cut or damaged."""
    return SourceError(
        en=f"{path.name}: the file is cut or damaged; expected a whole file. Ask the sender for it again.",
        zh=f"{path.name}：文件不完整或已损坏；应为完整文件。请让提供单位重新发送。",
    )
