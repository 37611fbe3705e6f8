"""Documentation that can be checked is checked."""

import re

from tests.commands import PAGE, ROOT, commands, page


def test_the_page_of_commands_is_what_the_program_prints():
    assert PAGE.read_text("utf-8") == page(), "renew it with `make golden` and read the diff"


def test_every_command_is_shown_to_newcomers():
    shown = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/tutorial/sample-county.md"))
    assert [name for name in commands() if f"minglu {name}" not in shown] == []


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample_data/*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_both_readmes_have_the_same_sections():
    sections = [
        re.findall(r"^## ", (ROOT / name).read_text("utf-8"), re.MULTILINE) for name in ("README.md", "README.zh-CN.md")
    ]
    assert len(sections[0]) == len(sections[1])


def test_the_index_names_every_page():
    """What `docs/index.md` does not lead to is found by nobody."""
    index = ROOT / "docs" / "index.md"
    named = {(index.parent / target).resolve() for target in re.findall(r"\]\(([^)#:]+)\)", index.read_text("utf-8"))}
    pages = {page.resolve() for page in (ROOT / "docs").glob("*/*.md")}
    assert sorted(str(page.relative_to(ROOT)) for page in pages - named) == []
