"""Paths: local regular files, nothing else."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/list.csv",
        "file:///etc/hostname",
        "/vsicurl/list.csv",
        "/VSIZIP/list.zip",
        "",
        "  ",
        "a\0b.csv",
        "name,address\n甲厂,一路\n",
        "x" * 300 + ".csv",
        "nowhere.csv",
        "*.nothing",
        ".",
    ],
)
def test_anything_but_a_local_file_is_refused(desk, path):
    """URLs, virtual paths, inline text, folders, names too long: nothing is fetched or opened."""
    message = desk.refusal(path)
    assert len(message) < 300


def test_devices_and_pipes_are_refused(desk):
    """Reading a pipe would wait for ever."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(desk.folder / "list.csv")
    assert "device" in desk.refusal()
    (desk.folder / "null.csv").symlink_to(os.devnull)
    assert "device" in desk.refusal("null.csv")


def test_a_file_whose_name_looks_like_a_glob_is_that_file(desk):
    """名单[1].csv is what browsers call a second download."""
    desk.write(desk.table(), "名单[1].csv")
    assert desk.read("名单[1].csv").inputs[0].file == "名单[1].csv"


def test_lock_files_of_an_open_workbook_are_no_lists(desk):
    """`~$list.xlsx` holds the name of whoever has the workbook open."""
    desk.workbook({"名单": [desk.header, *desk.rows]})
    desk.write(b"\x05abc", "~$list.xlsx")
    assert len(desk.read("*.xlsx").inputs) == 1


def test_file_names_are_relative_to_the_census_file(desk):
    """Above its folder as well."""
    (desk.folder / "in").mkdir()
    desk.write(desk.table(), "list.csv")
    inner = desk.folder / "in"
    desk.folder = inner
    assert desk.read("../list.csv").rows.column("file").to_pylist() == ["../list.csv"] * 2


def test_unreadable_file_is_refused(desk, monkeypatch):
    """Whatever the system says becomes exit 3, without its trace."""
    desk.write(desk.table())
    monkeypatch.setattr("minglu.register.sources.read_list.sniff", lambda _: (_ for _ in ()).throw(PermissionError()))
    assert "PermissionError" in desk.refusal()
