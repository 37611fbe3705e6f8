"""The encoding of a shapefile's attributes: strict trials on names and cells, whatever the .cpg says.

UTF-8 hardly ever decodes by chance; a single-byte page always does; GB18030 often does.  So what
the trials show goes before what the .cpg says, and a difference is reported.  Only the columns that
are asked for must decode in full: a field name cut after ten bytes, or a damaged cell elsewhere, refuses nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from minglu.common.bilingual import Bilingual
from minglu.errors import SourceError
from minglu.register.sources.vector.layer_files import companion

NAME_BYTES = 10
"""A dBase field name holds ten bytes; programs cut longer ones wherever that falls."""
MOST_DAMAGED = 0.05
"""An encoding in which more than so many of the cells with other than ASCII fail is not the table's."""
LEAST_CHINESE = 0.5
"""From this share of Chinese characters among its letters on, a text reads as Chinese."""
IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
TRANSPORT = "ISO-8859-1"
"""In which GDAL hands bytes on as they are."""


class Cell(NamedTuple):
    """One text of the table: a field name (row 0) or a cell."""

    row: int
    """1-based row of the table; 0 for the heading."""
    column: int
    """Position among all fields."""
    text: bytes
    full: bool
    """Whether it fills its field to the last byte, so that its end may have been cut."""


@dataclass(frozen=True, slots=True)
class Table:
    """What of a dBase table isn't ASCII, and its field names."""

    names: tuple[bytes, ...]
    cells: tuple[Cell, ...]
    """Names and text cells with bytes beyond ASCII."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """How the attributes of a shapefile are read."""

    encoding: str
    fields: tuple[str, ...]
    """All field names, decoded; half a character at the end of a cut one is left out."""
    remarks: tuple[Bilingual, ...]
    """What was chosen against the .cpg or without one, and what does not decode; Chinese then English."""

    def decode(self, text: str) -> str:
        """Return a text that came through TRANSPORT; raises UnicodeDecodeError for a damaged one."""
        return text.encode(TRANSPORT).decode(self.encoding)

    def decode_lossy(self, text: str) -> str:
        """Return a text of which damaged bytes are shown as U+FFFD, and half a character at its end left out."""
        raw = text.encode(TRANSPORT)
        return _start(raw, self.encoding) or raw.decode(self.encoding, "replace")


def read_attributes(source: Path, declared: str | None, wanted: Sequence[str]) -> Attributes:
    """Choose the encoding of a shapefile's attributes; `wanted` are the columns whose cells must decode.

    A `declared` encoding (census file, command line) is taken if the wanted columns decode in it.
    Raises SourceError with row and column where no encoding reads them.
    """
    file = companion(source, ".dbf")
    assert file is not None, "checked before"
    table = scan_table(file.read_bytes())
    note = companion(source, ".cpg")
    named = _known_codec(note.read_text("ascii", "replace").strip()) if note else None
    if declared:
        own = _known_codec(declared)
        if own is None:
            raise _unknown(file, declared)
        candidates: tuple[str, ...] = (own,)
    else:
        candidates = tuple(dict.fromkeys(filter(None, ("utf-8", named, "gb18030"))))
    trials = [_Trial.of(table, candidate, wanted) for candidate in candidates]
    chosen = _choose(trials, named)
    believed = bool(declared) or chosen.encoding == named
    if chosen.wanted_faults or (chosen.share > MOST_DAMAGED and not believed):
        raise _undecodable(file, trials, chosen)
    return Attributes(chosen.encoding, chosen.fields, tuple(_remarks(file, chosen, named, table, declared)))


def scan_table(content: bytes) -> Table:
    """Collect field names and every text of a dBase table that is not ASCII."""
    header, width = (int.from_bytes(content[a:b], "little") for a, b in ((8, 10), (10, 12)))
    names, spans = list[bytes](), list[tuple[int, int, int]]()
    at = 1
    for place in range(32, header - 1, 32):
        field = content[place : place + 32]
        if field[:1] in {b"\r", b""}:
            break
        if field[11:12] == b"C":
            spans.append((len(names), at, at + field[16] + 256 * field[17]))
            at += field[16] + 256 * field[17]
        else:
            at += field[16]
        names.append(field[:11].split(b"\0")[0])
    heads = (Cell(0, i, name, len(name) >= NAME_BYTES) for i, name in enumerate(names) if not name.isascii())
    cells = [*heads, *_cells(content, header, width, spans)]
    return Table(tuple(names), tuple(cells))


def _cells(content: bytes, header: int, width: int, spans: Sequence[tuple[int, int, int]]) -> Iterator[Cell]:
    if not width or content[header:].isascii():
        return
    for number, row in enumerate(range(header, len(content) - width + 1, width), 1):
        if content[row : row + width].isascii():
            continue
        for column, start, stop in spans:
            raw = content[row + start : row + stop]
            if not raw.isascii():
                text = raw.rstrip(b" \0")
                yield Cell(number, column, text, len(text) >= stop - start - 3)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What came of decoding a table in one encoding."""

    encoding: str
    fields: tuple[str, ...]
    wanted_faults: tuple[Cell, ...]
    """Texts of wanted columns that don't decode."""
    other_faults: tuple[Cell, ...]
    share: float
    """Share of the texts with other than ASCII that don't decode, cut ends let pass."""
    chinese: float
    """Share of Chinese characters among the letters of these texts: Latin words read as GB18030 have few of them."""

    @staticmethod
    def of(table: Table, encoding: str, wanted: Sequence[str]) -> _Trial:
        fields = tuple(_start(name, encoding) for name in table.names)
        columns = {i for i, name in enumerate(fields) if name in wanted}
        faults, damaged, chinese, alphabetic = [], 0, 0, 0
        for cell in table.cells:
            try:
                text = cell.text.decode(encoding)
            except UnicodeDecodeError:
                faults.append(cell)
                text = _start(cell.text, encoding) if cell.full else ""
                damaged += not text
            chinese += sum(map(_is_ideograph, text))
            alphabetic += sum(map(str.isalpha, text))
        return _Trial(
            encoding,
            fields,
            tuple(cell for cell in faults if cell.column in columns and (cell.row or not cell.full)),
            tuple(cell for cell in faults if cell.column not in columns or (not cell.row and cell.full)),
            damaged / max(len(table.cells), 1),
            chinese / max(alphabetic, 1),
        )

    @property
    def sound(self) -> bool:
        """Whether it can be the encoding of the table."""
        return not self.wanted_faults and self.share <= MOST_DAMAGED


