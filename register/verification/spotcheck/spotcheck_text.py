"""The terminal text of a draw and a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from minglu.register.language.code_labels import SOURCE_CLASSES, call
from minglu.register.verification.spotcheck.draw_sample import ADDED, EXCLUDED
from minglu.register.verification.spotcheck.sampling_plan import BAD_FACTOR
from minglu.register.verification.spotcheck.score_sample import ABOVE, ALL, INDICATORS, NONE_CHECKED, WITHIN
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, LIST_BOOK, LOOKUP_BOOK

Json = Mapping[str, Any]
SEALED: Mapping[bool, tuple[str, str]] = {
    True: ("已封存", "sealed"),
    False: (
        "未封存：无法证明样本不受操纵",
        "not sealed: nobody can show that the register was not made to fit the sample",
    ),
}
KINDS: Mapping[str, tuple[str, str]] = {
    ADDED: ("新增单位", "added units"),
    EXCLUDED: ("排除或删除单位", "units left out or gone"),
}
WRONG, MISSED = ("出错", "wrong"), ("漏查", "missed")
NEXT: Mapping[str, tuple[str, str]] = {
    "accept": (
        "下一步：在普查配置 [census] 中以 spotcheck 写明 score.json（由 --to 生成），下次报告即引用；该文件随档案上报",
        "next: name score.json (see --to) as `spotcheck` under [census] for the next report; hand it up as well",
    ),
    "recheck": (
        "下一步：超限的乡级整乡复查，用 minglu sheets apply 收回，重新生成并封存，再抽样",
        "next: check those townships whole, take that back with minglu sheets apply, build, seal and draw again",
    ),
    "undecided": ("下一步：补齐未答复的行和未走完的小区，再评分", "next: fill in what is missing, then score again"),
}
RULED: Mapping[str, tuple[str, str]] = {
    WITHIN: ("未超限值", "within the limit"),
    ABOVE: ("超过限值", "above the limit"),
    "open": ("待答复", "open: answers are missing"),
    NONE_CHECKED: ("无核查结果", "nothing checked"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "accept": ("未超限值，按规则可通过", "accept: no rate is above its limit"),
    "recheck": (
        "超过限值，须整乡（镇、街道）复查",
        "recheck: a rate is above its limit; the whole township is checked again",
    ),
    "undecided": ("尚不能判定：有未答复或未走完的", "undecided: answers or whole districts are missing"),
}


def draw_lines(design: Json, register: Path, files: Sequence[Path], language: str) -> list[str]:
    """Describe what was drawn, by which rules, what it can show, and what comes next."""
    zh = language == "zh"
    lines = [str(path) for path in files]
    places = (len(design["townships"]), design["townships_in_all"], len(design["districts"]))
    seal = SEALED[design["sealed"]][not zh]
    rules = design["rules"]["pack"]
    lines.append(
        f"名录{seal}；规则 {rules}；抽中乡级 {places[0]}/{places[1]}，走访小区 {places[2]} 个。"
        if zh
        else f"register {seal}; rules {rules}; {places[0]} of {places[1]} townships, {places[2]} districts to walk."
    )
    lines += [_stratum_line(stratum, zh=zh) for stratum in design["strata"]]
    walk = design["walk"]
    if walk["shows"]:
        line = "  走访小区内纳入普查单位" if zh else "  registered units in the districts to walk"
        lines.append(f"{line}: {walk['kept']} {shown_words(walk['shows'], MISSED[not zh], language)}")
    folder = files[0].parent
    lines.append(
        f"下一步：填写 {LIST_BOOK} 和 {AREA_BOOK}（{LOOKUP_BOOK} 留在办公室），再运行 "
        f"minglu spotcheck score {folder} --register {register} --to 结果文件夹"
        if zh
        else f"next: fill in {LIST_BOOK} and {AREA_BOOK} ({LOOKUP_BOOK} stays in the office), then "
        f"minglu spotcheck score {folder} --register {register} --to RESULT"
    )
    return lines


def _stratum_line(stratum: Json, *, zh: bool) -> str:
    language = "zh" if zh else "en"
    line = f"  {stratum_name(stratum)[not zh]}: {stratum['drawn']} / {stratum['total']}"
    return f"{line} {shown_words(stratum['shows'], WRONG[not zh], language)}" if stratum["shows"] else line


def stratum_name(stratum: Json) -> tuple[str, str]:
    """Return what a stratum is called."""
    return KINDS.get(stratum["kind"]) or call(SOURCE_CLASSES, stratum["source_class"])


def shown_words(shows: Mapping[str, float], what: str, language: str) -> str:
    """Describe what a size can show: without an error, and the curve's two points for the limit."""
    limit, bound = shows["limit"], shows["bound_without_error"]
    good, bad = shows["passes_at_limit"], shows["passes_at_twice_limit"]
    if language == "zh":
        return (
            f"（若无一{what}，该率上限 {bound:.1%}；真实率 {limit:.0%} 时通过概率 {good:.0%}，"
            f"{BAD_FACTOR * limit:.0%} 时 {bad:.0%}）"
        )
    return (
        f"(if none is {what}: at most {bound:.1%} are; passes with {good:.0%} chance at {limit:.0%}, "
        f"{bad:.0%} at {BAD_FACTOR * limit:.0%})"
    )


