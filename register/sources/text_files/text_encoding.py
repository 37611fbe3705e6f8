"""Which encoding a text file is in, by strict trial over the whole file; statistics of letters are never used.

BOM first, then UTF-8, then GB18030, in that order: four in five UTF-8 names decode as GB18030
without any error, none the other way.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from minglu.errors import SourceError

BLOCK_BYTES = 8 << 20
LINE_LIMIT_BYTES = 16 << 20
SAMPLE_BYTES = 1 << 20
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CHINESE_SURPLUS_BYTES = 8
"""Four Chinese characters: in UTF-8 each takes two bytes more than it counts letters."""
# Words so common in lists that a GB18030 file with one of them in UTF-8 bytes is two files pasted together.
UTF8_WORDS = tuple(word.encode() for word in ("有限", "公司", "街道", "工业", "科技", "商店", "加工"))


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How to turn the bytes of one file into text."""

    name: str
    """Python's name of the codec."""
    bom_bytes: int
    """Length of the byte order mark at the start, 0 without one."""


def find_encoding(path: Path, override: str | None = None) -> TextEncoding:
    """Return the encoding in which the whole file decodes without an error.

    Raises SourceError with byte offset and line where no encoding fits, where two are mixed, or
    where the file holds NUL bytes.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = next(((name, len(bom)) for bom, name in BOMS if head.startswith(bom)), None)
    if override is not None:
        name = _known(path, override)
        return TextEncoding(*marked) if marked and marked[0].startswith(name[:6]) else TextEncoding(name, 0)
    if marked is not None:
        return TextEncoding(*marked)
    failed_at = _utf8_failure(path)
    if failed_at is None:
        return TextEncoding("utf-8", 0)
    _refuse_mixture(path, failed_at)
    return TextEncoding("gb18030", 0)


def text_blocks(path: Path, encoding: TextEncoding) -> Iterator[bytes]:
    """Yield the whole file as UTF-8 blocks of complete lines, line ends made LF.

    Raises SourceError at the first byte that does not decode and at NUL characters.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="strict")
    returns_only = _has_returns_only(path, encoding)
    kept, offset = b"", encoding.bom_bytes
    line = 1
    with path.open("rb") as stream:
        stream.seek(encoding.bom_bytes)
        while True:
            raw = stream.read(BLOCK_BYTES)
            block = kept + _decoded(path, decoder, raw, encoding, offset=offset, line=line)
            offset += len(raw)
            if returns_only:
                block = block.replace(b"\r", b"\n")
            cut = block.rfind(b"\n") + 1 if raw else len(block)
            ready, kept = block[:cut].replace(b"\r\n", b"\n"), block[cut:]
            if len(kept) > LINE_LIMIT_BYTES:
                raise _endless(path, line)
            if (at := ready.find(b"\0")) >= 0:
                raise _nul(path, line + ready.count(b"\n", 0, at))
            if encoding.name == "gb18030":
                _refuse_utf8_words(path, raw, offset - len(raw))
            line += ready.count(b"\n")
            if ready:
                yield ready
            if not raw:
                return


def _known(path: Path, name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError as problem:
        raise SourceError(
            en=f"{path.name}: encoding '{name}' is unknown; expected utf-8, gb18030, big5 or utf-16.",
            zh=f"{path.name}：未知编码“{name}”；应为 utf-8、gb18030、big5 或 utf-16。",
        ) from problem
    return "gb18030" if found in {"gbk", "gb2312", "gb18030"} else found


def _utf8_failure(path: Path) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="strict")
    offset = 0
    with path.open("rb") as stream:
        while True:
            raw = stream.read(BLOCK_BYTES)
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as problem:
                return offset - waiting + problem.start
            if not raw:
                return None
            offset += len(raw)


