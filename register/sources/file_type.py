"""What a file is, by its first bytes and, for archives, by its entries; never by its extension.

Nothing is parsed here.  The readers find out whether the rest of the file keeps the promise.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from minglu.errors import SourceError
from minglu.register.sources.workbooks.zip_preflight import open_archive

HEAD_BYTES = 4096
MARKUP_STARTS = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<div")


class Format(StrEnum):
    """The formats that can be read."""

    TEXT = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    PARQUET = "parquet"


def sniff(path: Path) -> Format:
    """Return which reader `path` needs.

    Raises SourceError for an empty file, markup posing as a workbook, and anything no reader knows.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise SourceError(
            en=f"{path.name}: the file is empty (0 bytes); expected a list. Ask the sender for it again.",
            zh=f"{path.name}：文件为空（0 字节），应为名单。请让提供单位重新发送。",
        )
    if head.startswith(b"PK"):
        return _archive_format(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Format.XLS
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    return _text_format(path, head)


def _archive_format(path: Path) -> Format:
    entries = _entry_names(path)
    if "xl/workbook.xml" in entries:
        return Format.XLSX
    if "content.xml" in entries:
        return Format.ODS
    if "xl/workbook.bin" in entries:
        raise _refusal(path, "an .xlsb workbook", "xlsb 二进制工作簿")
    raise _refusal(path, "a zip archive that is not a workbook", "不是工作簿的 zip 压缩包")


def _entry_names(path: Path) -> frozenset[str]:
    with open_archive(path) as archive:
        return frozenset(name.lower().replace("\\", "/") for name in archive.namelist())


def _text_format(path: Path, head: bytes) -> Format:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(MARKUP_STARTS):
        raise _refusal(path, "a web page or XML document", "网页或 XML 文档")
    for magic, en, zh in (
        (b"%PDF", "a PDF document", "PDF 文档"),
        (b"Rar!", "a RAR archive", "RAR 压缩包"),
        (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包"),
        (b"\x1f\x8b", "a gzip archive", "gzip 压缩包"),
        (b"SQLite format 3", "a SQLite database", "SQLite 数据库"),
    ):
        if head.startswith(magic):
            raise _refusal(path, en, zh)
    return Format.TEXT


def _refusal(path: Path, en: str, zh: str) -> SourceError:
    return SourceError(
        en=(
            f"{path.name}: found {en}; expected csv, tsv, txt, xlsx, xls, et, ods or parquet. "
            "Open it in Excel or WPS, save it as .xlsx or .csv, and name that file."
        ),
        zh=(
            f"{path.name}：内容是{zh}；应为 csv、tsv、txt、xlsx、xls、et、ods 或 parquet。"
            "请用 Excel 或 WPS 打开，另存为 .xlsx 或 .csv 后再使用。"
        ),
    )


def name_disagrees(path: Path, found: Format) -> bool:
    """Return whether the extension promises another format than the content (`.xls` that is text, ...)."""
    promised = {
        ".xlsx": {Format.XLSX},
        ".xlsm": {Format.XLSX},
        ".xls": {Format.XLS},
        ".et": {Format.XLS, Format.XLSX},
        ".ods": {Format.ODS},
        ".parquet": {Format.PARQUET},
    }.get(path.suffix.lower(), {Format.TEXT})
    return found not in promised
