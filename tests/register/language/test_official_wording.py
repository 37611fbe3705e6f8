"""What officials read is worded as offices word it: the terms of the wording table that gave way stay away."""

from __future__ import annotations

from pathlib import Path

import pytest

from minglu.register.clerical.clearing_forms.form_columns_by_class import RESULTS
from minglu.register.clerical.field_facts.fact_chain import ANSWERS
from minglu.register.clerical.field_sheets.sheet_columns import WORDS
from minglu.register.language.code_labels import FOUND

ROOT = Path(__file__).resolve().parents[3]
REPLACED = {
    "小区铺满": "普查小区边界无缝隙、无重叠",
    "逐行入账": "逐条核对",
    "逐行对平": "勾稽相符",
    "是否齐全": "完整性评估",
    "下一步做什么": "问题清单与处理意见",
    "怎么办": "处理意见",
    "先看这些小区": "需重点核查的普查小区",
    "远离其他小区": "指标异常的普查小区",
    "在册单位": "纳入普查单位",
    "剔除": "无效记录",
    "搁置": "无效记录",
    "现场查无": "现场未找到",
    "现场事实": "现场核查记录",
    "落点": "空间定位",
    "发送方已证明": "报送部门已提供校验信息",
    "名录指纹": "名录校验码",
    "封存指纹": "封存校验码",
    "守恒律": "勾稽关系",
    "条目对": "疑似重复记录对",
    "同见同漏": "两份名单覆盖情况相近",
    "案头名录": "名录工作簿",
}
"""Term that gave way -> the office's term."""
KINDS = {".py", ".toml", ".html", ".js", ".json", ".md"}
PLACES = ("cli.py", "commands", "common", "docs", "errors.py", "geo", "matching", "register", "start")
PAGES = ("CHANGELOG.md", "README.md", "README.zh-CN.md")


def product_texts():
    """Return path and text of everything that users may read: code, rules, templates, pages."""
    roots = [ROOT / name for name in (*PLACES, *PAGES)]
    files = [path for root in roots for path in ([root] if root.is_file() else sorted(root.rglob("*")))]
    chosen = [path for path in files if path.is_file() and path.suffix in KINDS and "vendor" not in path.parts]
    return [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in chosen]


@pytest.fixture(scope="module")
def texts():
    """Everything that users may read, read once."""
    found = product_texts()
    assert len(found) > len(PLACES)
    return found


@pytest.mark.parametrize("term", REPLACED)
def test_a_term_that_gave_way_is_in_no_text_of_the_product(texts, term):
    assert [name for name, text in texts if term in text] == [], f"write {REPLACED[term]}"


def test_a_unit_that_the_field_did_not_find_is_called_the_same_everywhere():
    """On sheets, on forms and in the report."""
    assert ANSWERS["not_found"][0] == FOUND["not_found"][0] == "现场未找到"
    assert WORDS["现场未找到"] == RESULTS["现场未找到"] == "not_found"
