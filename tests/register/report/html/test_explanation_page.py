"""The page of reasons: what the answer says and nothing else, drawn to scale, harmless whatever the names hold."""

import math
import re
from html.parser import HTMLParser

import pytest

from minglu.common.bilingual import NO_TEXT, Bilingual
from minglu.errors import OutputError, UsageError
from minglu.matching.model.match_waterfall import Evidence, Waterfall
from minglu.register.explain.explanation import Compared, Entries, Explanation
from minglu.register.report.html.explanation_page import write_reasons
from minglu.register.report.html.waterfall_chart import HEIGHT, SAYS_NOTHING, WIDTH, waterfall_rows

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}\u202e&amp;厂"
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "input", "header", "h1", "h2", "h3", "bdi", "div", "span", "label", "main",
    "p", "b", "section", "table", "thead", "tbody", "tr", "th", "td", "br", "svg", "line", "rect", "footer",
}  # fmt: skip


def step(name, legal, site):
    """Make one piece of evidence."""
    return Evidence(name, "same", legal, site, f"{name} 相同", f"{name} the same")


def flow(*steps):
    """Make a waterfall of (name, bits on the legal unit, bits on the site)."""
    made = tuple(step(*one) for one in steps)
    return Waterfall(made, sum(one.bits_legal for one in made), sum(one.bits_site for one in made))


def answer(name="东方餐饮"):
    """Make an answer with every kind of part; `name` stands wherever the data have a say."""
    told = Explanation(name, {})
    told.head(f"单位 {name}", f"unit {name}")
    row = {
        "entry_id": "E1",
        "file": name,
        "sheet": name,
        "row": 3,
        "name": name,
        "uscc": name,
        "site_address": name,
        "address": "",
    }
    told.parts.append(Entries([row, {**row, "entry_id": "E00000000000000000001-2"}]))
    pair = {"left": "E1", "right": "E2", "p_legal": 0.9, "p_site": 0.1, "relation": "same_legal", "verdict": "link"}
    told.parts.append(
        Compared(
            pair,
            flow(("prior", -3.0, 1.0), ("code", 8.0, 0.0), ("place", 1.5, -4.0)),
            Bilingual("禁", "barred"),
            NO_TEXT,
        )
    )
    told.say(f"  名称：{name}", f"  name: {name}")
    return told


class Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""

    def handle_starttag(self, tag, attrs):
        """Note a tag and what it carries."""
        self.tags.add(tag)
        self.attributes |= {(name, value) for name, value in attrs}

    def handle_data(self, data):
        """Note what a reader sees."""
        self.text += data


def page(tmp_path, told, language="zh"):
    """Write the page and return its text."""
    (tmp_path / "out").mkdir(exist_ok=True)
    path = tmp_path / "why.html"
    write_reasons(told, tmp_path / "out", path, language=language)
    return path.read_text("utf-8")


def test_names_never_become_markup(tmp_path):
    """A name that is a script, an image, a template or a mark of direction stays a text, everywhere it stands."""
    text = page(tmp_path, answer(HOSTILE))
    seen = Tags()
    seen.feed(text)
    assert seen.tags <= ALLOWED
    assert not any(name.startswith("on") or name in {"src", "href"} for name, _ in seen.attributes)
    assert seen.text.count("<script>alert(1)</script>") >= 8
    assert "49" not in seen.text
    assert "\u202e" not in text


def test_page_is_offline_and_runs_nothing(tmp_path):
    """No address, no script; a policy that forbids both, should one slip in."""
    text = page(tmp_path, answer())
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert not re.search(r"https?:|//\w|<script|url\(|@import", text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_opens_in_the_language_asked_and_holds_both(tmp_path, language):
    """The switch stands on the language of the command; the other one is a click away."""
    text = page(tmp_path, answer(), language)
    assert re.findall(r'id="(zh|en)" checked', text) == [language]
    assert "code 相同" in text
    assert "code the same" in text


def numbers(bar):
    """Return where a bar begins and how long it is, and where zero stands."""
    found = re.search(r'x1="([\d.]+)".*<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', str(bar))
    return tuple(float(value) for value in found.groups())


def test_bars_begin_where_the_last_one_ended():
    """Each bar goes from where the sum stood to where it goes; the last goes from zero to the whole sum."""
    rows = waterfall_rows(flow(("prior", -3.0, 1.0), ("code", 8.0, 0.0), ("place", 1.0, -4.0)))
    pixel = WIDTH / 9.0  # the legal question reaches from -3 to 6
    zero, at, length = numbers(rows[0].legal_bar)
    assert (zero, at, length) == pytest.approx((3 * pixel, 0.0, 3 * pixel), abs=0.1)
    assert numbers(rows[1].legal_bar)[1:] == pytest.approx((0.0, 8 * pixel), abs=0.1)
    assert numbers(rows[2].legal_bar)[1:] == pytest.approx((8 * pixel, pixel), abs=0.1)
    assert numbers(rows[3].legal_bar)[1:] == pytest.approx((3 * pixel, 6 * pixel), abs=0.1)
    assert [row.legal for row in rows] == ["-3.0", "+8.0", "+1.0", "+6.0"]
    assert [row.site for row in rows] == ["+1.0", SAYS_NOTHING, "-4.0", "-3.0"]
    assert all(f'height="{HEIGHT}"' in row.site_bar for row in rows)


def test_waterfall_without_any_weight_is_drawn():
    """Nothing to weigh is a bar of no length, not an error."""
    (row, total) = waterfall_rows(flow(("prior", 0.0, 0.0)))
    assert numbers(row.legal_bar) == numbers(total.site_bar) == (0.0, 0.0, 0.0)


def test_lines_end_with_the_sum():
    """On a terminal the reasons are followed by what they add up to, in both languages."""
    pair = answer().parts[2]
    assert any(re.fullmatch(r" +\+6\.5 +-3\.0  合计", line) for line in pair.lines("zh"))
    assert any(re.fullmatch(r" +\+6\.5 +-3\.0  sum", line) for line in pair.lines("en"))
    assert math.isclose(pair.values()["bits_legal"], 6.5)


def test_page_about_single_units_stays_out_of_the_run(tmp_path):
    """Inside OUT it would be handed on with the rest: refused, and nothing is written."""
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="outside"):
        write_reasons(answer(), tmp_path / "out", tmp_path / "out" / "why.html", language="zh")
    assert not list((tmp_path / "out").iterdir())


def test_place_that_cannot_be_written_is_named(tmp_path):
    """A file in the way of the folder: said with the place, and no half page stays behind."""
    (tmp_path / "out").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"why\.html"):
        write_reasons(answer(), tmp_path / "out", tmp_path / "file" / "why.html", language="zh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]
