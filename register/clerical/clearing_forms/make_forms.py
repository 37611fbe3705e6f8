"""Forms out: from a finished run to one workbook per form and area, and the summary.  Never into the run folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from minglu.register.clerical.area_levels import IN_COUNTY, require_level
from minglu.register.clerical.clearing_forms.form_columns_by_class import SCHEMA, sheet_columns
from minglu.register.clerical.clearing_forms.form_rows import FormPart, plan_forms
from minglu.register.clerical.clearing_forms.form_rules import FormRule, load_forms
from minglu.register.clerical.clearing_forms.form_summary import write_summary
from minglu.register.clerical.form_columns import Column, pages_across
from minglu.register.clerical.form_workbook import NUMBER, Form, write_forms
from minglu.register.clerical.returned_workbook import hidden_texts
from minglu.register.clerical.round_trip import hand_out, header_of
from minglu.register.language.code_labels import SOURCE_CLASSES, call

BLANK_LINES = 15
"""Lines for units that are not on the form."""
NEW_MARK, NEW_WORD = "N", "新增 new"
SUMMARY = "清查汇总表.xlsx"


@dataclass(frozen=True, slots=True)
class FormsMade:
    """What was written."""

    files: tuple[Path, ...]
    units: Mapping[str, int]
    """Form -> units on it."""
    left_out: Mapping[str, int]
    """Source class without a form -> kept units."""

    def lines(self, language: str) -> list[str]:
        """Describe what was written, which kept units are on no form, and what comes next."""
        zh, folder = language == "zh", self.files[0].parent
        lines = [f"  {name}: {units}" for name, units in self.units.items()]
        lines += [
            f"  没有对应清查表的源类“{call(SOURCE_CLASSES, name)[0]}”：{units} 个单位"
            if zh
            else f"  no form for the class {call(SOURCE_CLASSES, name)[1]}: {units} units"
            for name, units in self.left_out.items()
        ]
        lines.append(
            f"下一步：填写并选择“核查结果”，再运行 minglu forms apply {folder} --census 配置文件 --by 姓名"
            if zh
            else f"next: fill in, choose 核查结果, then minglu forms apply {folder} --census CENSUS.toml --by NAME"
        )
        return lines


def make_forms(out: Path, to: Path, *, by: str = "township", own: Path | None = None) -> FormsMade:
    """Write the clearing forms of the run `out` and their summary into the folder `to`.

    `by` is one of IN_COUNTY, `own` a file of rules that replaces forms.  Raises SourceError where `out` is no run or
    not as its manifest says, UsageError where `to` lies in a run, ExistsError where a form is there already.
    """
    require_level(by, IN_COUNTY)
    rules = load_forms(own)
    header = header_of(out)._asdict()
    plan = plan_forms(out, rules, by)
    counted = {f"{part.form} {part.area}": len(part.units) for part in plan.parts}
    books: dict[str, Callable[[Path], None]] = {}
    for part in plan.parts:
        rule = rules.forms[part.form]
        columns = sheet_columns(rule, rules, personal=plan.personal)
        own_header = {**header, "sheets": counted, "round": f"{part.form} {part.area}", "form": part.form}
        writer = partial(write_form, header=own_header, part=part, rule=rule, columns=columns)
        books[f"{rule.title}_{part.area}.xlsx"] = writer
    books[SUMMARY] = partial(write_summary, title=header["census"], out=out, by=by)
    files = hand_out(to, books)
    units: dict[str, int] = {}
    for part in plan.parts:
        units[rules.forms[part.form].title] = units.get(rules.forms[part.form].title, 0) + len(part.units)
    return FormsMade(files, units, plan.left_out)


def write_form(
    path: Path, header: Mapping[str, Any], part: FormPart, rule: FormRule, columns: tuple[Column, ...]
) -> None:
    """Write one form of one area; the hidden keys hold every cell as written."""
    rows = [{**unit["shown"], NUMBER: str(number)} for number, unit in enumerate(part.units, 1)]
    blank = [{NUMBER: f"{NEW_MARK}{number}", "unit_id": NEW_WORD} for number in range(1, BLANK_LINES + 1)]
    keys = [
        {"shown": row, "unit": unit["unit_id"], "anchors": [asdict(one) for one in unit["anchors"]]}
        for row, unit in zip(rows, part.units, strict=True)
    ]
    keys += [{"shown": row, "unit": "", "anchors": []} for row in blank]
    about = {**header, "columns": [column._asdict() for column in columns], "title": rule.title}
    form = Form(sheet_title(rule.title), columns, [*rows, *blank], across=pages_across(columns))
    write_forms(path, f"{header['census']} {rule.title}", [form], hidden_texts(SCHEMA, about, keys))


def sheet_title(title: str) -> str:
    """Return the name of a form's sheet: at most 31 characters, none that a sheet's name may not hold."""
    return "".join(character for character in title if character not in "[]:*?/\\")[:31]
