"""`minglu help`: the help of a command, or one of a few topics.  Texts only, each in both languages."""

from __future__ import annotations

from collections.abc import Mapping

EXIT_CODES: Mapping[int, tuple[str, str]] = {
    0: ("无问题", "clean"),
    1: ("有问题", "findings (with --strict also warnings), or nothing found"),
    2: ("用法或配置有误，或结果已存在", "usage or configuration, or the result exists already"),
    3: ("输入不可用", "unusable input"),
    4: ("内部错误", "internal error"),
    5: ("空间、内存或写权限不足", "no room, no memory or no right to write"),
    75: ("被另一运行占用", "locked by another run"),
    130: ("中断", "interrupted"),
}
ENVIRONMENT: Mapping[str, tuple[str, str]] = {
    "MINGLU_LANG=zh|en": ("输出语言", "language"),
    "MINGLU_QUIET=1": ("不显示进度", "no progress"),
    "NO_COLOR=1": ("不用颜色", "no colour"),
    "MINGLU_DEBUG=1": ("显示内部错误的位置", "where an internal error came from"),
}
WORK: Mapping[str, tuple[str, str]] = {
    "minglu init FOLDER": ("生成配置", "a first census file"),
    "minglu build census.toml --out OUT": ("生成名录库", "the register"),
    "minglu desk OUT": ("核定疑似重复、查询（或 review、sheets）", "decide and look up (or review, sheets)"),
    "minglu build ...": ("采用判定后重新生成", "again, with what was decided"),
    "minglu archive seal OUT ...": ("封存，然后 spotcheck、rollup", "seal; then spotcheck, rollup"),
}
TOPICS: Mapping[str, tuple[tuple[str, str], Mapping[str, tuple[str, str]]]] = {
    "exit-codes": (("返回码", "Exit codes"), {str(code): words for code, words in EXIT_CODES.items()}),
    "environment": (("环境变量", "Environment"), ENVIRONMENT),
    "work": (("工作顺序", "Order of the work"), WORK),
}


def topic_lines(name: str, language: str) -> str | None:
    """Return a topic in `language`, or None where there is none of that name."""
    if name not in TOPICS:
        return None
    at, (heading, rows) = int(language == "en"), TOPICS[name]
    wide = max(len(key) for key in rows) + 2
    return "\n".join([heading[at], *(f"  {key:<{wide}}{words[at]}" for key, words in rows.items())])
