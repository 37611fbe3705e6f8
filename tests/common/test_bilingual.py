"""A text in both languages: what was joined comes apart again, whatever stands in either half."""

from __future__ import annotations

import copy
import json
import pickle
import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from minglu.common.bilingual import NO_TEXT, SEPARATOR, Bilingual
from tests.commands import ROOT

HALVES = st.text(st.sampled_from("甲乙 /:a"), max_size=12)


@given(HALVES, HALVES)
def test_parse_gives_back_the_halves_that_were_joined(zh, en):
    text = Bilingual(zh, en)
    again = Bilingual.parse(str(text))
    assert again == text
    assert again.halves == text.halves
    assert text.en == en
    assert text.zh.replace(" /", "/") == zh.replace(" /", "/")


def test_a_half_that_brings_the_separator_along_stays_one_half():
    """A file in a folder named `a / b` is on one side only."""
    text = Bilingual("与 a / b.csv 相同", "the same")
    assert Bilingual.parse(str(text)).halves == ("与 a/ b.csv 相同", "the same")


def test_it_is_one_text_for_tables_and_json_and_survives_a_copy():
    text = Bilingual("代码不同", "different codes")
    assert pa.array([text], pa.string())[0].as_py() == "代码不同 / different codes"
    assert json.loads(json.dumps([text])) == ["代码不同 / different codes"]
    for one in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert (one, one.of("zh"), one.of("en")) == (text, "代码不同", "different codes")


def test_no_text_is_empty_in_both_languages():
    assert not NO_TEXT
    assert NO_TEXT.halves == Bilingual.parse("").halves == ("", "")


def test_texts_are_taken_apart_in_one_place_only():
    """Whoever needs one language asks `Bilingual`; nobody splits at the separator."""
    apart = re.compile(r"(split|partition)\(\s*[\"']" + SEPARATOR)
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("commands", "common", "geo", "matching", "register")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".js"} and apart.search(path.read_text("utf-8"))
    ]
    assert found == []
