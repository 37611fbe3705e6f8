"""Sheets come back from clerks: what is right is taken over whole, what is wrong is refused with its cell."""

import shutil
import subprocess

import openpyxl
import pytest
import xlsxwriter

from minglu.errors import MingluError, SourceError, UsageError
from minglu.register.clerical.decisions import read_chain
from minglu.register.clerical.hash_chain import Signature
from minglu.register.clerical.returned_workbook import HIDDEN, parse_hidden
from minglu.register.clerical.review import review_keys
from minglu.register.clerical.review.apply_review import apply_sheets, undo_lines
from minglu.register.clerical.review.make_review import ReviewOptions, make_sheets
from minglu.register.clerical.review.review_pairs import SHOWN
from minglu.register.explain.explain_unit import explain_item
from minglu.register.storage.run_store import read_table
from tests.register.clerical.review.conftest import fill, run

SIGNED = Signature("王科长", "2028-01-05")
SAME, OTHER_SITE, DIFFERENT, LATER = "同一单位", "同一法人不同场所", "不同单位", "待定"


def census_of(desk):
    return desk / "county" / "census.toml"


def sheet_of(desk):
    return desk / "sheets" / "review.xlsx"


def pairs_of(path):
    texts = [row[0] for row in openpyxl.load_workbook(path)[HIDDEN].iter_rows(values_only=True)]
    return [(key.left.entry, key.right.entry) for key in review_keys.parse(*parse_hidden(review_keys.SCHEMA, texts))[1]]


def refused(desk, *sheets, error=SourceError, **more):
    """Apply, expect a refusal and that nothing was written; return the message in both languages."""
    with pytest.raises(error) as caught:
        apply_sheets(sheets or [sheet_of(desk)], census_of(desk), SIGNED, **more)
    assert not (desk / "county" / "decisions.jsonl").exists()
    return caught.value.en, caught.value.zh


def test_answers_become_decisions_once(desk):
    """Who, when, why and what; the same sheet again adds nothing."""
    fill(sheet_of(desk), {1: (SAME, "李审", " 电话  核实 "), 3: DIFFERENT, 4: LATER})
    taken = apply_sheets([sheet_of(desk)], census_of(desk), SIGNED, run=desk / "county" / "out")
    first, second, third = read_chain(desk / "county" / "decisions.jsonl").decisions
    assert (first.left.entry, first.right.entry) == pairs_of(sheet_of(desk))[0]
    assert (first.by, first.when, first.why, first.relation) == ("李审", "2028-01-05", "电话 核实", "same_site")
    assert (second.by, second.why, second.relation, third.relation) == ("王科长", "", "different", "undecided")
    assert taken.open == len(pairs_of(sheet_of(desk))) - 3
    again = apply_sheets([sheet_of(desk)], census_of(desk), SIGNED)
    assert (sum(again.appended.values()), again.known, again.chain.lines) == (0, 3, 3)
    for language in ("zh", "en"):
        assert any(taken.chain.head in line for line in taken.lines(language))


def test_decisions_hold_after_a_rebuild_and_an_undo_restores_every_byte(desk):
    """What was decided is so in the register; explain says by whom; taken back, all tables are as before."""
    out, census = desk / "county" / "out", census_of(desk)
    before = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    pairs = pairs_of(sheet_of(desk))
    fill(sheet_of(desk), {1: SAME, 2: DIFFERENT, 3: DIFFERENT})
    apply_sheets([sheet_of(desk)], census, SIGNED)
    run(census, out)
    unit_of = dict(
        zip(*(read_table(out, "members").column(name).to_pylist() for name in ("entry_id", "unit_id")), strict=True)
    )
    assert [unit_of[one] == unit_of[two] for one, two in pairs[:3]] == [True, False, False]
    waiting = {
        (row["left"], row["right"])
        for row in read_table(out, "scored_pairs").to_pylist()
        if row["verdict"] == "review" and not row["decided"]
    }
    assert not waiting & set(pairs[:3])
    told = explain_item(out, *pairs[1])
    assert any("decided by 王科长 on 2028-01-05: different units" in line for line in told.as_lines("en"))
    undo_lines([1, 2, 3], census, SIGNED, "误判")
    run(census, out)
    assert {path.name: path.read_bytes() for path in (out / "tables").iterdir()} == before


