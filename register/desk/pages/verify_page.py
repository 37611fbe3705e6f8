"""Verify: a drawn spot check as a list, its forms entered on the screen into the workbooks that were drawn."""

from __future__ import annotations

import threading
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from minglu.errors import MingluError, UsageError
from minglu.register.clerical.form_workbook import NUMBER, Line
from minglu.register.desk.page_rendering import desk_of, render, session_of
from minglu.register.storage.archive_verifier import register_head
from minglu.register.verification.spotcheck.enter_results import SHEETS, ResultBooks, is_filled, require_register

OPENING = threading.Lock()
HIDDEN_FROM_WALKERS = frozenset({"found", "walked"})
"""Sheets whose pages show the boundary alone: who walks must not know what the register has there."""


def show(request: Request) -> Response:
    """Show what was drawn and how far it is entered; without a spot check, how to begin one."""
    books = _books(request)
    shared: dict[str, Any] = {
        "books": books,
        "districts": _districts(request),
        "message": session_of(request).take_message(),
    }
    if books is None:
        return render(request, "verify.html", **shared)
    sheets = {name: books.rows(name) for name in SHEETS}
    walks = []
    for line in sheets["walked"]:
        lines = [one for one in sheets["found"] if one.texts["district"] == line.texts["district"]]
        free = next((one.texts[NUMBER] for one in lines if not _has_text("found", one)), "")
        walks.append((line, [one for one in lines if _has_text("found", one)], free))
    counts = {name: sum(is_filled(name, one) for one in lines) for name, lines in sheets.items()}
    return render(request, "verify.html", sheets=sheets, counts=counts, walks=walks, **shared)


def show_form(request: Request) -> Response:
    """Show the form of one row."""
    sheet, line = _line(request)
    columns = SHEETS[sheet].columns
    desk = desk_of(request)
    values: dict[str, Any] = {
        "sheet": sheet,
        "number": line.texts[NUMBER],
        "locked": [(column, line.texts[column.field]) for column in columns if not column.open],
        "open": [(column, line.texts[column.field]) for column in columns if column.open],
        "unit": line.texts.get("unit_id", "") if sheet not in HIDDEN_FROM_WALKERS else "",
        "district": line.texts.get("district", ""),
        "message": session_of(request).take_message(),
        "person": session_of(request).name,
        "may": desk.may_verify,
    }
    return render(request, "verify_form.html", **values)


async def enter(request: Request) -> Response:
    """Enter a row; it goes back to the list, or to the form where it was not taken."""
    session, desk = session_of(request), desk_of(request)
    if not desk.may_verify or not session.name:
        raise UsageError(
            en="Results can't be entered here. Open the desk with --by NAME --spotcheck FOLDER.",
            zh="此处不能录入。请用 --by 姓名 --spotcheck 文件夹 打开工作台。",
        )
    form = {key: str(value) for key, value in (await request.form()).items()}
    sheet, number = request.path_params["sheet"], request.path_params["number"]
    books = _books(request)
    if sheet not in SHEETS or books is None:
        raise HTTPException(404)
    try:
        books.enter(sheet, number, form)
    except MingluError as error:
        session.message = (f"未采用。{error.zh}", f"Not taken. {error.en}")
        return RedirectResponse(f"/verify/{sheet}/{number}", 303)
    session.message = (f"已录入：{SHEETS[sheet].title} 序号 {number}", f"Entered: {SHEETS[sheet].title} no. {number}")
    return RedirectResponse("/verify", 303)


def show_boundary(request: Request) -> Response:
    """Send the boundary of a district without anything that the register has in it."""
    return JSONResponse(desk_of(request).map.drawing([request.path_params["code"]]))


def _line(request: Request) -> tuple[str, Line]:
    sheet, books = request.path_params["sheet"], _books(request)
    if books is None or sheet not in SHEETS:
        raise HTTPException(404)
    return sheet, books.row(sheet, request.path_params["number"])


def _books(request: Request) -> ResultBooks | None:
    desk, state = desk_of(request), request.app.state
    if desk.options.spotcheck is None:
        return None
    with OPENING:
        if state.books is None:
            books = ResultBooks(desk.options.spotcheck)
            require_register(books, register_head(desk.run))
            state.books = books
        opened: ResultBooks = state.books
        return opened


def _has_text(sheet: str, line: Line) -> bool:
    return any(line.texts[column.field] for column in SHEETS[sheet].columns if column.open)


def _districts(request: Request) -> list[dict[str, Any]]:
    """Return the districts for which field packs are offered, those with most to check first."""
    return desk_of(request).queries.rows(
        "SELECT d.code, d.name, coalesce(c.units, 0) AS units, coalesce(c.to_check, 0) AS to_check FROM districts d "
        "LEFT JOIN coverage c ON c.code = d.code AND c.\"level\" = 'district' "
        "ORDER BY to_check DESC, units DESC, d.code LIMIT 100"
    )