def _refuse_mixture(path: Path, failed_at: int) -> None:
    """Raise where the lines before the first byte that is not UTF-8 hold Chinese that is."""
    line_start, surplus, offset = 0, 0, 0
    pending = b""
    with path.open("rb") as stream:
        while offset < failed_at and (raw := stream.read(min(BLOCK_BYTES, failed_at - offset))):
            offset += len(raw)
            pending += raw
            cut = pending.rfind(b"\n") + 1
            surplus += cut - len(pending[:cut].decode())
            line_start += cut
            pending = pending[cut:]
    if surplus >= CHINESE_SURPLUS_BYTES:
        raise mixed(path, failed_at, line_at(path, line_start))


def _refuse_utf8_words(path: Path, raw: bytes, offset: int) -> None:
    for word in UTF8_WORDS:
        if (at := raw.find(word)) >= 0:
            raise mixed(path, offset + at, line_at(path, offset + at))


def _decoded(
    path: Path, decoder: codecs.IncrementalDecoder, raw: bytes, encoding: TextEncoding, *, offset: int, line: int
) -> bytes:
    waiting = len(decoder.getstate()[0])
    try:
        text = decoder.decode(raw, final=not raw)
        return text.encode()
    except UnicodeEncodeError as problem:
        raise _undecodable(path, encoding.name, offset, line) from problem
    except UnicodeDecodeError as problem:
        at = offset - waiting + problem.start
        raise _undecodable(path, encoding.name, at, line_at(path, at)) from problem


def line_at(path: Path, offset: int) -> int:
    """Return the 1-based line that holds the byte at `offset`."""
    line, left = 1, offset
    with path.open("rb") as stream:
        while left > 0 and (raw := stream.read(min(left, BLOCK_BYTES))):
            line += raw.count(b"\n")
            left -= len(raw)
    return line


def _has_returns_only(path: Path, encoding: TextEncoding) -> bool:
    """Return whether a file knows no line end but CR; elsewhere a lone CR is a part of its cell."""
    with path.open("rb") as stream:
        stream.seek(encoding.bom_bytes)
        sample = stream.read(SAMPLE_BYTES).decode(encoding.name, errors="ignore")
    return "\r" in sample and "\n" not in sample


def mixed(path: Path, offset: int, line: int) -> SourceError:
    """Return the error for a file that is UTF-8 in one place and something else in another."""
    return SourceError(
        en=(
            f"{path.name} line {line} (byte {offset}): two encodings are mixed, UTF-8 and GB18030; expected one. "
            "The file was pasted together: save its parts with one encoding, or list them as two files."
        ),
        zh=(
            f"{path.name} 第 {line} 行（字节 {offset}）：混用了 UTF-8 与 GB18030 两种编码；应只有一种。"
            "该文件由多个文件拼接而成：请统一编码后保存，或作为两个文件列出。"
        ),
    )


def _undecodable(path: Path, name: str, offset: int, line: int) -> SourceError:
    return SourceError(
        en=(
            f"{path.name} line {line} (byte {offset}): the bytes are not {name}; expected UTF-8, GB18030 or UTF-16 "
            "throughout. Save the list as UTF-8, or give `encoding`; if the file is damaged, ask for it again."
        ),
        zh=(
            f"{path.name} 第 {line} 行（字节 {offset}）：字节不是 {name} 编码；全文应为 UTF-8、GB18030 或 UTF-16。"
            "请另存为 UTF-8，或填写 encoding；如文件损坏，请让提供单位重新发送。"
        ),
    )


def _endless(path: Path, line: int) -> SourceError:
    return SourceError(
        en=f"{path.name} line {line}: the line does not end within {LINE_LIMIT_BYTES:,} bytes; expected a list.",
        zh=f"{path.name} 第 {line} 行：超过 {LINE_LIMIT_BYTES:,} 字节仍未换行；应为名单。",
    )


def _nul(path: Path, line: int) -> SourceError:
    return SourceError(
        en=(
            f"{path.name} line {line}: found a NUL character; expected text. The file is damaged, or UTF-16 "
            'without a byte order mark: then give `encoding = "utf-16-le"`.'
        ),
        zh=(
            f"{path.name} 第 {line} 行：出现 NUL 字符；应为文本。文件已损坏，或为无 BOM 的 UTF-16："
            '请填写 encoding = "utf-16-le"。'
        ),
    )
