"""The environment is renewed when, and only when, what it depends on has changed."""

from __future__ import annotations

import shutil

import pytest


@pytest.mark.parametrize(
    ("path", "content", "changes"),
    [
        ("pyproject.toml", "[project]", True),
        ("__init__.py", "__version__ = '2'", True),
        ("register/added.py", "", True),
        ("register/rules/added.toml", "", True),
        ("register/rules/pack.toml", "a = 2", False),
        ("register/__init__.py", "x = 1", False),
        ("register/__pycache__/x.pyc", "", False),
        ("tests/test_x.py", "", False),
        ("README.md", "", False),
    ],
)
def test_project_is_installed_again_after_files_come_or_packaging_changes(project, path, content, changes):
    """An edit shows through the links at once; a new file does not."""
    import fingerprint

    before = fingerprint.of_project(project, linked=True)
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text(content, "utf-8")
    assert (fingerprint.of_project(project, linked=True) != before) is changes


def test_edit_counts_where_links_may_be_hard(project):
    """Windows: git replaces a file, and a hard link would keep the old one."""
    import fingerprint

    before = fingerprint.of_project(project, linked=False)
    (project / "register/rules/pack.toml").write_text("a = 2", "utf-8")
    assert fingerprint.of_project(project, linked=False) != before


def test_removed_and_moved_files_count_and_the_folder_does_not(project, tmp_path):
    """A copy elsewhere has the same digest; a renamed module has another."""
    import fingerprint

    before = fingerprint.of_project(project, linked=True)
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    assert fingerprint.of_project(copy, linked=True) == before
    (copy / "register/rules/pack.toml").rename(copy / "register/rules/back.toml")
    assert fingerprint.of_project(copy, linked=True) != before
