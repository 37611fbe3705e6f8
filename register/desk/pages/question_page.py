"""Review: one question a page, answered by key or button; what it changes is shown before and after."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from minglu.errors import MingluError, UsageError
from minglu.register.clerical.decisions import DIFFERENT, SAME_LEGAL, SAME_SITE, WORDS
from minglu.register.desk.answer_questions import DROP, SPLIT, Effect, Filter, Given
from minglu.register.desk.page_rendering import desk_of, questions_of, render, session_of
from minglu.register.desk.queries.open_questions import TOWNSHIP, read_card
from minglu.register.language.code_labels import LIST_KINDS, SOURCE_CLASSES

BUTTONS = (("1", SAME_SITE), ("2", SAME_LEGAL), ("3", DIFFERENT))
LONGEST_WHY = 500
MOST_LISTED = 30
KINDS = {"site": ("是否同一单位", "one unit?"), "legal": ("是否同一法人", "one legal unit?")}


def show(request: Request) -> Response:
    """Show the next question that nobody else has, or the one that is asked for."""
    session, desk, questions = session_of(request), desk_of(request), questions_of(request)
    if desk.may_judge and not session.name:
        return RedirectResponse("/who?back=/review", 303)
    wanted = _filter(request)
    asked = request.query_params
    step = {"next": 1, "before": -1}.get(asked.get("go", ""), 0)
    question = questions.take(session.number, wanted, at=asked.get("at", ""), step=step)
    waiting = questions.open(wanted)
    values: dict[str, Any] = {
        "question": question,
        "message": session.take_message(),
        "wanted": wanted,
        "waiting": waiting[:MOST_LISTED],
        "left": len(waiting),
        "total": len(questions.questions),
        "seconds": questions.seconds_each(),
        "choices": _choices(request),
        "query": urlencode({key: value for key, value in asked.items() if key in FILTERS and value}),
        "kinds": KINDS,
        "words": WORDS,
    }
    if question is not None:
        effects = {relation: questions.effect(question, relation) for _, relation in BUTTONS}
        buttons = [(key, relation, effect_words(effects[relation], relation)) for key, relation in BUTTONS]
        values |= {"card": read_card(desk.run, desk.queries, question), "buttons": buttons}
    return render(request, "question.html", **values)


FILTERS = ("township", "list", "kind", "source_class")


async def answer(request: Request) -> Response:
    """Take an answer; the next question follows."""
    desk, session, questions = desk_of(request), session_of(request), questions_of(request)
    if not desk.may_judge or not session.name:
        raise UsageError(
            en="This desk is read-only. Open it with --by NAME --census CENSUS.toml to answer.",
            zh="本工作台只读。如需判定，请用 --by 姓名 --census CENSUS.toml 打开。",
        )
    form = await request.form()
    posted = {key: str(value) for key, value in form.items()}
    key, relation, today = posted.get("key", ""), posted.get("answer", ""), time.strftime("%Y-%m-%d")
    back: dict[str, str] = {key: posted[key] for key in FILTERS if posted.get(key)}
    try:
        if relation == "later":
            questions.postpone(session.number, key)
        elif relation == "undo":
            undone = questions.undo(session.name, on=today)
            session.message = _undone(undone)
            back |= {"at": undone} if undone else {}
        else:
            rows = {name[4:]: how for name, how in posted.items() if name.startswith("row_") and how in {SPLIT, DROP}}
            given = Given(relation, posted.get("why", "").strip()[:LONGEST_WHY], rows)
            effect, lines = questions.answer(session.number, key, given, by=session.name, on=today)
            zh, en = effect_words(effect, relation)
            span = f"{lines[0]}–{lines[-1]}" if len(lines) > 1 else f"{lines[0]}"
            session.message = (
                f"已记入第 {span} 行：{WORDS[relation][0]}。{zh}",
                f"Line {span}: {WORDS[relation][1]}. {en}",
            )
    except MingluError as error:
        session.message = (f"未采用。{error.zh}", f"Not taken. {error.en}")
        back |= {"at": key}
    return RedirectResponse(f"/review?{urlencode(back)}" if back else "/review", 303)


def show_map(request: Request) -> Response:
    """Send what the map of a question draws: the points of its rows by side, and a line between the two shown."""
    desk, question = desk_of(request), questions_of(request).by_key.get(request.query_params.get("key", ""))
    if question is None:
        return JSONResponse({"step": 1, "districts": [], "points": []})
    card = read_card(desk.run, desk.queries, question)
    points = [
        {"lon": row["lon"], "lat": row["lat"], "side": row["side"], "label": f"{row['label']} {row['name']}"}
        for row in card.rows
    ]
    placed = desk.queries.rows(
        "SELECT DISTINCT district_code FROM placements WHERE unit_id IN (SELECT unnest($units)) "
        "AND district_code IS NOT NULL ORDER BY district_code",
        {"units": sorted({row["unit_id"] for row in card.rows})},
    )
    drawing = desk.map.drawing([row["district_code"] for row in placed], points)
    ends = [row for row in card.rows if row["entry_id"] in {question.row["left"], question.row["right"]}]
    if card.distance_m is not None:
        drawing["lines"] = [[[row["lat"], row["lon"]] for row in ends]]
    return JSONResponse(drawing)


def choose_person(request: Request) -> Response:
    """Ask who sits there, where several people may answer."""
    return render(request, "who.html", back=request.query_params.get("back", "/review"))


async def set_person(request: Request) -> Response:
    """Remember who sits there; only the names that the desk was opened with."""
    form = await request.form()
    name = str(form.get("name", ""))
    if name in desk_of(request).options.names:
        session_of(request).name = name
    return RedirectResponse("/review", 303)


def effect_words(effect: Effect, relation: str) -> tuple[str, str]:
    """Describe what an answer changes."""
    if effect.after < effect.before:
        zh, en = (f"{effect.before} 个单位并为 {effect.after} 个", f"{effect.before} units become {effect.after}")
    elif relation == SAME_SITE:
        zh, en = "维持一个单位", "stays one unit"
    elif effect.before == 1:
        zh, en = "现为一个单位，将拆开", "is one unit now, to be taken apart"
    else:
        zh, en = f"{effect.before} 个单位，不合并", f"{effect.before} units, not joined"
    if effect.vanish:
        zh, en = f"{zh}；另有 {effect.vanish} 题随之解决", f"{en}; {effect.vanish} further questions are settled"
    return zh, en


def _undone(key: str | None) -> tuple[str, str]:
    if key is None:
        return (
            "本次没有可撤销的判定；更早的请用 minglu review undo。",
            "Nothing to undo here; for earlier answers use minglu review undo.",
        )
    return "已撤销上一条判定（原记录保留在链中）。", "The last answer is undone (it stays in the chain, marked)."


def _filter(request: Request) -> Filter:
    return Filter(**{name: request.query_params.get(name, "") for name in FILTERS})


def _choices(request: Request) -> list[tuple[str, tuple[str, str], list[tuple[str, tuple[str, str]]]]]:
    """Return name, words and options of every filter."""
    questions = questions_of(request).questions
    townships = sorted({one for question in questions for one in question.townships if len(one) == TOWNSHIP})
    lists = sorted({one for question in questions for one in question.lists})
    classes = sorted({one for question in questions for one in question.classes if one})
    return [
        ("township", ("乡镇", "township"), [(code, (code, code)) for code in townships]),
        ("list", ("名单", "list"), [(name, LIST_KINDS.get(name, (name, name))) for name in lists]),
        ("kind", ("问题", "question"), list(KINDS.items())),
        ("source_class", ("源类", "class"), [(name, SOURCE_CLASSES.get(name, (name, name))) for name in classes]),
    ]