def test_unknown_answer_is_refused_with_its_cell(desk):
    fill(sheet_of(desk), {1: SAME, 2: "可能是"})
    en, zh = refused(desk)
    assert "review.xlsx [复核 review] row 4, column A (判定): found '可能是'" in en
    assert "同一法人不同场所" in zh


def test_what_is_known_is_refused_where_it_was_changed(desk):
    """A clerk who writes a right name over the known one would see it ignored: the sheet goes back, with the cell."""
    fill(sheet_of(desk), {1: SAME}, E3="改过的名字")
    en, zh = refused(desk)
    assert "row 3, column E (单位名称（甲）): found '改过的名字'" in en
    assert "第 3 行 E 列" in zh


@pytest.mark.parametrize(
    ("cell", "column"),
    [("D4", "column D (序号)"), ("AD4", "column AD (条目（乙）)"), ("AC4", "column AC (条目（甲）)")],
)
def test_edited_key_is_refused_with_its_cell(desk, cell, column):
    """Number and entries are locked; a sheet on which they differ is not taken."""
    page = openpyxl.load_workbook(sheet_of(desk))[review_keys.ANSWERS]
    assert page[cell].protection.locked
    assert not page["A4"].protection.locked
    assert page.protection.sheet
    fill(sheet_of(desk), {1: SAME}, **{cell: "E123"})
    en, zh = refused(desk)
    assert f"row 4, {column}: found 'E123'" in en
    assert "第 4 行" in zh


def test_lost_and_doubled_rows_are_refused(desk):
    """Every pair comes back, once."""
    book = openpyxl.load_workbook(sheet_of(desk))
    book[review_keys.ANSWERS].delete_rows(5)
    book.save(sheet_of(desk))
    assert "no. 3: 1 rows are missing" in refused(desk)[0]
    page = book[review_keys.ANSWERS]
    for column in range(1, 31):
        page.cell(20, column, page.cell(4, column).value)
    book.save(sheet_of(desk))
    assert "row 20, column D" in refused(desk)[0]


def test_sorted_rows_and_moved_columns_are_as_good(desk):
    """A clerk may sort, and another program may leave columns elsewhere: the number and the headings tell."""
    fill(sheet_of(desk), {1: SAME, 2: DIFFERENT})
    book = openpyxl.load_workbook(sheet_of(desk))
    page = book[review_keys.ANSWERS]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    for line, row in enumerate(rows[:2] + rows[:1:-1], 1):
        for place, value in enumerate(row[::-1], 1):
            page.cell(line, place).value = value
    book.save(sheet_of(desk))
    taken = apply_sheets([sheet_of(desk)], census_of(desk), SIGNED)
    assert [
        one.relation
        for one in sorted(
            taken.chain.decisions, key=lambda one: pairs_of(sheet_of(desk)).index((one.left.entry, one.right.entry))
        )
    ] == ["same_site", "different"]


def test_contradiction_between_answers_is_refused_with_both_rows(desk):
    """A = b, b = c, a != c: the sheet is returned, both cells named."""
    sheet = sheet_of(desk)
    book = openpyxl.load_workbook(sheet)
    hidden = book[HIDDEN]
    header, found = review_keys.parse(
        *parse_hidden(review_keys.SCHEMA, [row[0] for row in hidden.iter_rows(values_only=True)])
    )
    pairs = _triangle(found)
    for line, text in enumerate(review_keys.render(header, pairs), 1):
        hidden.cell(line, 1, text)
    page = book[review_keys.ANSWERS]
    heads = {page.cell(1, place).value: place for place in range(1, page.max_column + 1)}
    for line, pair in enumerate(pairs, 3):
        for side, zh in ((pair.left, "甲"), (pair.right, "乙")):
            page.cell(line, heads[f"条目（{zh}）"], side["entry_id"])
            for field in ("list", "name", "uscc", "permit_no"):
                page.cell(line, heads[f"{SHOWN[field][0]}（{zh}）"]).value = side[field]
    book.save(sheet)
    fill(sheet, {1: SAME, 2: SAME, 3: DIFFERENT})
    en, zh = refused(desk)
    assert "row 5, column A (判定): this contradicts review.xlsx [复核 review] row 3, column A (判定); " in en
    assert "矛盾" in zh


