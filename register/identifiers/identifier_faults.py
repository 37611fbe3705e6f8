"""Faults of identifiers, as values with words in both languages.

A fault names a position, the character found there and the one expected.  It never
repeats the whole value: identifiers may embed a person's number.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum

from minglu.common.bilingual import Bilingual


class Code(Enum):
    """Codes of value faults, each with its meaning in Chinese and English."""

    ID_DAMAGED = ("被表格软件舍入的数字", "a number that a spreadsheet rounded")
    ID_PLACEHOLDER = ("占位值，不代表任何单位", "a placeholder that names nobody")
    ID_LENGTH = ("位数不对", "wrong length")
    ID_CHARACTER = ("含有不允许的字符", "a character that may not stand there")
    ID_CHECK = ("校验位不符", "the check character does not fit")
    ID_AMBIGUOUS = ("无法判断是税号还是注册号", "tax number or registration number, can't be told")
    ID_PERSONAL = ("含个人身份号码或电话，已隐去", "holds a person's identity or telephone number, withheld")
    ID_PREFIX = ("登记管理部门或类别代码未知", "unknown registering department or class")
    ID_MOVED = ("填在其他号码的栏内", "stands in another number's column")
    IND_CODE = ("不是 GB/T 4754 行业代码", "no GB/T 4754 industry code")
    ID_CONFLICT = ("两个号码互相矛盾", "two numbers contradict each other")
    DATE_UNREADABLE = ("日期无法识别", "a date that can't be read")
    SIZE_UNREADABLE = ("规模或管理类别无法识别", "a size or permit class that can't be read")
    TEXT_DAMAGED = ("乱码，文字已无法还原", "text that a wrong encoding destroyed")
    TEXT_DATE = ("被表格软件变成日期的内容", "a value that a spreadsheet turned into a date")
    TEXT_CHARACTER = ("含未收录的字符，原样保留", "a character that no table knows, kept as it is")
    CELL_ERROR = ("单元格是公式错误值", "a cell that holds a formula's error")
    CELL_FORMULA = ("公式没有计算结果", "a formula without a stored result")
    STATUS_UNCLEAR = ("状态用语无法判断", "a status that can't be decided")
    TEXT_LENGTH = ("过长，不是名称或地址", "too long for a name or an address")

    @property
    def zh(self) -> str:
        """The meaning in Chinese."""
        return self.value[0]

    @property
    def en(self) -> str:
        """The meaning in English."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one value; `position` counts characters of the compact value from 1."""

    code: Code
    zh: str
    en: str
    position: int | None = None
    found: str = ""
    expected: str = ""

    @property
    def reason(self) -> Bilingual:
        """Both languages, as tables store them."""
        return Bilingual(self.zh, self.en)


def wrong_length(found: int, expected: str) -> Fault:
    """Return the fault of a value that is too short or too long.

    >>> wrong_length(17, "18").reason
    '有 17 位，应为 18 位 / 17 characters; expected 18'
    """
    return Fault(
        Code.ID_LENGTH,
        f"有 {found} 位，应为 {expected} 位",
        f"{found} characters; expected {expected}",
        found=str(found),
        expected=expected,
    )


def wrong_text_length(found: int, most: int) -> Fault:
    """Return the fault of a text that nobody could have meant as a name or an address."""
    return Fault(Code.TEXT_LENGTH, f"{found} 字，应不超过 {most} 字", f"{found:,} letters; expected at most {most}")


def telephone() -> Fault:
    """Return the remark on a telephone number in the column of a code; nothing of it is repeated."""
    return Fault(
        Code.ID_PERSONAL, "填的是电话号码，不予保存", "holds a telephone number in place of a code and is withheld"
    )


def damaged_text() -> Fault:
    """Return the fault of a text in which an encoding destroyed characters."""
    return Fault(
        Code.TEXT_DAMAGED,
        "乱码：文件经错误的编码转换，文字已丢失；请让提供单位以 UTF-8 重新导出",
        "characters were lost in a wrong encoding; ask the sender to export the list again as UTF-8",
    )


def turned_into_date() -> Fault:
    """Return the fault of a name, address or code that is a date and nothing else."""
    return Fault(
        Code.TEXT_DATE,
        "整格是日期：多为表格软件误转（如门牌 3-5），请将该列设为文本后重新导出",
        "the whole cell is a date, mostly made by a spreadsheet (of 3-5); format the column as text and export again",
    )


def unknown_character(characters: str) -> Fault:
    """Return the remark on characters that are unassigned or private; they are kept.

    >>> unknown_character(chr(0xE000)).en
    'U+E000 is assigned to no character; kept, it keeps names apart'
    """
    points = "、".join(f"U+{ord(one):04X}" for one in characters)
    return Fault(
        Code.TEXT_CHARACTER,
        f"{points} 未被编码标准收录（自造字或新增字），原样保留，作为不同的字比较",
        f"{points.replace('、', ', ')} is assigned to no character; kept, it keeps names apart",
    )


def wrong_character(position: int, found: str, expected: str, expected_zh: str) -> Fault:
    """Return the fault of one character that may not stand where it stands.

    >>> wrong_character(17, "I", "a digit", "数字").reason
    "第 17 位是 'I'，应为数字 / character 17 is 'I'; expected a digit"
    """
    seen = visible(found)
    return Fault(
        Code.ID_CHARACTER,
        f"第 {position} 位是 {seen}，应为{expected_zh}",
        f"character {position} is {seen}; expected {expected}",
        position=position,
        found=found,
        expected=expected,
    )


def wrong_check(position: int, found: str, expected: str) -> Fault:
    """Return the fault of a check character; one of the characters before it may be the wrong one.

    >>> wrong_check(18, "Z", "3").en
    "check character 18 is 'Z'; the others ask for '3'"
    """
    return Fault(
        Code.ID_CHECK,
        f"第 {position} 位校验位是 {visible(found)}，按其余各位应为 {visible(expected)}",
        f"check character {position} is {visible(found)}; the others ask for {visible(expected)}",
        position=position,
        found=found,
        expected=expected,
    )


def damaged() -> Fault:
    """Return the fault of a number that lost digits in a spreadsheet."""
    return Fault(
        Code.ID_DAMAGED,
        "被表格软件按数字舍入，后几位已丢失；请将该列设为文本后重新导出",
        "a number that a spreadsheet rounded, its last digits are lost; format the column as text and export again",
    )


def placeholder() -> Fault:
    """Return the fault of a value that stands for "no number"."""
    return Fault(Code.ID_PLACEHOLDER, "占位值，不代表任何单位", "a placeholder that names nobody")


def personal() -> Fault:
    """Return the remark on a value that embeds a person's number; nothing of it is repeated."""
    return Fault(
        Code.ID_PERSONAL,
        "号码含个人身份号码，不予保存",
        "the number holds a person's identity number and is withheld",
    )


def visible(character: str) -> str:
    """Return a character in quotes, or its code point where it can't be seen.

    >>> visible("A"), visible(chr(0x202E))
    ("'A'", 'U+202E')
    """
    if len(character) == 1 and unicodedata.category(character)[0] in "CZM":
        return f"U+{ord(character):04X}"
    return f"'{character}'"
