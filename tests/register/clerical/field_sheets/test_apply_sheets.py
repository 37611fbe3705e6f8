"""Field sheets come back: what is right becomes facts, whole; what is wrong is refused with its cell."""

import shutil
import subprocess

import openpyxl
import pytest

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.field_facts.attach_facts import effective_values
from minglu.register.clerical.field_facts.fact_chain import Fact, read_field
from minglu.register.clerical.field_sheets.apply_sheets import apply_sheets, undo_facts
from minglu.register.clerical.field_sheets.sheet_columns import PAGE
from minglu.register.clerical.form_workbook import HEADER_ROWS
from minglu.register.clerical.hash_chain import Signature
from tests.register.clerical.field_sheets.conftest import PLACE, fill, fullest, lines
from tests.trust import county

SIGNED = Signature("王科长", "2028-03-01")
GOOD_USCC, BAD_USCC = "911101081000004460", "911101081000004461"


def census_of(office):
    return office / "county" / "census.toml"


def sheet_of(office):
    return fullest(office / "sheets")[0]


def unit(path, number):
    return lines(path)[number]["unit_id"]


def apply(office, *sheets, **more):
    return apply_sheets(sheets or [sheet_of(office)], census_of(office), SIGNED, **more)


def refused(office, *sheets, error=SourceError, **more):
    """Apply, expect a refusal and that nothing was written; return the message in both languages."""
    with pytest.raises(error) as caught:
        apply(office, *sheets, **more)
    assert not (office / "county" / "field.jsonl").exists()
    return caught.value.en, caught.value.zh


def test_answers_become_facts_once(office):
    """Who, when, what; the same sheet again adds nothing; another answer later is a further fact."""
    sheet = sheet_of(office)
    fill(
        sheet,
        {
            "1": {"result": "确认", "enumerator": "李四", "note": "  门口  有牌 "},
            "2": {
                "result": "更正",
                "right.name": "新名字厂",
                "right.uscc": f" {GOOD_USCC.lower()} ",
                "right.status": "停产",
            },
            "N1": {
                "result": "新增",
                "right.name": "天外新厂",
                "right.site_address": "天外路1号",
                "district": lines(sheet)["1"]["district_code"],
            },
        },
    )
    taken = apply(office)
    first, second, third = read_field(office / "county" / "field.jsonl").facts
    assert (first.answer, first.unit, first.by, first.when, first.why) == (
        "confirmed",
        unit(sheet, "1"),
        "李四",
        "2028-03-01",
        "门口 有牌",
    )
    assert {anchor.list for anchor in first.anchors} <= set(county.KINDS)
    assert (second.by, dict(second.values)) == ("王科长", {"name": "新名字厂", "uscc": GOOD_USCC, "status": "停产"})
    assert (third.answer, third.unit, third.anchors) == ("new", "", ())
    assert (taken.appended["confirmed"], taken.appended["new"], taken.known) == (1, 1, 0)
    again = apply(office)
    assert (sum(again.appended.values()), again.known, again.chain.lines) == (0, 3, 3)
    fill(sheet, {"1": {"result": "关闭"}})
    assert apply(office).appended["closed"] == 1
    for language in ("zh", "en"):
        assert any(taken.chain.head in line for line in taken.lines(language))
    undone = undo_facts([4], census_of(office), SIGNED, "看错")
    assert (undone.lines, len(undone.facts), undone.undone) == (5, 3, 1)
    with pytest.raises(SourceError, match="line 4: no standing fact"):
        undo_facts([4], census_of(office), SIGNED, "再次")


