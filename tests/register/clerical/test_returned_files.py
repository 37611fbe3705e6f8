"""Every file of a folder that comes back is named: read, or not read with the reason."""

from minglu.register.clerical.returned_files import find_returned


def test_workbooks_with_macros_and_in_subfolders_are_read_and_the_rest_is_named(tmp_path):
    (tmp_path / "west").mkdir()
    names = ["a.xlsx", "b.xlsm", "c.csv", "d.html", "~$a.xlsx", "west/e.ods", "west/f.txt"]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(bytes([number]))
    found = find_returned([tmp_path])
    assert [path.name for path in found.books] == ["a.xlsx", "b.xlsm", "e.ods"]
    assert [path.name for path in found.others] == ["c.csv", "d.html", "f.txt", "~$a.xlsx"]
    assert len(found.books) + len(found.others) == len(names)
    for language in ("zh", "en"):
        text = "\n".join(found.lines(language))
        assert all(name.rsplit("/", 1)[-1] in text for name in names)
