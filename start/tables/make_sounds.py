"""Make matching/rules/sounds.txt: one tone-less reading per character.  A maker for developers; never shipped.

    pip install pypinyin==0.55.0          (MIT; its table of readings is the only thing taken)
    python start/tables/make_sounds.py > matching/rules/sounds.txt

Kept are the characters that GBK can write (20,902 ideographs plus those of its compatibility
block): an office that stores lists in GBK or GB18030's two-byte part can hold nothing else.
The first reading is the most common one in that table; `REGISTER` overrides it where the names
of firms, people and places read the character otherwise.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict

from pypinyin.pinyin_dict import pinyin_dict  # type: ignore[import-not-found]

# The reading that a character has in names of firms, places and families, where it is not the first one.
REGISTER = {
    "长": "chang", "重": "chong", "乐": "le", "翟": "zhai", "厦": "xia", "朝": "chao", "行": "hang", "查": "zha",
    "盖": "gai", "尉": "yu", "覃": "qin", "洗": "xi", "盛": "sheng", "藏": "zang", "宿": "su", "调": "diao",
    "校": "xiao", "车": "che", "石": "shi", "参": "shen", "薄": "bo", "弄": "long", "地": "di", "大": "da",
    "的": "de", "和": "he", "都": "du", "铺": "pu", "泊": "bo", "场": "chang", "堡": "bao", "干": "gan",
    "系": "xi", "服": "fu", "仔": "zai", "只": "zhi", "发": "fa", "强": "qiang", "沈": "shen", "涌": "yong",
    "曾": "zeng", "单": "dan", "解": "xie", "仇": "qiu", "任": "ren", "华": "hua", "区": "qu", "万": "wan",
    "宁": "ning", "卜": "bu", "燕": "yan", "葛": "ge", "奇": "qi", "阿": "a", "茄": "qie", "番": "fan",
    "六": "liu", "蚌": "beng", "丽": "li", "台": "tai", "会": "hui", "传": "chuan", "合": "he", "更": "geng",
}  # fmt: skip

U_UMLAUT = str.maketrans(dict.fromkeys("üǖǘǚǜ", "v"))


def toneless(reading: str) -> str:
    """Drop the tone: zhāng -> zhang; ü is written v, as people type it."""
    plain = unicodedata.normalize("NFD", reading.translate(U_UMLAUT))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def in_gbk(character: str) -> bool:
    """Return whether GBK can write `character`."""
    try:
        return len(character.encode("gbk")) == 2
    except UnicodeEncodeError:
        return False


def main() -> None:
    """Print one line per syllable: the syllable, a space, its characters in code order."""
    readings: dict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        if in_gbk(character) and code in pinyin_dict:
            first = pinyin_dict[code].split(",")[0]
            readings[REGISTER.get(character) or toneless(first)].append(character)
    for syllable in sorted(readings):
        sys.stdout.write(f"{syllable} {''.join(readings[syllable])}\n")


if __name__ == "__main__":
    main()
