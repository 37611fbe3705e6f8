"""Laws that hold for every identifier and every text, and the batch functions against the value functions."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minglu.register.identifiers import org_code, permit_no, reg_no, region_code, tax_no, uscc

MODULES = [uscc, org_code, reg_no, tax_no, permit_no, region_code]
CHARACTERS = st.sampled_from("0123456789ABCDXYZPHQ")
SEEDS = ["91350100M000100Y43", "699229617", "110108000000016", "110108551385082", "91130200699229617X001P"]
HOSTILE = [
    "",
    "\x00",
    "9135\x000100M000100Y43",
    "\u202e91350100M000100Y43\u202c",
    "\ud800",
    "🏭" * 18,
    "1" * 1_000_000,
    "9." + "1" * 1000 + "E+17",
    "-",
    "１" * 18,
    "ſ" * 18,
    "İ" * 9,
    "𝟗" * 18,
    "ß" * 9,
    "٣" * 15,
]


@st.composite
def near_misses(draw):
    """Return a valid value with a few characters changed, added or left out, or any text."""
    text = list(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text) - 1))
        text[place] = draw(CHARACTERS | st.just(""))
    return draw(st.just("".join(text)) | st.text(max_size=24) | st.text(CHARACTERS, max_size=24))


@pytest.mark.parametrize("module", MODULES)
@given(text=near_misses())
@settings(max_examples=60, deadline=None)
def test_compacting_twice_changes_nothing(module, text):
    """Making compact is idempotent."""
    once = module.compact(text)
    assert module.compact(once) == once


@pytest.mark.parametrize("module", [uscc, org_code, reg_no, permit_no, region_code])
@given(text=near_misses())
@settings(max_examples=60, deadline=None)
def test_formatting_changes_no_verdict(module, text):
    """A formatted value has the faults of the raw one: validate(format(x)) finds what validate(x) finds, but for damage that only the raw text shows."""
    fault = module.validate(text)
    if fault is None or fault.code.name != "ID_DAMAGED":
        assert module.validate(module.format(text)) == fault


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_raises(module, text):
    """Nulls, bidi marks, lone surrogates, digits of other scripts, a million characters: a verdict, no exception."""
    module.compact(text)
    module.format(text)
    fault = module.validate(text)
    assert module.is_valid(text) == (fault is None)
    if fault is not None:
        fault.reason.encode()


@given(texts=st.lists(near_misses() | st.none(), max_size=12))
@settings(max_examples=150, deadline=None)
def test_batches_agree_with_values(texts):
    """A batch function says yes exactly where the value is valid and already compact."""
    texts = [None if text is None else text.encode("utf-8", "replace").decode() for text in texts]
    array = pa.array(texts, pa.string())
    for module, batch in (
        (uscc, uscc.usccs_valid),
        (org_code, org_code.org_codes_valid),
        (reg_no, reg_no.reg_nos_valid),
    ):
        expected = [text is not None and module.compact(text) == text and module.is_valid(text) for text in texts]
        assert batch(array).tolist() == expected
    expected = [
        text is not None
        and len(text) == 22
        and text[:2] != "H9"
        and permit_no.compact(text) == text
        and permit_no.is_valid(text)
        for text in texts
    ]
    assert permit_no.permits_valid(array).tolist() == expected


def test_batches_know_slices_and_chunks():
    """A sliced or chunked column is read by its own rows, not by its buffer's."""
    array = pa.array(["x", "91350100M000100Y43", None, "91130200699229617X", "0" * 18])
    assert uscc.usccs_valid(array.slice(1)).tolist() == [True, False, True, False]
    assert uscc.usccs_valid(pa.chunked_array([array.slice(3), array.slice(0, 2)])).tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert uscc.usccs_valid(pa.array([], pa.string())).tolist() == []


def test_batches_see_placeholders_that_pass_the_check():
    """Counting and repeating codes are refused by the batch too, whatever their check character."""
    bodies = ["1" * 8, "12345678", "87654321", "23456789", "PDY00001", "67890123"]
    codes = [body + org_code.check_character(body) for body in bodies]
    wholes = [f"91110108{code}" for code in codes]
    wholes = [body + uscc.check_character(body) for body in wholes]
    assert org_code.org_codes_valid(pa.array(codes)).tolist() == [org_code.is_valid(code) for code in codes]
    assert uscc.usccs_valid(pa.array(wholes)).tolist() == [uscc.is_valid(code) for code in wholes]
    assert not org_code.is_valid(codes[0])
