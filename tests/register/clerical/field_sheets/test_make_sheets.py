"""Field sheets go out: real workbooks, one for each who walks, with what is known locked."""

import shutil
import subprocess

import openpyxl
import pytest

from minglu.errors import OutputError, UsageError
from minglu.register.clerical.field_sheets.make_sheets import SheetOptions, make_sheets
from minglu.register.clerical.field_sheets.sheet_columns import BLANK_LINES, COLUMNS, PAGE, WORDS
from minglu.register.clerical.field_sheets.visits import read_assignment
from minglu.register.schemas import PERSONAL_FIELDS
from tests.register.clerical.field_sheets.conftest import PLACE, fullest, lines
from tests.trust import county


def test_every_kept_unit_is_on_one_sheet_and_every_district_on_one(cleared, tmp_path):
    """By district, also where no unit is known: new ones may be found there."""
    made = make_sheets(cleared / "out", tmp_path, SheetOptions())
    units = [line["unit_id"] for path in made.files for no, line in lines(path).items() if not no.startswith("N")]
    kept = {row["unit_id"] for row in county.table(cleared / "out", "units") if row["outcome"] == "unit"}
    assert (set(units), len(units)) == (kept, made.units)
    codes = {row["code"] for row in county.table(cleared / "out", "districts")}
    assert {path.stem for path in made.files} - {"unplaced"} == codes
    assert any("下一步" in line for line in made.lines("zh"))


def test_the_workbook_locks_what_is_known_and_offers_the_answers(cleared, office):
    """Ids and known values locked, open cells open, drop-downs, A4 across, headings on each page."""
    page = openpyxl.load_workbook(fullest(office / "sheets")[0])[PAGE]
    assert page.protection.sheet
    for column in COLUMNS:
        assert page.cell(3, PLACE[column.field]).protection.locked == (not column.open)
        assert page.cell(1, PLACE[column.field]).value == column.zh
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.print_title_rows) == ("landscape", 9, "$1:$2")
    assert page.print_title_cols == "$A:$B"
    choices = [rule.formula1 for rule in page.data_validations.dataValidation]
    assert f'"{",".join(WORDS)}"' in choices
    assert sum(no.startswith("N") for no in lines(fullest(office / "sheets")[0])) == BLANK_LINES


def test_sheets_hold_no_personal_data(cleared, office):
    """No column for it, and no telephone or person of the lists in any cell or hidden key."""
    assert not {column.field for column in COLUMNS} & set(PERSONAL_FIELDS)
    content = county.lists(sites=14)
    secret = {"tax": ("移动电话", "财务负责人")}
    spoken = {
        row[content.column(kind, name)]
        for kind, names in secret.items()
        for name in names
        for row in content.rows[kind]
    }
    spoken = {text for text in spoken if len(text) > 1}
    assert spoken
    for path in (office / "sheets").iterdir():
        cells = {str(cell) for page in openpyxl.load_workbook(path) for row in page.values for cell in row if cell}
        assert not {text for text in spoken if any(text == cell for cell in cells)}


def test_the_same_run_gives_the_same_bytes(cleared, office, tmp_path):
    make_sheets(cleared / "out", tmp_path / "again", SheetOptions("township"))
    for path in (office / "sheets").iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_enumerators_get_what_they_are_assigned_to(cleared, tmp_path):
    """By the longest prefix; a district of nobody is refused with its code."""
    codes = sorted(row["code"] for row in county.table(cleared / "out", "districts"))
    table = tmp_path / "assigned.csv"
    table.write_bytes(f"小区代码,核查员\n{codes[0][:6]},李四\n{codes[0]},王/五\n".encode("gb18030"))
    made = make_sheets(cleared / "out", tmp_path / "sheets", SheetOptions("enumerator", read_assignment(table)))
    assert {path.stem for path in made.files} - {"unplaced"} == {"李四", "王_五"}
    table.write_text(f"{codes[0]},王五\n", "utf-8")
    with pytest.raises(UsageError, match=f"district {codes[1]}"):
        make_sheets(cleared / "out", tmp_path / "more", SheetOptions("enumerator", read_assignment(table)))
    table.write_text(f"{codes[0]},王五\n{codes[0]},李四\n", "utf-8")
    with pytest.raises(UsageError, match="line 2"):
        read_assignment(table)


def test_sheets_go_never_into_a_run_nor_over_answers(cleared, office):
    with pytest.raises(UsageError, match="run folder"):
        make_sheets(cleared / "out", cleared / "out" / "sheets", SheetOptions())
    with pytest.raises(UsageError, match="--assign"):
        make_sheets(cleared / "out", office / "more", SheetOptions("enumerator"))
    before = {path: path.read_bytes() for path in (office / "sheets").iterdir()}
    with pytest.raises(OutputError, match="may hold answers"):
        make_sheets(cleared / "out", office / "sheets", SheetOptions("township"))
    assert {path: path.read_bytes() for path in (office / "sheets").iterdir()} == before


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.slow
def test_libreoffice_opens_and_prints_a_sheet(office):
    """What it takes to lie on paper: a PDF comes out."""
    path = fullest(office / "sheets")[0]
    done = subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(office), str(path)],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0
    assert (office / f"{path.stem}.pdf").stat().st_size > 1000
