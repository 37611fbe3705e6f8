"""The bulletin of progress 工作简报: as an official paper, as an offline page, and as numbers for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from minglu.register.clerical.area_levels import UNPLACED
from minglu.register.clerical.round_trip import hand_out
from minglu.register.language.code_labels import LEVELS, SOURCE_CLASSES, call, date
from minglu.register.report.html.assets import asset, open_template
from minglu.register.report.office.official_paper import (
    add_front,
    add_heading,
    add_signature,
    add_table,
    add_text,
    add_title,
    empty_document,
    write_document,
)
from minglu.register.storage.run_folder import write_json
from minglu.register.verification.progress.count_progress import (
    COUNTED,
    RESULTS,
    Progress,
    count_progress,
    increase,
    require_day,
)

PAPER, PAGE, NUMBERS = "工作简报.docx", "progress.html", "progress.json"
SCHEMA = "minglu/progress/1"
MOST_LAGGARDS = 10
WORDS: Mapping[str, tuple[str, str]] = {
    "listed": ("应清查", "listed"),
    "visited": ("已清查", "visited"),
    "confirmed": ("确认", "confirmed"),
    "corrected": ("更正", "corrected"),
    "closed": ("关闭", "closed"),
    "not_found": ("现场未找到", "not found"),
    "duplicate": ("重复", "duplicate"),
    "new": ("新增", "new"),
}
WIDTHS_MM = (32, 16, 16, 14, 14, 14, 18, 14, 14, 18)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Progress at one time, what it gained since another, and how areas are called."""

    title: str
    by: str
    now: Progress
    since: str
    """The day it is compared with, "" for none."""
    before: Progress | None

    @property
    def gained(self) -> dict[str, int]:
        """What each column gained since the day it is compared with."""
        return increase(self.now, self.before) if self.before is not None else {}


def make_bulletin(
    outs: Sequence[Path], to: Path, *, by: str = "township", until: str = "", since: str = "", name: str = ""
) -> tuple[tuple[Path, ...], Bulletin]:
    """Write paper, page and numbers of the progress of runs into the folder `to`, all or none.

    `until` and `since` are days; without `until` every fact counts, with `since` the gain from that day on is shown.
    Raises what `count_progress` does, UsageError for what is no day, ExistsError for a file that is there.
    """
    until, since = require_day(until, "--until"), require_day(since, "--since")
    now = count_progress(outs, by, until)
    before = count_progress(outs, by, since) if since else None
    bulletin = Bulletin(name or "、".join(now.census), by, now, since, before)
    books = {
        PAPER: partial(_write_paper, bulletin),
        PAGE: partial(_write_page, bulletin),
        NUMBERS: partial(_write_numbers, bulletin),
    }
    return hand_out(to, books), bulletin


def progress_lines(bulletin: Bulletin, language: str) -> list[str]:
    """Describe the progress for a terminal: the whole in one line, then the areas that are behind."""
    zh = language == "zh"
    now = bulletin.now
    lines = [_whole(bulletin)[0 if zh else 1]]
    for area in now.laggards()[:MOST_LAGGARDS]:
        done = f"{now.total('visited', area):,}/{now.total('listed', area):,} ({now.share(area):.0%})"
        lines.append(f"  进度滞后：{_area_name(area)[0]} {done}" if zh else f"  behind: {_area_name(area)[1]} {done}")
    if now.lost:
        lines.append(
            f"  {now.lost} 条现场记录的单位在现有名单中找不到，未计入"
            if zh
            else f"  {now.lost} facts are about units that the lists do not hold any more: not counted"
        )
    return lines


def _whole(bulletin: Bulletin) -> tuple[str, str]:
    """Describe the whole in Chinese and English."""
    now = bulletin.now
    n = {kind: now.total(kind) for kind in COUNTED}
    results_zh = "、".join(f"{WORDS[kind][0]} {n[kind]:,} 家" for kind in RESULTS)
    results_en = ", ".join(f"{n[kind]:,} {WORDS[kind][1]}" for kind in RESULTS)
    day_zh, day_en = date(now.until) if now.until else ("目前", "now")
    return (
        (
            f"截至{day_zh}，应清查单位 {n['listed']:,} 家，已清查 {n['visited']:,} 家，完成 {now.share():.1%}；"
            f"其中{results_zh}；另新增 {n['new']:,} 家。"
        ),
        (
            f"Until {day_en}, {n['visited']:,} of {n['listed']:,} units were visited ({now.share():.1%}): "
            f"{results_en}; {n['new']:,} new units were found."
        ),
    )


