"""Statuses: whole words decide, part of a word decides nothing."""

import pytest

from minglu.register.cleaning.status_words import read_status
from minglu.register.cleaning.text_cleaning import TextCleaner
from minglu.register.rules import load_pack

PACK = load_pack("pollution-2", None)
CLEAN = TextCleaner(PACK.text)
UNCLEAR = [
    *(
        "未拆除",
        "未关停",
        "未取缔",
        "未破产",
        "尚未注销",
        "非注销",
        "拟注销",
        "不存在异常",
        "正常，不存在违法",
        "已解除关闭",
    ),
    *("准予存续（原撤销登记已纠正）", "恢复生产（曾关停）", "Not closed", "inactive", "not operating", "non-operating"),
    *(
        "停产（已拆除）",
        "1号炉已拆除",
        "临时关闭",
        "部分关停",
        "计划拆除",
        "即将关闭",
        "temporarily closed",
        "never closed",
    ),
    *(
        "没有注销",
        "并未关闭",
        "不属于关停",
        "注销未通过",
        "取消注销",
        "reopened",
        "to be closed",
        "unclosed",
        "除名异议中",
    ),
]
PLAIN = [
    ("已于2021年5月依法注销", "closed"),
    ("该企业已拆除", "closed"),
    ("停产（2019年起）", "stopped"),
    ("永久关闭", "closed"),
    ("permanently closed", "closed"),
    ("非正常户，已注销", "closed"),
    ("登记状态：存续", "active"),
]


@pytest.mark.parametrize("cell", UNCLEAR)
def test_a_negated_or_limited_status_is_unclear_and_reported(cell):
    """Neither closed nor active: the unit stays, and a person is asked."""
    status, fault = read_status(CLEAN.in_one_form(cell), PACK.statuses)
    assert status == "unknown"
    assert fault is not None
    assert fault.code.name == "STATUS_UNCLEAR"


@pytest.mark.parametrize(("cell", "status"), PLAIN)
def test_dates_and_fillers_change_no_status(cell, status):
    """已, 企业, a date, a label: the word beside them counts."""
    assert read_status(CLEAN.in_one_form(cell), PACK.statuses) == (status, None)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("存续（在营、开业、在册）", "active"),
        ("正常", "active"),
        ("1", "active"),
        ("未注销", "active"),
        ("停业", "stopped"),
        ("2021年停产", "stopped"),
        ("停业整顿", "stopped"),
        ("2", "stopped"),
        ("吊销，未注销", "unknown"),
        ("吊销，已注销", "closed"),
        ("企业已注销", "closed"),
        ("CANCELLED", "closed"),
        ("非正常户", "unknown"),
        ("21", "unknown"),
        ("", "unknown"),
        ("某某", "unknown"),
    ],
)
def test_status_words_become_four(cell, status):
    """The whole cell decides, else all of its words together: 非正常 before 正常."""
    assert read_status(CLEAN.in_one_form(cell), PACK.statuses)[0] == status


def test_no_status_word_stands_in_two_rows():
    """A word that meant two things would take its meaning from the order of rows."""
    words = [word for row in PACK.statuses for word in row.words]
    assert len(words) == len(set(words))