def _triangle(found):
    from minglu.register.clerical.review.review_pairs import Pair

    def side(entry):
        return {
            "entry_id": entry,
            "site_address": "",
            "address": "",
            "list": "tax",
            "name": entry,
            "uscc": "",
            "permit_no": "",
        }

    three = [("E1", "E2"), ("E2", "E3"), ("E1", "E3")]
    rest = [(key.left.entry, key.right.entry) for key in found[3:]]
    return [Pair(side(one), side(two), "", "", None, None) for one, two in [*three, *rest]]


def test_contradiction_with_an_earlier_decision_names_its_line(desk):
    fill(sheet_of(desk), {1: SAME})
    apply_sheets([sheet_of(desk)], census_of(desk), SIGNED)
    fill(sheet_of(desk), {1: DIFFERENT})
    with pytest.raises(SourceError, match=r"row 3, column A .* contradicts decisions.jsonl line 1"):
        apply_sheets([sheet_of(desk)], census_of(desk), SIGNED)
    assert read_chain(desk / "county" / "decisions.jsonl").lines == 1


def test_being_undecided_takes_no_decision_back(desk):
    fill(sheet_of(desk), {1: SAME})
    apply_sheets([sheet_of(desk)], census_of(desk), SIGNED)
    fill(sheet_of(desk), {1: LATER})
    assert apply_sheets([sheet_of(desk)], census_of(desk), SIGNED).chain.lines == 1


def test_sheet_of_another_run_or_census_is_refused(desk):
    """The run that made a sheet is written in it."""
    out = desk / "county" / "out"
    other = shutil.copytree(out, desk / "other")
    path = other / "tables" / "entries.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    assert "belongs to another run" in refused(desk, run=other)[0]
    census = census_of(desk)
    census.write_text(census.read_text("utf-8").replace("青禾县清查", "别县清查"), "utf-8")
    assert "属于另一次运行" in refused(desk)[1]


def test_census_without_a_file_of_decisions_says_what_to_add(desk):
    census = census_of(desk)
    census.write_text(census.read_text("utf-8").replace('decisions = "decisions.jsonl"\n', ""), "utf-8")
    assert 'Add decisions = "decisions.jsonl"' in refused(desk, error=UsageError)[0]


def hostile(path, sheet):
    """Yield workbooks that are no sheets of ours."""
    with xlsxwriter.Workbook(path / "foreign.xlsx") as book:
        book.add_worksheet("复核 review")
    yield path / "foreign.xlsx"
    book = openpyxl.load_workbook(sheet)
    book[HIDDEN]["A2"] = book[HIDDEN]["A2"].value.replace('"no":1', '"no":9')
    book.save(path / "forged.xlsx")
    yield path / "forged.xlsx"
    book = openpyxl.load_workbook(sheet)
    del book[HIDDEN]
    book.save(path / "stripped.xlsx")
    yield path / "stripped.xlsx"
    (path / "text.xlsx").write_text("序号,判定\n", "utf-8")
    yield path / "text.xlsx"
    (path / "torn.xlsx").write_bytes(sheet.read_bytes()[:3000])
    yield path / "torn.xlsx"


def test_foreign_forged_and_torn_workbooks_are_refused(desk):
    """Each with its name, in both languages; nothing is taken over."""
    for path in hostile(desk, sheet_of(desk)):
        en, zh = refused(desk, path, error=MingluError)
        assert path.name in en
        assert path.name in zh


def test_formula_in_an_answer_is_a_text_like_any_other(desk):
    """What is written into a reason never takes effect anywhere."""
    fill(sheet_of(desk), {1: (SAME, "李审", "'=HYPERLINK(1)")})
    assert apply_sheets([sheet_of(desk)], census_of(desk), SIGNED).chain.decisions[0].why == "'=HYPERLINK(1)"