def score_lines(scored: Json, language: str) -> list[str]:
    """Describe the verdict, every rate with its interval, the townships, what the walk says, and what comes next."""
    zh = language == "zh"
    lines = [VERDICTS[scored["verdict"]][not zh]]
    for rate in scored["rates"]:
        every = rate["source_class"] == ALL
        name = "" if every else f"{call(SOURCE_CLASSES, rate['source_class'])[not zh]} "
        lines.append(f"  {'' if every else '  '}{name}{rate_line(rate, language)}")
    for township in scored["townships"]:
        lines.append(f"  {township['township']}: {VERDICTS[township['verdict']][not zh]}")
        lines += [f"    {rate_line(rate, language)}" for rate in township["rates"] if rate["n"] or rate["unanswered"]]
    sample = scored["field_sample"]
    n = (sample["registered"], sample["found"], sample["both"])
    lines.append(
        f"走完 {sample['districts']} 个小区：名录 {n[0]}，实见 {n[1]}，两者皆有 {n[2]}。"
        if zh
        else f"{sample['districts']} districts walked whole: {n[0]} registered, {n[1]} found, {n[2]} on both."
    )
    return [*lines, *_missing_lines(scored, zh=zh), NEXT[scored["verdict"]][not zh]]


def _missing_lines(scored: Json, *, zh: bool) -> list[str]:
    """Describe what was asked and not answered: workbooks, visits, districts; and which walks are in doubt."""
    missing, lines = scored["unanswered"], []
    if missing["books"]:
        books = ", ".join(missing["books"])
        lines.append(f"未收回的工作簿：{books}" if zh else f"did not come back: {books}")
    counts = (missing["visits"], missing["excluded"], missing["districts"])
    if any(counts):
        lines.append(
            f"未作答：核查单位 {counts[0]}，排除单位 {counts[1]}，未走完或存疑小区 {counts[2]}"
            if zh
            else f"not answered: {counts[0]} visits, {counts[1]} excluded units, "
            f"{counts[2]} districts not walked whole, or in doubt"
        )
    lines += [
        f"  {walk['district']}：称已走完，名录 {walk['registered']} 个单位只见到 {walk['seen']} 个，须重新走访"
        if zh
        else f"  {walk['district']}: reported as walked whole, but of {walk['registered']} registered units "
        f"{walk['seen']} were seen: walk it again"
        for walk in scored["walks_doubted"]
    ]
    return lines


def rate_line(rate: Mapping[str, Any], language: str) -> str:
    """Describe one rate: numerator, n, value, both intervals, missing answers, verdict by rule, and what is shown.

    >>> rate = {"indicator": "wrong", "source_class": "all", "errors": 0, "n": 0, "unanswered": 3, "rate": None}
    >>> rate_line(rate | {"by_rule": "none"}, "en")
    'wrong entries: nothing checked, 3 not answered'
    """
    zh = language == "zh"
    name = INDICATORS[rate["indicator"]][not zh]
    missing = (
        (f"，未答复 {rate['unanswered']}" if zh else f", {rate['unanswered']} not answered")
        if rate["unanswered"]
        else ""
    )
    ruled = RULED[rate["by_rule"]][not zh]
    colon = "：" if zh else ": "
    if rate["rate"] is None:
        return f"{name}{colon}{ruled}{missing}"
    low, high = rate["exact"]
    effect = rate["design_effect"]
    spread = f"95 % {low:.2%} – {high:.2%}" + (f", deff {effect:.1f}" if effect and effect > 1 else "")
    value = f"{rate['errors']}/{rate['n']} = {rate['rate']:.2%} ({spread})"
    if rate["limit"] is None:
        return f"{name}{colon}{value}{missing}"
    shown = (
        ("样本足以证明" if rate["shown"] else "样本不足以证明")
        if zh
        else ("shown" if rate["shown"] else "not shown by this sample")
    )
    return f"{name}{colon}{value}{missing}; {rate['limit']:.1%}: {ruled}, {shown}"
