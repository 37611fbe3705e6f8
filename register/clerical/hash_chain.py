"""Append-only logs with a hash chain: one JSON object a line, each with the digest of the line before.

Each line carries the sha256 of the line before (`prev`) and its number (`n`), so that a line changed,
removed or moved is found.  A tail cut off is found by whoever kept the head, the sha256 of the last
line.  Every line says who, when and why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from minglu.errors import SourceError, UsageError
from minglu.register.storage.run_folder import locked, replace_file

START = "0" * 64
SIGNED = ("by", "when", "why")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who takes sheets back, and when; the clock is the command line's."""

    by: str
    when: str


def read_records(path: Path, schema: str) -> tuple[list[dict[str, Any]], str]:
    """Return the records of a chained file and its head; no file yet means no record.

    Raises SourceError, naming the line, where the chain is broken or a line is not as it must be.
    """
    try:
        raw = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise SourceError(
            en=f"{path}: can't be read ({error.strerror}).", zh=f"{path}：无法读取（{error.strerror}）。"
        ) from error
    if raw and not raw.endswith(b"\n"):
        refuse_line(path, raw.count(b"\n") + 1, "the line is cut off", "该行不完整")
    records, head = [], START
    for number, line in enumerate(raw.split(b"\n")[:-1], 1):
        records.append(_parse(path, number, line, head, schema))
        head = hashlib.sha256(line).hexdigest()
    return records, head


def append_records(
    path: Path, schema: str, records: Sequence[Mapping[str, Any]], *, head: str, check: Callable[[Path], object]
) -> None:
    """Append records to the chain that ends in `head`, all or none.

    `check` reads the new file before it takes the old one's place, and raises where it may not.
    Raises UsageError where somebody else appended since `head` was read.
    """
    with locked(path):
        before, found = read_records(path, schema)
        if found != head:
            raise UsageError(
                en=f"{path}: somebody appended to it in the meantime. Run the command again.",
                zh=f"{path}：期间有人追加了内容。请重新运行该命令。",
            )
        content = path.read_bytes() if path.exists() else b""
        for number, record in enumerate(records, len(before) + 1):
            line = _render({"schema": schema, "n": number, "prev": head, **record})
            content, head = content + line + b"\n", hashlib.sha256(line).hexdigest()
        with replace_file(path) as fresh:
            fresh.write_bytes(content)
            check(fresh)


def undo_record(line: int, *, by: str, when: str, why: str) -> dict[str, Any]:
    """Return the record that takes back a line."""
    return {"act": "undo", "undoes": line, "by": by, "when": when, "why": why}


def refuse_line(path: Path, line: int, en: str, zh: str) -> NoReturn:
    """Refuse a chained file for what is wrong with a line."""
    raise SourceError(
        en=f"{path} line {line}: {en}. Restore the file from its last good copy; it is only ever appended to.",
        zh=f"{path} 第 {line} 行：{zh}。请用最近的完好副本恢复；该文件只能追加，不能改动。",
    )


def _render(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _parse(path: Path, number: int, line: bytes, head: str, schema: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("schema") != schema:
        refuse_line(path, number, f"no record of {schema}", f"不是 {schema} 的记录")
    if record.get("prev") != head or record.get("n") != number:
        refuse_line(
            path,
            number,
            "the chain is broken: the line before it was changed, removed or moved",
            "链条断裂：前一行被改动、删除或移动",
        )
    for key in SIGNED:
        if not isinstance(record.get(key), str):
            refuse_line(path, number, f"{key} is missing", f"缺少 {key}")
    return record
