"""Text before it is parsed: one spelling of brackets and signs, and Chinese numerals.  No names, no addresses here.

Every function here is total and idempotent: it takes any string, and a second run changes nothing.
Cleaning proper (NFKC, traditional characters, zero-width characters) is the register's; what is done here makes
the parsers safe on text that nobody cleaned.
"""

from __future__ import annotations

import re
import unicodedata

_OPEN, _CLOSE = "（﹙〔【［｛{[〈《<「『", "）﹚〕】］｝}]〉》>」』"
_DASHES = "－—–‐‑‒―−﹣~～〜一_"[:-2] + "_"
_SIGNS = {ord(c): "(" for c in _OPEN} | {ord(c): ")" for c in _CLOSE} | {ord(c): "-" for c in _DASHES}
_SIGNS |= {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F) if chr(code) not in "{}[]<>~_-()"}
_SIGNS |= dict.fromkeys(map(ord, " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\ufeff\u2060\u00ad"), "")
_SIGNS |= (
    {ord(c): "、" for c in ",，;；|"} | {ord(c): ":" for c in "：﹕∶"} | {ord(c): "" for c in "\"'“”‘’`´*＊?？!！。"}
)
_SIGNS |= {code: chr(code - 32) for code in range(ord("a"), ord("z") + 1)}
_SIGNS |= {0xFF41 + i: chr(ord("A") + i) for i in range(26)} | {0xFF21 + i: chr(ord("A") + i) for i in range(26)}
_PLAIN = re.compile(r"[A-Z0-9()\-、:.#/&+@一-鿿]*")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "幺": 1}
_DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERAL_CHARACTERS = "".join(_DIGITS) + "".join(_UNITS) + "廿卅"
_NUMERAL_RUN = re.compile(f"[{NUMERAL_CHARACTERS}]+")
_WRITTEN = "零一二三四五六七八九"


def tidy(text: str) -> str:
    """Return `text` with one kind of bracket, dash and separator, capital Latin characters and no blanks.

    >>> tidy("东方餐饮（杭州）有限公司 ａ座")
    '东方餐饮(杭州)有限公司A座'
    """
    if _PLAIN.fullmatch(text):
        return text
    short = text.translate(_SIGNS)
    return short if _PLAIN.fullmatch(short) else _settle(short)


def _settle(text: str) -> str:
    """Normalise rare characters until nothing changes: NFKC may give signs, and signs may give characters."""
    for _ in range(4):
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper()).translate(_SIGNS)
        plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C" and not c.isspace())
        if plain == text:
            break
        text = plain
    return text


def without_brackets(text: str) -> str:
    """Drop bracket signs, keep what stands inside."""
    return text.replace("(", "").replace(")", "")


def read_numeral(text: str) -> int | None:
    """Return the value of a Chinese numeral, or None where `text` is none.

    Reads both habits: by place (二十三, 一百零五, 廿三) and digit by digit (二三, 一〇五).

    >>> read_numeral("二十三"), read_numeral("一〇五"), read_numeral("百货")
    (23, 105, None)
    """
    text = text.replace("廿", "二十").replace("卅", "三十")
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    return _read_places(text)


def _read_places(text: str) -> int | None:
    """Read a numeral that names its places; None where their order makes no sense (十百, 二十二十)."""
    total, digit, last = 0, -1, 10_000
    for character in text:
        unit = _UNITS.get(character)
        if unit is None:
            if digit > 0:
                return None
            digit = _DIGITS[character]
            continue
        if unit >= last or (digit <= 0 and (total or unit > 10)):
            return None
        total, digit, last = total + max(digit, 1) * unit, -1, unit
    return total + max(digit, 0)


def write_numeral(value: int) -> str:
    """Write 1 to 9999 as a Chinese numeral: 23 -> 二十三, 105 -> 一百零五.

    >>> write_numeral(14), write_numeral(2010)
    ('十四', '二千零一十')
    """
    if not 1 <= value <= 9999:
        message = f"only 1 to 9999 are written, not {value}"
        raise ValueError(message)
    written, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            written += ("零" if gap and written else "") + _WRITTEN[digit] + sign
        gap = not digit
    return written.removeprefix("一") if 10 <= value <= 19 else written


def arabic(text: str) -> str:
    """Replace every Chinese numeral in `text` by digits; a run that is no numeral stays (百货, 千百).

    Call it only where a number is expected: 三 in a brand is not a number.

    >>> arabic("二十三号之一")
    '23号之1'
    """
    return _NUMERAL_RUN.sub(_as_digits, text)


def _as_digits(match: re.Match[str]) -> str:
    value = read_numeral(match[0])
    return match[0] if value is None else str(value)
