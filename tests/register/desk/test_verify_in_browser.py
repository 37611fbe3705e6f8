"""A spot check entered on the screen lands in the workbooks as drawn, checked as returned ones are."""

import shutil

import pytest

from minglu.errors import SourceError
from minglu.register.verification.spotcheck.draw_and_score import make_sample, score_sheets
from minglu.register.verification.spotcheck.enter_results import ResultBooks, require_register
from minglu.register.verification.spotcheck.spotcheck_answers import read_answers
from minglu.register.verification.spotcheck.spotcheck_workbooks import AREA_BOOK, LIST_BOOK
from tests.register.desk.conftest import Watched, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(county, tmp_path_factory):
    to = tmp_path_factory.mktemp("drawn") / "spotcheck"
    asked = {"units_per_class": 2, "districts_per_township": 1, "excluded_units": 2, "township_share": 0.2}
    make_sample(county[1], "1234", to, pack="pollution-2", asked=asked)
    return to


@pytest.fixture
def folder(drawn, tmp_path):
    shutil.copytree(drawn, tmp_path / "spotcheck")
    return tmp_path / "spotcheck"


def test_a_spot_check_is_entered_on_the_screen(chromium, county, folder):
    with serving(county[1], names=("王五",), spotcheck=folder) as server:
        desk = Watched(chromium, server.address)
        desk.page.set_default_timeout(120_000)
        page = desk.open("/verify/units/1")
        page.select_option("[name=result]", label="信息有误")
        page.fill("[name=note]", "=1+1 门牌不符")
        page.get_by_role("button", name="录入").click()
        page.wait_for_url("**/verify")
        assert "信息有误" in page.locator("main").inner_text()
        page = desk.open("/verify/found/1")
        assert page.locator(".number-pin").count() == 0, "who walks must not see what the register has"
        page.fill("[name=name]", "路边豆腐坊")
        page.select_option("[name=finding]", label="漏查")
        page.get_by_role("button", name="录入").click()
        page.wait_for_url("**/verify")
        desk.close()
    answers = read_answers([folder / LIST_BOOK, folder / AREA_BOOK])
    assert [result for _, result in answers.visited if result] == ["wrong"]
    assert [finding for _, _, finding in answers.found] == ["missed"]
    line = ResultBooks(folder).row("units", "1")
    assert (line.texts["note"], line.texts["checker"]) == ("=1+1 门牌不符", "王五")
    assert score_sheets([folder / LIST_BOOK, folder / AREA_BOOK])["verdict"] != "accept"


def test_what_contradicts_itself_is_not_taken(folder):
    """A duplicate must say of what: the same refusal as for a returned sheet, and the workbook stays as it was."""
    books, before = ResultBooks(folder), (folder / LIST_BOOK).read_bytes()
    with pytest.raises(SourceError, match="duplicate"):
        books.enter("units", "1", {"result": "重复"})
    with pytest.raises(SourceError, match="expected one of"):
        books.enter("units", "1", {"result": "差不多"})
    assert (folder / LIST_BOOK).read_bytes() == before


def test_the_spot_check_of_another_register_is_refused(folder):
    with pytest.raises(SourceError, match="another register"):
        require_register(ResultBooks(folder), "0" * 64)
