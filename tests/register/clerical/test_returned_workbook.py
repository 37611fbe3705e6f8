"""Which workbooks a call names: files, folders and patterns, each workbook once."""

import openpyxl
import pytest

from minglu.errors import SourceError, UsageError
from minglu.register.clerical.returned_files import find_sheets
from minglu.register.clerical.returned_workbook import find_formulas, hidden_texts, parse_hidden
from minglu.register.clerical.sheet_problems import column_letter, column_number


def test_files_folders_and_patterns_name_the_same_workbooks(tmp_path):
    """A command prompt that expands nothing is as good as a shell; marks of open workbooks and other files are none."""
    for number, name in enumerate(("乙.xlsx", "甲.XLSX", "丙.ods", "~$乙.xlsx", "page.html")):
        (tmp_path / name).write_bytes(bytes([number]))
    books = [tmp_path / "丙.ods", tmp_path / "乙.xlsx", tmp_path / "甲.XLSX"]
    assert find_sheets([tmp_path]) == books
    assert find_sheets(books) == books
    assert find_sheets([tmp_path / "*.xlsx"]) == [tmp_path / "乙.xlsx"]


def test_a_workbook_that_came_twice_is_refused_with_both_names(tmp_path):
    """A copy would be a second reviewer who agrees in everything."""
    (tmp_path / "a.xlsx").write_bytes(b"x")
    (tmp_path / "b.xlsx").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"b\.xlsx: is the same as .*a\.xlsx"):
        find_sheets([tmp_path])


def test_a_name_of_nothing_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no.xlsx", tmp_path / "no" / "*.xlsx"):
        with pytest.raises(UsageError, match="found no workbook"):
            find_sheets([path])


def test_the_hidden_sheet_vouches_for_its_header_too():
    """A limit, a seed or a run changed in the header is found like a changed key."""
    texts = hidden_texts("s/1", {"limit": 0.05}, [{"no": "1"}])
    assert parse_hidden("s/1", texts) == ({"limit": 0.05}, [{"no": "1"}])
    for wrong in ([texts[0].replace("0.05", "0.5"), texts[1]], [texts[0], texts[1].replace("1", "2")], texts[:1], []):
        with pytest.raises(ValueError, match=r"^$"):
            parse_hidden("s/1", wrong)


def test_formulas_are_found_in_the_sheet_that_is_asked_for(tmp_path):
    """Where they stand, in the sheet of that name alone; text that begins with = is none."""
    book = openpyxl.Workbook()
    book.active.title = "别的 & other"
    book.active["B2"] = "=1+1"
    page = book.create_sheet("复核 review")
    page["A3"], page["AB4"], page["C5"] = '=IF(1,"同一单位","")', "=A3", "同一单位"
    page["D5"].value, page["D5"].data_type = "=text", "s"
    book.save(tmp_path / "a.xlsx")
    assert find_formulas(tmp_path / "a.xlsx", "复核 review") == {(3, 0), (4, 27)}
    assert find_formulas(tmp_path / "a.xlsx", "别的 & other") == {(2, 1)}
    assert find_formulas(tmp_path / "a.xlsx", "none") == frozenset()
    assert all(column_number(column_letter(place)) == place for place in (0, 25, 26, 701, 702, 16383))
