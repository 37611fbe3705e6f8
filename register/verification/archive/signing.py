"""Signing the head of an archive with an Ed25519 key.  Checking is in `verifier`, which needs no library."""

from __future__ import annotations

import json
from pathlib import Path

from minglu.errors import SourceError, UsageError


def sign(message: bytes, key_file: Path) -> str:
    """Return the content of signature.json: the public key and the signature of `message`, hexadecimal.

    The key is a PEM file without password (`openssl genpkey -algorithm ed25519`).  Raises
    SourceError for any other file, UsageError where the optional library is not installed.
    """
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - an optional extra
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            en="--key: signing needs the optional package `cryptography`. Install minglu[sign], or seal without a key.",
            zh="--key：签名需要可选组件 cryptography。请安装 minglu[sign]，或不带密钥封存。",
        ) from None
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(key_file, type(error).__name__) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(key_file, "another kind of key")
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signed = {"algorithm": "Ed25519", "public_key": public.hex(), "signature": key.sign(message).hex()}
    return json.dumps(signed, indent=1) + "\n"


def _unusable(path: Path, found: str) -> SourceError:
    return SourceError(
        en=f"{path}: can't be used as a private key ({found}); expected an Ed25519 key in PEM without a password "
        "(openssl genpkey -algorithm ed25519).",
        zh=f"{path}：不能作为私钥使用（{found}）；应为不带口令的 PEM 格式 Ed25519 私钥"
        "（openssl genpkey -algorithm ed25519）。",
    )
