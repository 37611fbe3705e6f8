"""What was hard once stays answered: every text of the corpus, and drawn ones, through every parser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.errors import SourceError
from minglu.register.clerical.decisions import read_chain
from minglu.register.sources.vector.read_layer import read_districts
from minglu.register.storage.integrity import _listed
from tests.trust.parsers import PARSERS
from tests.trust.renew_corpus import FOLDER, HARD

DEEP = '{"type":' * 100_000


def corpus(name):
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("ascii").splitlines()]


@pytest.mark.parametrize("name", PARSERS)
def test_every_text_of_the_corpus_is_answered(name):
    """Read, set aside with a code, or refused in both languages; each parser has met half a dozen kinds at least."""
    texts = corpus(name)
    assert set(HARD) <= set(texts)
    assert len({PARSERS[name].read(text) for text in texts}) >= 6


def test_the_corpus_holds_a_file_for_every_parser_and_no_other():
    assert {path.stem for path in FOLDER.iterdir()} == set(PARSERS)


@pytest.mark.parametrize("name", PARSERS)
def test_any_mixture_of_its_words_is_answered(name):
    """Drawn texts, the same each time."""
    words = st.sampled_from([*PARSERS[name].words.split(" "), " "])

    @settings(max_examples=60)
    @given(parts=st.lists(st.one_of(words, st.text(max_size=3)), max_size=14))
    def answered(parts):
        PARSERS[name].read("".join(parts))

    answered()


def test_brackets_without_end_are_refused_wherever_json_is_read(tmp_path):
    """A reader that calls itself for each bracket ends at some depth: that is no mistake of ours."""
    (tmp_path / "x.geojson").write_text(DEEP)
    with pytest.raises(SourceError, match="geojson"):
        read_districts(tmp_path / "x.geojson", code="code", name=None)
    (tmp_path / "decisions.jsonl").write_text(DEEP + "\n")
    with pytest.raises(SourceError, match=r"decisions\.jsonl"):
        read_chain(tmp_path / "decisions.jsonl")
    (tmp_path / "manifest.json").write_text(DEEP)
    assert _listed(tmp_path) == {}
