"""Cells that hold both coordinates: side by side, with marks, with a height, as WKT or as JSON."""

from __future__ import annotations

import json
import re
import unicodedata

from minglu.geo.coordinates.angles import fold, parse_folded

_PREFIXED = re.compile(r"([EWNS][^EWNS]+?)[ ,]*([EWNS][^EWNS]+)")
_SUFFIXED = re.compile(r"([^EWNS]+[EWNS])[ ,]*([^EWNS]+[EWNS])")
_WRAPPING = re.compile(r"^POINT ?Z? ?|[()\[\]]", re.IGNORECASE)
_EAST = ("lng", "lon", "longitude", "x", "经度")
_NORTH = ("lat", "latitude", "y", "纬度")


def fold_cell(text: str, blank_words: frozenset[str] = frozenset()) -> str:
    """Return a cell with one spelling for every sign; empty where it is one of the words for nothing.

    >>> fold_cell('{"lng": 112.310, "lat": 30.61}'), fold_cell("<NA>", frozenset({"<na>"}))
    ('E112.310,N30.61', '')
    """
    if unicodedata.normalize("NFKC", text).strip().lower() in blank_words:
        return ""
    return fold(_from_json(text) or text)


def _from_json(text: str) -> str:
    """Return a JSON point (a list, named members or a GeoJSON geometry) as plain text; empty for other texts."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        read = json.loads(text, parse_float=str, parse_int=str)  # digits stay as written: they show the precision
    except (ValueError, RecursionError):
        return ""
    if isinstance(read, dict) and isinstance(read.get("coordinates"), list):
        read = read["coordinates"]
    if isinstance(read, dict):
        members = {str(key).strip().lower(): value for key, value in read.items()}
        east, north = (next((members[key] for key in keys if key in members), "") for keys in (_EAST, _NORTH))
        return f"E{east},N{north}" if east and north else ""
    return ",".join(read) if all(isinstance(part, str) for part in read) else ""


def split_cell(text: str) -> tuple[str, str] | None:
    """Split one folded cell that holds both numbers, and maybe a height behind them; None for any other.

    >>> split_cell("112.31,30.61"), split_cell("112.31 30.61 35.5"), split_cell("112.31")
    (('112.31', '30.61'), ('112.31', '30.61'), None)
    """
    text = _WRAPPING.sub("", text).strip(" ,")
    for pattern in (_PREFIXED, _SUFFIXED):
        if found := pattern.fullmatch(text):
            return found[1].strip(" ,"), found[2].strip(" ,")
    for mark in (",", ";", "|", "/", " "):
        parts = [part.strip() for part in text.split(mark) if part.strip()]
        if len(parts) not in (2, 3) or any(parse_folded(part).fault for part in parts[:2]):
            continue
        exact = all("." in part or "d" in part for part in parts[:2])
        if len(parts) == 3 and not (exact and _is_height(parts[2])):
            return None
        return (parts[0], parts[1]) if mark != " " or exact else None
    return None


def _is_height(text: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.\d+)?m?", text) is not None
