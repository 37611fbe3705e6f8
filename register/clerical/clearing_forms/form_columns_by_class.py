"""The columns of a clearing form as a sheet: number and identifier, what the rules ask, coordinates, who and when."""

from __future__ import annotations

from minglu.register.clerical.clearing_forms.form_rules import FormRule, FormRules
from minglu.register.clerical.field_facts.fact_chain import ANSWERS
from minglu.register.clerical.form_columns import Column
from minglu.register.clerical.form_workbook import NUMBER

SCHEMA = "minglu/forms/1"
COMMAND = "forms"
RESULTS = {zh: answer for answer, (zh, _) in ANSWERS.items()}
DEGREES = ("lon", "lat")
PARTS = (("d", "度", "degrees"), ("m", "分", "minutes"), ("s", "秒", "seconds"))
FIRST = (
    Column(NUMBER, "序号", "no.", 5),
    Column("identifier", "普查对象识别码", "survey object id", 21),
    Column("district_code", "普查小区代码", "district", 15, open=True),
)
LAST = (
    Column("scope", "是否纳入普查", "in scope", 8, open=True),
    Column("result", "核查结果", "result", 10, open=True, choices=tuple(RESULTS)),
    Column("duplicate_of", "重复单位编号", "duplicate of (unit id)", 13, open=True),
    Column("note", "备注", "remark", 13, open=True),
    Column("filled_by", "填表人", "filled in by", 9, open=True),
    Column("checked_by", "审核人", "checked by", 9, open=True),
    Column("filled_on", "填表时间", "date", 11, open=True),
    Column("unit_id", "单位编号", "unit id", 23),
)


def sheet_columns(form: FormRule, rules: FormRules, *, personal: bool) -> tuple[Column, ...]:
    """Return the columns of a form; those with personal data only where the census keeps them."""
    own = tuple(
        Column(
            one.field,
            one.zh,
            one.en,
            one.width,
            open=not one.locked,
            choices=rules.words[one.words].values if one.words else (),
        )
        for one in form.columns
        if personal or not one.personal
    )
    boxes = tuple(
        Column(f"{axis}_{part}", f"{name}（{zh}）", f"{en_axis}, {en}", 7, open=True)
        for axis, name, en_axis in (("lon", "经度", "longitude"), ("lat", "纬度", "latitude"))
        for part, zh, en in PARTS
    )
    scope = rules.words["scope"].values
    last = tuple(one._replace(choices=scope) if one.field == "scope" else one for one in LAST)
    return (*FIRST, *own, *boxes, *last)


def to_boxes(degrees: float | None) -> tuple[str, str, str]:
    """Return degrees, minutes and seconds (two decimals, 0.3 m) as they stand in the boxes; nothing without a point.

    >>> to_boxes(112.5), to_boxes(None)
    (('112', '30', '0.00'), ('', '', ''))
    """
    if degrees is None:
        return "", "", ""
    hundredths = round(degrees * 360_000)
    whole, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return str(whole), str(minutes), f"{seconds / 100:.2f}"


def from_boxes(texts: tuple[str, str, str]) -> float:
    """Return what three boxes state in degrees; raises ValueError where that is no angle.

    >>> from_boxes(("112", "30", "0"))
    112.5
    """
    degrees, minutes, seconds = (float(text) if text else 0.0 for text in texts)
    if not (texts[0] and degrees == int(degrees) and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError(texts)
    return round(degrees + minutes / 60 + seconds / 3600, 7)
