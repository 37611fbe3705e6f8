"""Documentation that can be checked is checked."""

import re

from tests.commands import PAGE, ROOT, commands, page
from tests.mutants import PARTS


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


MOST_CHARACTERS = 120
GENERATED = {"commands.md", "licences.md", "codes.md", "sources.md"}


def test_no_line_of_a_page_is_too_long():
    """Lines of at most 120 characters, so that a diff shows what changed; tables and generated pages excepted."""
    long = [
        f"{page.relative_to(ROOT)}:{number}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        if page.name not in GENERATED
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS and not line.startswith(("|", "![")) and "](" not in line
    ]
    assert long == []


def test_every_module_that_the_architecture_names_exists():
    """The picture and the four ways of the page name modules and folders as they are in the tree."""
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    named = {
        name.rstrip("/")
        for name in re.findall(r"`([a-z_/]+)`", text)
        if name.split("/")[0] in {"commands", "common", "geo", "matching", "register"}
    }
    missing = [name for name in sorted(named) if not (ROOT / name).is_dir() and not (ROOT / f"{name}.py").is_file()]
    assert len(named) > 40
    assert missing == []
    picture = text.split("```")[1]
    rooms = {name.rstrip("/") for name in re.findall(r"[a-z_]+/", picture)}
    folders = {path.name for top in ("commands", "common", "geo", "matching", "register") for path in _rooms(top)}
    assert rooms - folders == set()
    assert folders - rooms == set()


def test_every_path_that_a_page_names_exists():
    """A module or a test that was moved takes its pages along."""
    tops = "commands|common|geo|matching|register|tests|bench|sample_data|start"
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
        for name in re.findall(rf"`((?:{tops})/[\w/.-]*)`", page.read_text("utf-8"))
        if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()
    ]
    assert missing == []


def test_mutation_testing_knows_where_its_parts_are():
    places = [place for part in PARTS.values() for places in part for place in places]
    assert [place for place in places if not list(ROOT.glob(place))] == []


def _rooms(top):
    """Return the packages of a top folder, itself among them."""
    return [path.parent for path in (ROOT / top).rglob("__init__.py")]


def test_the_changelog_stays_one_page():
    """What a user can do, no story of its making."""
    assert len((ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()) <= 165