def _gain(bulletin: Bulletin) -> tuple[str, str]:
    gained = bulletin.gained
    parts_zh = "、".join(f"{WORDS[kind][0]} {gained[kind]:+,} 家" for kind in ("visited", *RESULTS, "new"))
    parts_en = ", ".join(f"{gained[kind]:+,} {WORDS[kind][1]}" for kind in ("visited", *RESULTS, "new"))
    day_zh, day_en = date(bulletin.since)
    return f"与{day_zh}相比：{parts_zh}。", f"Since {day_en}: {parts_en}."


def _area_name(area: str) -> tuple[str, str]:
    return ("未定位", "in no district") if area == UNPLACED else (area, area)


def _lines(bulletin: Bulletin, *, classes: bool) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """Yield a name in both languages and the counts of each area or class, the whole last."""
    now = bulletin.now
    for key in now.classes() if classes else now.areas():
        name = call(SOURCE_CLASSES, key) if classes else _area_name(key)
        chosen = {"source_class": key} if classes else {"area": key}
        yield name, {kind: now.total(kind, **chosen) for kind in COUNTED} | {"share": now.share(**chosen)}
    yield ("合计", "all"), {kind: now.total(kind) for kind in COUNTED} | {"share": now.share()}


def _write_paper(bulletin: Bulletin, path: Path) -> None:
    document = empty_document(bulletin.title)
    add_front(document)
    add_title(document, f"{bulletin.title}工作简报")
    add_heading(document, "一、总体进度")
    add_text(document, _whole(bulletin)[0])
    if bulletin.since:
        add_text(document, _gain(bulletin)[0])
    header = ["", *(zh for zh, _ in WORDS.values()), "完成比例"]
    for number, title, classes in (
        ("二", f"各地进度（{call(LEVELS, bulletin.by)[0]}）", False),
        ("三", "各源类进度", True),
    ):
        add_heading(document, f"{number}、{title}")
        rows = [
            [name[0], *(counts[kind] for kind in COUNTED), f"{counts['share']:.1%}" if counts["listed"] else "—"]
            for name, counts in _lines(bulletin, classes=classes)
        ]
        add_table(document, title, ["源类" if classes else "区划", *header[1:]], rows, WIDTHS_MM)
    add_heading(document, "四、进度滞后地区")
    behind = bulletin.now.laggards()[:MOST_LAGGARDS]
    shares = "；".join(f"{_area_name(area)[0]} {bulletin.now.share(area):.1%}" for area in behind)
    add_text(document, f"低于总体进度的地区：{shares}。" if behind else "各地进度均不低于总体进度。")
    if bulletin.now.lost:
        add_text(document, f"另有 {bulletin.now.lost} 条现场记录的单位在现有名单中找不到，未计入上表。")
    add_signature(document)
    write_document(path, document)


def _write_page(bulletin: Bulletin, path: Path) -> None:
    tables = [
        (("各地进度", "By area"), list(_lines(bulletin, classes=False))),
        (("各源类进度", "By source class"), list(_lines(bulletin, classes=True))),
    ]
    text = open_template("bulletin.html").render(
        title=bulletin.title,
        css=asset("templates/page.css"),
        whole=_whole(bulletin),
        gain=_gain(bulletin) if bulletin.since else None,
        words=WORDS,
        tables=tables,
        behind=set(bulletin.now.laggards()),
        names=dict(zip(map(_area_name, bulletin.now.areas()), bulletin.now.areas(), strict=True)),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_numbers(bulletin: Bulletin, path: Path) -> None:
    now = bulletin.now
    cells = sorted({cell for cell, _ in now.counts})
    content = {
        "schema": SCHEMA,
        "census": list(now.census),
        "by": bulletin.by,
        "until": now.until,
        "since": bulletin.since,
        "total": {kind: now.total(kind) for kind in COUNTED} | {"share": round(now.share(), 6)},
        "gained": bulletin.gained,
        "lost": now.lost,
        "laggards": now.laggards(),
        "cells": [
            {"area": area, "source_class": name} | {kind: now.counts.get(((area, name), kind), 0) for kind in COUNTED}
            for area, name in cells
        ],
    }
    write_json(path, content)