REFUSALS = {
    "unknown word": ({"1": {"result": "大概"}}, "result", "found '大概'"),
    "edited id": ({"1": {"unit_id": "U123"}}, "unit_id", "must not be changed"),
    "corrected where it stood": ({"1": {"result": "确认", "name": "别的厂"}}, "name", "must not be changed"),
    "edited number": ({"1": {"no": "99"}}, "no", "must not be changed"),
    "no such district": (
        {"1": {"result": "迁往其他小区", "district": "990101001999"}},
        "district",
        "district of the layer",
    ),
    "moved nowhere": ({"1": {"result": "迁往其他小区"}}, "district", "needs a value"),
    "failing code": ({"1": {"result": "更正", "right.uscc": BAD_USCC}}, "right.uscc", "fails its check"),
    "unknown status": ({"1": {"result": "更正", "right.status": "好像开着"}}, "right.status", "expected one of 运行"),
    "no trade": ({"1": {"result": "更正", "right.industry_code": "9919"}}, "right.industry_code", "GB/T 4754"),
    "no size": ({"1": {"result": "更正", "right.measures": "很大"}}, "right.measures", "生猪 620头"),
    "half a point": ({"1": {"result": "更正", "right.lon": "112.35"}}, "right.lat", "other half"),
    "point elsewhere": (
        {"1": {"result": "更正", "right.lon": "30.61", "right.lat": "112.35"}},
        "right.lon",
        "decimal degrees",
    ),
    "correction without": ({"1": {"result": "更正"}}, "right.name", "needs a value"),
    "value without result": ({"1": {"right.name": "某厂"}}, "right.name", "no meaning"),
    "confirmed, yet changed": ({"1": {"result": "确认", "right.name": "某厂"}}, "right.name", "no meaning"),
    "known unit as new": ({"1": {"result": "新增"}}, "result", "blank lines"),
    "new unit confirmed": ({"N1": {"result": "确认"}}, "result", "blank lines"),
    "new without place": (
        {"N1": {"result": "新增", "right.name": "某厂"}},
        "right.site_address",
        "address or its USCC",
    ),
    "new nowhere": (
        {"N1": {"result": "新增", "right.name": "某厂", "right.site_address": "某路"}},
        "district",
        "its district",
    ),
    "duplicate of nobody": ({"1": {"result": "重复于", "duplicate_of": "U0"}}, "duplicate_of", "none of the sheets"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_can_not_be_is_refused_with_sheet_row_and_column(office, unguarded, case):
    """In both languages, beside a good answer that is not taken either."""
    answers, field, told = REFUSALS[case]
    sheet = sheet_of(office)
    page = openpyxl.load_workbook(sheet)[PAGE]
    number = next(iter(answers))
    row = next(cell.row for cell in page["A"] if cell.value == number)
    fill(sheet, {"2": {"result": "确认"}})
    fill(sheet, answers)
    en, zh = refused(office)
    letter = openpyxl.utils.get_column_letter(PLACE[field])
    assert en.startswith(f"{sheet.name} [{PAGE}] row {row}, column {letter}")
    assert told in en
    assert f"第 {row} 行 {letter} 列" in zh
    assert "未采用任何内容" in zh


def test_a_unit_duplicates_neither_itself_nor_in_a_ring_nor_what_is_gone(office, unguarded):
    sheet = sheet_of(office)
    one, two = unit(sheet, "1"), unit(sheet, "2")
    fill(sheet, {"1": {"result": "重复于", "duplicate_of": one}})
    assert "can't duplicate itself" in refused(office)[0]
    fill(sheet, {"1": {"duplicate_of": two}, "2": {"result": "重复于", "duplicate_of": one}})
    assert "can't duplicate itself" in refused(office)[0]
    fill(sheet, {"2": {"result": "现场未找到", "duplicate_of": ""}})
    assert "answered otherwise" in refused(office)[0]


def test_the_original_may_be_on_another_sheet_where_the_run_is_named(cleared, office):
    here, there = fullest(office / "sheets")[:2]
    fill(here, {"1": {"result": "重复于", "duplicate_of": unit(there, "1")}})
    assert "--run OUT" in refused(office, here)[0]
    apply(office, here, run=cleared / "out")
    (fact,) = read_field(office / "county" / "field.jsonl").facts
    assert (fact.of, bool(fact.of_anchors)) == (unit(there, "1"), True)


def test_two_enumerators_who_differ_are_refused_and_who_agree_are_one(office, unguarded):
    sheet = sheet_of(office)
    other = shutil.copy(sheet, office / "other.xlsx")
    fill(sheet, {"1": {"result": "确认", "enumerator": "李四"}})
    fill(other, {"1": {"result": "关闭", "enumerator": "王五"}})
    en, _ = refused(office, sheet, other)
    assert "other.xlsx" in en
    assert f"contradicts {sheet.name}" in en
    fill(other, {"1": {"result": "确认"}})
    assert apply(office, sheet, other).appended["confirmed"] == 1


def test_sheets_of_another_run_or_program_are_refused(cleared, office, tmp_path):
    """Another census, another run, a workbook of ours changed inside, a workbook of anybody."""
    text = census_of(office).read_text("utf-8")
    census_of(office).write_text(text.replace("试验县", "别的县"), "utf-8")
    assert "belongs to another run" in refused(office)[0]
    census_of(office).write_text(text.replace('field = "field.jsonl"\n', ""), "utf-8")
    assert 'field = "field.jsonl"' in refused(office, error=UsageError)[0]
    census_of(office).write_text(text, "utf-8")
    book = openpyxl.load_workbook(sheet_of(office))
    hidden = book["_minglu"]
    hidden["A2"] = hidden["A2"].value.replace('"no":"1"', '"no":"7"')
    book.save(tmp_path / "forged.xlsx")
    openpyxl.Workbook().save(tmp_path / "foreign.xlsx")
    for name in ("forged.xlsx", "foreign.xlsx"):
        assert "no workbook that `minglu sheets` wrote" in refused(office, tmp_path / name)[0]
    book = openpyxl.load_workbook(sheet_of(office))
    book[PAGE].delete_rows(3)
    book.save(tmp_path / "short.xlsx")
    assert "1 rows are missing" in refused(office, tmp_path / "short.xlsx")[0]


def test_sorted_lines_and_moved_columns_are_as_good_as_any(office, tmp_path):
    """What a program may do to a sheet changes nothing; a formula that it did not reckon is refused, not lost."""
    sheet = sheet_of(office)
    fill(sheet, {"1": {"result": "确认", "note": "招牌不同"}, "2": {"result": "关闭"}})
    book = openpyxl.load_workbook(sheet)
    page = book[PAGE]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=1)]
    turned = [*rows[:2], *reversed(rows[2:])]
    for number, row in enumerate(turned, 1):
        for place, value in enumerate([*row[3:], *row[:3]], 1):
            page.cell(number, place).value = value
    book.save(tmp_path / "turned.xlsx")
    taken = apply(office, tmp_path / "turned.xlsx")
    assert (taken.appended["confirmed"], taken.appended["closed"]) == (1, 1)
    fill(sheet, {"1": {"note": "=1+1"}})
    with pytest.raises(SourceError, match=r"row 3, column U \(备注\): found a formula"):
        apply(office, sheet)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_sheet_saved_by_libreoffice_is_taken(office):
    """As xlsx and as ods."""
    fill(sheet_of(office), {"1": {"result": "更正", "right.name": "新名字厂"}})
    for kind in ("ods", "xlsx"):
        saved = office / kind
        subprocess.run(
            ["soffice", "--headless", "--convert-to", kind, "--outdir", str(saved), str(sheet_of(office))],
            check=True,
            capture_output=True,
            timeout=120,
        )
        taken = apply(office, next(saved.iterdir()))
    assert (taken.known, taken.chain.lines) == (1, 1)


