"""Identification numbers with right check digits, for many units at once.  Written apart from the register.

The register has its own code for the same rules; neither imports the other, so that an
error on one side cannot hide behind the same error on the other.  Numbers are matrices of
small integers, one row per number; `texts` turns byte matrices into text.
"""

from __future__ import annotations

import numpy as np

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_USCC_BYTES = np.frombuffer(USCC_ALPHABET.encode(), dtype=np.uint8)
_USCC_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714
BODY_SPACE = 31**6  # bodies of the form MA......, as issued since 2015
_BODY_STEP = 550_731_773  # odd and coprime to 31: runs through the whole space without a repeat
_OLD_STEP = 38_196_601  # coprime to 10


def texts(characters: np.ndarray) -> np.ndarray:
    """Turn a (n, k) matrix of ASCII bytes into an array of str."""
    width = characters.shape[1]
    packed = np.ascontiguousarray(characters, dtype=np.uint8).view(f"S{width}").ravel()
    return packed.astype(f"U{width}").astype(object)


def digits(numbers: np.ndarray, width: int) -> np.ndarray:
    """Return the last `width` decimal digits of each number as ASCII bytes (n, width)."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers[:, None] // powers % 10 + 48).astype(np.uint8)


def org_codes(serials: np.ndarray, *, old: np.ndarray) -> np.ndarray:
    """Return organisation codes (n, 9 bytes): eight digits where `old`, else MA + six characters.

    Different serials below 10**8 give different codes.
    """
    scattered = serials * _BODY_STEP % BODY_SPACE
    letters = _USCC_BYTES[scattered[:, None] // 31 ** np.arange(5, -1, -1, dtype=np.int64) % 31]
    modern = np.column_stack([np.full(len(serials), 77), np.full(len(serials), 65), letters])
    plain = digits(serials * _OLD_STEP % 10**8, 8)
    body = np.where(old[:, None], plain, modern).astype(np.uint8)
    values = np.where(body < 58, body.astype(int) - 48, body.astype(int) - 55)  # A = 10 ... Z = 35
    check = 11 - values @ _ORG_WEIGHTS % 11
    byte = np.select([check == 10, check == 11], [ord("X"), ord("0")], check + 48)
    return np.column_stack([body, byte.astype(np.uint8)])


def usccs(prefixes: np.ndarray, regions: np.ndarray, orgs: np.ndarray) -> np.ndarray:
    """Return USCC (n, 18 bytes) from two-character prefixes, six-digit regions and organisation codes."""
    head = np.array([list(prefix.encode()) for prefix in prefixes], dtype=np.uint8).reshape(-1, 2)
    body = np.column_stack([head, digits(regions, 6), orgs])
    value_of = np.zeros(128, dtype=int)
    value_of[_USCC_BYTES] = np.arange(31)
    check = (31 - value_of[body] @ _USCC_WEIGHTS % 31) % 31
    return np.column_stack([body, _USCC_BYTES[check]])


def registration_numbers(regions: np.ndarray, serials: np.ndarray) -> np.ndarray:
    """Return 15-digit registration numbers (n, 15 bytes): office, serial, check by MOD 11,10."""
    body = np.column_stack([digits(regions, 6), digits(serials, 8)])
    product = np.full(len(body), 10)
    for column in range(14):
        total = (product + body[:, column] - 48) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return np.column_stack([body, ((11 - product) % 10 + 48).astype(np.uint8)])


def tax_numbers(regions: np.ndarray, orgs: np.ndarray) -> np.ndarray:
    """Return the old 15-character tax numbers (n, 15 bytes): region and organisation code."""
    return np.column_stack([digits(regions, 6), orgs])


def permit_numbers(usccs_of_units: np.ndarray, serials: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """Return permit numbers (n, 22 bytes): USCC, site serial, letter (HJ 608: a mark, not a check)."""
    return np.column_stack([usccs_of_units, digits(serials, 3), letters.astype(np.uint8)])
