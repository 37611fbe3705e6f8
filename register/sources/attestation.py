"""Whether what arrived is what was sent: SHA-256 and row count against the sender's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from minglu.common.bilingual import Bilingual
from minglu.errors import SourceError
from minglu.register.config.list_spec import ListSpec
from minglu.register.sources.list_reading import InputReport

NOT_ATTESTED = Bilingual(
    "未核对：报送部门未同时给出 sha256 与行数，缺失的行无法发现",
    "not attested: without the sender's sha256 and row count, lost rows can't be noticed",
)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of the file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written to or replaced."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def check_still(path: Path, name: str, before: tuple[int, int, int]) -> None:
    """Raise SourceError where the file changed since `before`: its SHA-256 would vouch for other rows."""
    if stamp(path) != before:
        raise SourceError(
            en=f"{name}: the file changed while it was read. Wait until nobody writes to it, and run again.",
            zh=f"{name}：读取过程中文件被改动。请待无人写入后重新运行。",
        )


def check_digest(spec: ListSpec, name: str, digest: str, files: int) -> None:
    """Raise SourceError where the sender's SHA-256 is another, or stands for several files."""
    if spec.sha256 is None:
        return
    if files > 1:
        raise SourceError(
            en=f"list {spec.name}: one sha256 for {files} files; expected one file. Give each its own [[lists]].",
            zh=f"名单 {spec.name}：一个 sha256 对应 {files} 个文件；应只有一个文件。请为每个文件单独写 [[lists]]。",
        )
    _require_same(name, digest, spec.sha256)


@contextmanager
def as_sent(path: Path, sha256: str | None) -> Iterator[None]:
    """Let a file be read whose SHA-256 is the sender's, if one was given, and that nobody changes meanwhile.

    Raises SourceError where either does not hold.
    """
    try:
        before = stamp(path)
    except OSError as problem:
        raise SourceError(
            en=f"{path}: can't be read ({problem.strerror}). Correct the path, or check that the file may be opened.",
            zh=f"{path}：无法读取（文件不存在或无权打开）。请更正路径或检查访问权限。",
        ) from problem
    if sha256 is not None:
        _require_same(str(path), file_digest(path), sha256)
    yield
    check_still(path, str(path), before)


def _require_same(name: str, digest: str, sent: str) -> None:
    if sent.strip().lower() != digest:
        raise SourceError(
            en=f"{name}: sha256 is {digest}; the sender gave {sent}. The file changed on its way: ask again.",
            zh=f"{name}：sha256 为 {digest}，报送部门给出的是 {sent}。文件在传送中有变化：请重新索取。",
        )


def check_once(reports: Iterable[InputReport]) -> None:
    """Raise SourceError where two inputs with rows are the same bytes: their rows would count twice as found twice."""
    seen: dict[tuple[str, str], InputReport] = {}
    for report in reports:
        first = seen.setdefault((report.sha256, report.sheet), report) if report.rows else report
        if first is not report:
            one, two = (" ".join(filter(None, (each.file, each.sheet))) for each in (first, report))
            raise SourceError(
                en=f"{two} (list {report.list}): the same bytes as {one} (list {first.list}); expected each file once. "
                "Two copies of one list would pass for two witnesses: take one out of the census file.",
                zh=f"{two}（名单 {report.list}）：与 {one}（名单 {first.list}）内容完全相同；每个文件只应出现一次。"
                "同一名单的两份副本会被当作两个独立来源：请从普查配置中去掉一份。",
            )


def check_rows(spec: ListSpec, found: int) -> None:
    """Raise SourceError where the sender's row count is another than the data rows found in all files of the list."""
    if spec.rows is not None and spec.rows != found:
        raise SourceError(
            en=(
                f"{spec.path}: {found:,} data rows (header, blank rows and footers not counted); the sender gave "
                f"{spec.rows:,}. Rows were lost or added: ask for the list again, or correct `rows`."
            ),
            zh=(
                f"{spec.path}：共 {found:,} 行数据（不计表头、空行与表尾）；报送部门给出 {spec.rows:,} 行。"
                "有行丢失或增加：请重新索取名单，或更正 rows。"
            ),
        )


def is_attested(spec: ListSpec) -> bool:
    """Return whether both of the sender's figures were given; the checks above have then passed."""
    return spec.sha256 is not None and spec.rows is not None
