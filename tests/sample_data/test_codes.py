"""Promises of the generator's codes, judged by vectors from public standards, not by the register."""

from __future__ import annotations

import numpy as np
import pytest
from generator import codes


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype=np.uint8)[None, :]


@pytest.mark.parametrize(
    "good", ["91350100M000100Y43", "91130200699229617X", "911302307808371268", "911101081000004460"]
)
def test_uscc_check_character_agrees_with_published_codes(good: str) -> None:
    """The worked example of the standard, two examples of permit rules, and a code with remainder 0."""
    made = codes.usccs(np.array([good[:2]], dtype=object), np.array([int(good[2:8])]), _bytes(good[8:17]))
    assert codes.texts(made)[0] == good


@pytest.mark.parametrize("good", ["110108000000016", "440301103097413", "100000000018983", "310115400003956"])
def test_registration_number_agrees_with_published_numbers(good: str) -> None:
    """MOD 11,10 over fourteen digits."""
    made = codes.registration_numbers(np.array([int(good[:6])]), np.array([int(good[6:14])]))
    assert codes.texts(made)[0] == good


def test_organisation_codes_carry_their_check_and_never_repeat() -> None:
    """Letters count from A = 10 here, unlike in the USCC; 300,000 serials give 300,000 codes."""
    serials = np.arange(300_000)
    made = codes.texts(codes.org_codes(serials, old=serials % 2 == 0))
    assert len(set(made)) == len(serials)
    for code in made[:500]:
        total = sum(int(c, 36) * w for c, w in zip(code[:8], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert code[8] == "0123456789X0"[11 - total % 11]


def test_known_organisation_code_gets_its_check_character() -> None:
    """The example of GB 11714, D2143569-X, by the same arithmetic."""
    total = sum(int(c, 36) * w for c, w in zip("D2143569", (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    assert 11 - total % 11 == 10


def test_permit_number_is_code_serial_and_letter() -> None:
    """22 characters: USCC, three digits, a letter."""
    made = codes.permit_numbers(_bytes("91130200699229617X"), np.array([2]), np.frombuffer(b"P", dtype=np.uint8))
    assert codes.texts(made)[0] == "91130200699229617X002P"