def _start(text: bytes, encoding: str) -> str:
    """Return a text without the half of a character at its end; "" if it is damaged before."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(text, final=False)
    except UnicodeDecodeError:
        return ""


def _is_ideograph(letter: str) -> bool:
    number = ord(letter)
    return any(low <= number <= high for low, high in IDEOGRAPHS)


def _choose(trials: Sequence[_Trial], named: str | None) -> _Trial:
    """Return the trial to believe; one with faults only where there is none without."""
    sound = {trial.encoding: trial for trial in trials if trial.sound}
    if not sound:
        return min(trials, key=lambda trial: (len(trial.wanted_faults), trial.share))
    utf8, gb = sound.get("utf-8"), sound.get("gb18030")
    reads_chinese = gb is not None and gb.chinese >= LEAST_CHINESE
    if utf8 is not None and (utf8.chinese > 0 or not reads_chinese):
        return utf8
    own = sound.get(named or "")
    single = own is not None and own.chinese == 0
    if gb is not None and reads_chinese and (own is None or single):
        return gb
    return own or gb or next(iter(sound.values()))


def _remarks(file: Path, chosen: _Trial, named: str | None, table: Table, declared: str | None) -> Iterable[Bilingual]:
    """Yield what somebody should know of the choice."""
    if not declared and any(not cell.text.isascii() for cell in table.cells) and chosen.encoding != named:
        name = chosen.encoding.upper()
        basis_zh, basis_en = (
            (f".cpg 写的是 {named}", f"the .cpg says {named}") if named else ("没有 .cpg", "there is no .cpg")
        )
        yield Bilingual(
            f"{file.name}：{basis_zh}；按内容逐一试读，属性为 {name}",
            f"{basis_en}; by strict trial the attributes are {name}",
        )
    names = sorted({cell.column for cell in chosen.other_faults if not cell.row})
    if names:
        shown = "、".join(chosen.fields[column] or f"#{column + 1}" for column in names)
        yield Bilingual(f"{file.name}：列名被截断：{shown}", f"field names were cut: {shown}")
    cells = [cell for cell in chosen.other_faults if cell.row]
    if cells:
        places_zh, places_en = _places(cells, chosen.fields)
        yield Bilingual(
            f"{file.name}：未用到的列有 {len(cells)} 个单元格无法解码（{places_zh}）",
            f"{len(cells)} cells of unused columns don't decode ({places_en})",
        )


def _places(cells: Sequence[Cell], fields: Sequence[str]) -> tuple[str, str]:
    """Name the first cells by row and column, in Chinese and English."""
    some = [(cell.row, fields[cell.column] or f"#{cell.column + 1}") for cell in cells[:5]]
    more = " ..." if len(cells) > len(some) else ""
    zh = "、".join(f"第 {row} 行 {column}" if row else f"列名 {column}" for row, column in some)
    en = ", ".join(f"row {row} {column}" if row else f"field name {column}" for row, column in some)
    return zh + more, en + more


def _undecodable(file: Path, trials: Sequence[_Trial], chosen: _Trial) -> SourceError:
    zh, en = _places(chosen.wanted_faults or chosen.other_faults, chosen.fields)
    tried = "、".join(trial.encoding.upper() for trial in trials)
    return SourceError(
        en=f"{file}: the attributes are not {tried.replace('、', ' or ')} ({en}); expected text that decodes without "
        "error. Give the right encoding, correct these cells, or export again as UTF-8.",
        zh=f"{file}：属性不是 {tried} 编码（{zh}）；应能无误解码。"
        "请写明正确的编码、更正这些单元格，或以 UTF-8 重新导出。",
    )


def _unknown(file: Path, declared: str) -> SourceError:
    return SourceError(
        en=f"{file}: found the encoding {declared!r}, which is none. Write UTF-8, GB18030 or another known one.",
        zh=f"{file}：编码 {declared!r} 无法识别。请写 UTF-8、GB18030 或其他已知编码。",
    )


def _known_codec(name: str) -> str | None:
    """Return Python's name for what a .cpg says (UTF-8, GBK, 936, ANSI 936), or None."""
    plain = name.upper().removeprefix("ANSI").removeprefix("OEM").strip()
    chinese = ("936", "GBK", "GB2312", "CP936")
    plain = {**dict.fromkeys(chinese, "gb18030"), "65001": "utf-8", "950": "big5hkscs"}.get(plain, plain)
    for candidate in (plain, f"cp{plain}", plain.replace("8859", "8859-") if "ISO" not in plain else plain):
        try:
            return codecs.lookup(candidate).name
        except LookupError:
            continue
    return None