def test_later_facts_win_field_by_field_and_a_reopened_unit_is_not_closed():
    def fact(line, answer, **values):
        return Fact(answer, "U1", (), "李四", "2028-03-01", values=values, line=line)

    closed, named, seen = (
        fact(1, "closed"),
        fact(2, "corrected", name="甲", status="停产"),
        fact(3, "corrected", name="乙"),
    )
    assert effective_values([(closed, "E1")]) == {1: {"status": "关闭"}}
    told = effective_values([(seen, "E1"), (closed, "E1"), (named, "E1")])
    assert told == {1: {}, 2: {"status": "停产"}, 3: {"name": "乙"}}
    reopened = effective_values([(closed, "E1"), (fact(4, "confirmed"), "E1")])
    assert reopened == {1: {}, 4: {}}
    assert effective_values([(closed, "E1"), (fact(4, "confirmed"), "E2")])[1] == {"status": "关闭"}


def test_all_wrong_cells_of_all_sheets_are_named_at_once(office, unguarded):
    """Two values of one line, one of another, and one on a second sheet: one refusal names four places."""
    first, second = sorted((office / "sheets").glob("*.xlsx"))
    fill(first, {"1": {"result": "更正", "right.uscc": BAD_USCC, "right.lon": "0", "right.lat": "0"}})
    fill(first, {"2": {"result": "大概"}})
    fill(second, {"1": {"result": "迁往其他小区"}})
    en, zh = refused(office, first, second)
    for told in ("fails its check", "decimal degrees", "found '大概'", "needs a value"):
        assert told in en
    assert en.count(first.name) == 4
    assert en.count(second.name) == 1
    assert "5 places in all" in en
    assert "共 5 处" in zh


def test_a_remark_without_a_result_and_what_stands_outside_of_the_form_are_named(office, unguarded):
    """The unit stays open; nothing that somebody wrote is dropped in silence."""
    sheet = sheet_of(office)
    fill(sheet, {"1": {"note": "门锁着"}, "2": {"result": "确认"}})
    book = openpyxl.load_workbook(sheet)
    book[PAGE].cell(HEADER_ROWS + 1, len(PLACE) + 2).value = "新增：某厂"
    book.create_sheet("补充")["A1"] = "又一家"
    book.save(sheet)
    notes = "\n".join(apply(office).lines("en"))
    assert f"{sheet.name} [{PAGE}] row {HEADER_ROWS + 1}, column" in notes
    assert "a remark without a result" in notes
    assert "no column of this form" in notes
    assert f"{sheet.name} [补充]" in notes


def test_a_new_unit_in_the_wrong_columns_is_refused(office, unguarded):
    fill(sheet_of(office), {"N1": {"name": "某新厂"}})
    en, _ = refused(office)
    assert "Write it in the columns to fill in" in en


def test_sheets_that_did_not_come_back_are_counted(office, unguarded):
    sheet = sheet_of(office)
    fill(sheet, {"1": {"result": "确认"}})
    result = apply(office)
    assert result.not_returned > 0
    assert "not back yet" in "\n".join(result.lines("en"))
