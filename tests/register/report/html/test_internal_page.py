"""The page for the office itself: single units with their rows, outside of what is handed on."""

from __future__ import annotations

import pytest

from minglu.errors import UsageError
from minglu.register.report import render_inside


def test_inside_page_leads_to_file_and_row_and_says_that_it_is_internal(invented, tmp_path):
    render_inside(invented, tmp_path / "inside.html")
    text = (tmp_path / "inside.html").read_text("utf-8")
    assert "青禾第14厂" in text
    assert "business.csv 16" in text
    assert "不得对外提供" in text
    assert "tax.csv 9999" in text


def test_hostile_names_take_no_effect_in_the_inside_page_either(invented, tmp_path):
    render_inside(invented, tmp_path / "inside.html")
    text = (tmp_path / "inside.html").read_text("utf-8")
    assert text.count("<script") == text.count("</script>") == 3
    assert "<img src=x" not in text


def test_inside_page_does_not_go_into_the_run_folder(invented):
    """What may be handed on and what may not stay apart."""
    with pytest.raises(UsageError):
        render_inside(invented, invented / "inside.html")
    assert not (invented / "inside.html").exists()


@pytest.mark.slow
def test_inside_units_are_searched_and_drawn(browsing, invented, tmp_path):
    """Search by keyboard hides the other rows; the layer of units can be switched on; no complaint."""
    render_inside(invented, tmp_path / "inside.html")
    with browsing.Browser(tmp_path / "profile") as browser:
        browser.load(tmp_path / "inside.html")
        browser.run("document.querySelector('input.finds').focus()")
        browser.type("青禾第14厂")
        shown = (
            "Array.from(document.querySelectorAll('#inside-units tbody tr')).filter(r => r.style.display === '').length"
        )
        assert browser.run(shown) == 1
        browser.click("input[name=layer][value=inside]")
        assert browser.complaints() == []
