"""What the environment depends on, as digests: the lock, and the files that the package is made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE_FOLDERS = ("commands", "common", "geo", "matching", "register")


def package_files(root: Path) -> Iterator[Path]:
    """Yield every module and data file of the package, in a fixed order, relative to `root`."""
    yield from sorted(path.relative_to(root) for path in root.glob("*.py"))
    for folder in PACKAGE_FOLDERS:
        found = (path.relative_to(root) for path in (root / folder).rglob("*") if path.is_file())
        yield from sorted(path for path in found if "__pycache__" not in path.parts)


def digest(parts: Iterable[bytes]) -> str:
    """Digest a sequence of byte strings so that no two sequences look alike."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()


def of_lock(root: Path) -> str:
    """Digest the lock file."""
    return digest([(root / "requirements.lock").read_bytes()])


def of_project(root: Path, *, linked: bool = os.name != "nt") -> str:
    """Digest what the editable installation mirrors: names of files, and the packaging itself.

    Where the mirror is made of symbolic links (`linked`) an edit shows through at once and
    only names count.  Windows may get hard links, which an editor or git silently
    breaks by replacing the file; there the contents count too.
    """
    parts = [(root / name).read_bytes() for name in ("pyproject.toml", "__init__.py")]
    for path in package_files(root):
        parts.append(path.as_posix().encode())
        if not linked:
            parts.append((root / path).read_bytes())
    return digest(parts)
