"""One angle as people write it: decimal, degree-minute-second, with or without marks."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

# Every sign that lists use for degree, minute and second, and every word for a direction; a sign that
# NFKC would take apart (″ becomes two ′) is translated before it.
_SECOND = re.compile("''|′′|’’|‘‘|''|[″\"”“〞＂秒]|arcsec")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("°º˚ᵒ゜℃度", "d"),
        **dict.fromkeys("′'’‘´`＇〝分", "m"),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\ufeff\u2060", ""),
        **dict.fromkeys("−–—－", "-"),
        **dict.fromkeys("，、；", ","),
    }
)
_WORDS = (
    (re.compile(r"东经|東經|经度|經度|longitude|lon|lng", re.IGNORECASE), "E"),
    (re.compile(r"北纬|北緯|纬度|緯度|latitude|lat", re.IGNORECASE), "N"),
    (re.compile(r"西经|西經"), "W"),
    (re.compile(r"南纬|南緯"), "S"),
)
_BLANK = frozenset(
    {"", "-", "--", "/", "\\", ".", "无", "無", "空", "null", "none", "nan", "n/a", "#n/a", "na", "不详", "暂无"}
)

_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_DECIMAL = re.compile(rf"({_NUMBER})d?")
_MARKED = re.compile(rf"(\d+)d(?:({_NUMBER})m?)?(?:(?<=m)({_NUMBER})s?)?")
_SPACED = re.compile(rf"(\d+)(?:[ :-]+|(?<=\d)d ?)({_NUMBER})m?(?:[ :-]+({_NUMBER})s?)?")
_DOTTED = re.compile(r"(\d+)\.(\d{1,2})\.(\d{1,2}(?:\.\d+)?)")
_COMMA = re.compile(r"\d+,\d+")
_SIGN_INSIDE = re.compile(r"(\d)([dms])\.(\d+)")
"""The sign before the decimals, as surveyors write it: 36″.45."""
_LABELLED, _SMALL, _BLANKS = re.compile(r"([EWNS])[:=]"), re.compile(r"[ewn]"), re.compile(r"\s+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}")


@dataclass(frozen=True, slots=True)
class Angle:
    """One angle as read: `degrees` is NaN where nothing could be read, and `fault` says why."""

    degrees: float
    step: float = 0.0
    """What one unit of the last digit given is worth, degrees."""
    axis: str = ""
    """lon or lat where the text says so, else empty."""
    fault: str = ""
    """blank | unreadable | range, or empty."""


BLANK = Angle(math.nan, fault="blank")
UNREADABLE = Angle(math.nan, fault="unreadable")


def fold(text: str) -> str:
    """Return the text with one spelling for every sign: d, m, s behind numbers, E N W S for directions.

    >>> fold("东经１２０°12′30.5″")
    'E120d12m30.5s'
    """
    if unicodedata.normalize("NFKC", text).strip().lower() in _BLANK:
        return ""
    for word, sign in _WORDS:  # before the signs: 经度 holds the sign 度
        text = word.sub(sign, text)
    text = _SECOND.sub("s", text).translate(_SIGNS)
    text = _SIGN_INSIDE.sub(r"\1.\3\2", unicodedata.normalize("NFKC", text).strip())
    text = _LABELLED.sub(r"\1", text.replace("\u3000", " "))
    return _BLANKS.sub(" ", _SMALL.sub(lambda found: found[0].upper(), text))


def parse_angle(text: str) -> Angle:
    """Read one angle.

    >>> parse_angle("120.25")
    Angle(degrees=120.25, step=0.01, axis='', fault='')
    >>> round(parse_angle("N30度15分20秒").degrees, 6), parse_angle("N30度15分20秒").axis
    (30.255556, 'lat')
    >>> parse_angle("120°75′").fault
    'range'
    """
    return parse_folded(fold(text))


def parse_folded(text: str) -> Angle:
    """Read one angle whose signs are already folded."""
    if not text:
        return BLANK
    body, axis, sign = _strip_direction(text)
    read = _read(body)
    if read.fault:
        return Angle(math.nan, axis=axis, fault=read.fault)
    return Angle(sign * read.degrees, read.step, axis)


def _strip_direction(text: str) -> tuple[str, str, float]:
    """Take the direction off either end: the rest, the axis, the sign."""
    axis, sign = "", 1.0
    for mark in ("E", "W", "N", "S"):
        body = text.removeprefix(mark) if text.startswith(mark) else text.removesuffix(mark)
        if body != text and not _SCIENTIFIC.fullmatch(text):
            text, axis, sign = body, "lon" if mark in "EW" else "lat", -1.0 if mark in "WS" else 1.0
            break
    text = text.strip(" :")
    if text.startswith(("-", "+")):
        sign *= -1.0 if text[0] == "-" else 1.0
        text = text[1:].lstrip()
    return text, axis, sign


def _read(text: str) -> Angle:
    """Read an unsigned angle without direction."""
    if _COMMA.fullmatch(text):  # a decimal comma
        text = text.replace(",", ".")
    if found := _DECIMAL.fullmatch(text):
        return _finite(Angle(float(found[1]), 10.0 ** -_decimals(found[1])))
    tight = text.replace(" ", "")
    for pattern, body in ((_MARKED, tight), (_SPACED, text), (_DOTTED, text)):
        if found := pattern.fullmatch(body):
            return _sexagesimal(*found.groups())
    if _SCIENTIFIC.fullmatch(text):
        return Angle(math.nan, fault="range" if float(text) > 360 else "unreadable")
    return UNREADABLE


def _sexagesimal(degrees: str, minutes: str | None, seconds: str | None) -> Angle:
    """Join degree, minute and second; 60 of the last one is what a program made of 59.999…, more is no angle."""
    parts = (float(degrees), float(minutes or 0), float(seconds or 0))
    last = parts[1] if seconds is None else parts[2]
    if last > 60 or (seconds is not None and (parts[1] >= 60 or "." in (minutes or ""))):
        return Angle(math.nan, fault="range")
    if seconds is not None:
        step = 10.0 ** -_decimals(seconds) / 3600
    else:
        step = 10.0 ** -_decimals(minutes) / 60 if minutes is not None else 1.0
    return _finite(Angle(parts[0] + parts[1] / 60 + parts[2] / 3600, step))


def _finite(angle: Angle) -> Angle:
    return angle if math.isfinite(angle.degrees) else UNREADABLE


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])