def test_two_reviewers_agree_beyond_chance_or_not(desk):
    """On the common part: kappa; where they differ the pair stays undecided, with both opinions."""
    made = make_sheets(desk / "county" / "out", desk / "two", ReviewOptions(most=9, overlap=6))
    one, two = (path for path in made.files if path.suffix == ".xlsx")
    common = [pair for pair in pairs_of(one) if pair in set(pairs_of(two))]
    assert len(common) == 6
    assert len({*pairs_of(one), *pairs_of(two)}) == 9
    fill(one, {pairs_of(one).index(pair) + 1: (DIFFERENT, "甲审") for pair in common})
    fill(two, {pairs_of(two).index(pair) + 1: (LATER if n < 2 else DIFFERENT, "乙审") for n, pair in enumerate(common)})
    taken = apply_sheets([one, two], census_of(desk), SIGNED)
    ((_, _, agreement),) = taken.agreement
    assert (agreement.n, round(agreement.share, 3), len(taken.disagreed)) == (6, 0.667, 2)
    by = {(d.left.entry, d.right.entry): d for d in taken.chain.decisions}
    assert (by[common[0]].relation, by[common[3]].relation, by[common[3]].by) == (
        "undecided",
        "different",
        "甲审 + 乙审",
    )
    assert "甲审：不同单位；乙审：待定" in by[common[0]].why
    assert any("kappa" in line for line in taken.lines("en"))


def test_no_reviewer_overrules_the_other_by_handing_in_a_sheet_alone(desk):
    """What is on record as a disagreement is settled by a third person, under whatever name, and by nobody of the two."""
    made = make_sheets(desk / "county" / "out", desk / "two", ReviewOptions(most=9, overlap=6))
    one, two = (path for path in made.files if path.suffix == ".xlsx")
    pair = next(pair for pair in pairs_of(one) if pair in set(pairs_of(two)))
    places = [pairs_of(sheet).index(pair) + 1 for sheet in (one, two)]
    fill(one, {places[0]: (DIFFERENT, "甲审")})
    fill(two, {places[1]: (SAME, "乙审")})
    assert apply_sheets([one, two], census_of(desk), SIGNED).disagreed == (pair,)
    for sheet in (one, two):
        again = apply_sheets([sheet], census_of(desk), SIGNED)
        assert (again.disagreed, again.chain.lines) == ((pair,), 1)
    fill(two, {places[1]: (SAME, "丙审")})
    settled = apply_sheets([two], census_of(desk), SIGNED)
    assert (settled.disagreed, settled.chain.decisions[-1].relation) == ((), "same_site")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here")
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_sheet_saved_by_another_office_program_is_taken(desk, form):
    """LibreOffice opens, saves as xlsx or ods; answers, keys and hidden sheet survive."""
    fill(sheet_of(desk), {1: (SAME, "李审"), 2: OTHER_SITE})
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={(desk / 'profile').as_uri()}",
        "--convert-to",
        form,
        "--outdir",
        str(desk / "saved"),
    ]
    subprocess.run([*command, str(sheet_of(desk))], check=True, capture_output=True, timeout=120)
    taken = apply_sheets([desk / "saved" / f"review.{form}"], census_of(desk), SIGNED)
    assert [one.relation for one in taken.chain.decisions] == ["same_site", "same_legal"]


def test_a_formula_is_no_answer(desk):
    """A program that does not reckon stores it without a value: the answer would be lost in silence."""
    fill(sheet_of(desk), {1: SAME, 2: '=IF(1,"同一单位","")'})
    en, zh = refused(desk)
    assert "[复核 review] row 4, column A (判定): found a formula" in en
    assert "第 4 行 A 列（判定）：得到公式" in zh


def test_sheet_and_page_speak_both_languages_and_mark_what_identifies(desk):
    """A status is said in Chinese too; rows and files differ as a matter of course and are not marked."""
    page = openpyxl.load_workbook(sheet_of(desk))[review_keys.ANSWERS]
    heads = [cell.value for cell in page[1]]
    statuses = {page.cell(row, heads.index("状态（甲）") + 1).value for row in range(3, page.max_row + 1)}
    assert "在营 active" in statuses
    html = (desk / "sheets" / "review.html").read_text("utf-8")
    assert "<mark>" in html.split("单位名称 name", 1)[1].split("</tr>", 1)[0]
    assert not any("<mark>" in part.split("</tr>", 1)[0] for part in html.split("行号 row")[1:])
