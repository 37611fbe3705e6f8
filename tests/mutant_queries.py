"""Mutation testing of the ledger's queries: mutmut changes Python, and to it a query is one text.  Takes some minutes.

python3 start run python -m tests.mutant_queries

Each word below is changed wherever it stands in a query of register/units/ledger.py, one place at a time, and the tests of
the ledger are run: a change that none of them notices is printed.  The answer of each stands in docs/explanation/mutants.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.mutants import PLACE, ROOT, copy_into

MODULE, TESTS = "register/units/ledger.py", "tests/register/test_ledger.py"
SECONDS = 300
CHANGES = {
    " = ": " <> ",
    " <> ": " = ",
    " <> 1": " > 1",
    " > 1": " > 2",
    " AND ": " OR ",
    " OR ": " AND ",
    "FULL OUTER JOIN": "JOIN",
    "FULL OUTER": "LEFT",
    "FULL ": "RIGHT ",
    "UNION ALL": "EXCEPT",
    "IS NULL": "IS NOT NULL",
    "GROUP BY list, ": "GROUP BY ",
    "min(": "max(",
    "sum(": "max(",
    "count(*)": "min(1)",
    "abs(": "(",
    "coalesce(": "concat(",
    "'unit'": "'closed'",
    "'duplicate'": "'unit'",
    "'rejected'": "'duplicate'",
    "''": "'x'",
    "_SAME_": "_OTHER_",
    "_OTHER_": "_SAME_",
}
"""Each with what it becomes: another comparison, a join that drops rows, a sum that counts none, another word."""


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the change and the whole module for each place where a query can be changed."""
    for old, new in CHANGES.items():
        for found in re.finditer(re.escape(old), source):
            start = source.rfind("\n", 0, found.start()) + 1
            if not source[start : found.start()].lstrip().startswith('"'):
                continue  # not inside a text
            line = source.count("\n", 0, start) + 1
            yield line, f"{old!r} -> {new!r}", source[: found.start()] + new + source[found.end() :]


def main() -> None:
    """Run the tests of the ledger for each mutant in a copy of the package; print those that nothing noticed."""
    place = PLACE / "queries"
    copy_into(place)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", TESTS]
    environment = os.environ | {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}

    def noticed(source: str) -> bool:
        (place / "minglu" / MODULE).write_text(source, "utf-8")
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=SECONDS, check=False)
        return done.returncode != 0

    source = (ROOT / MODULE).read_text("utf-8")
    assert not noticed(source), "the tests pass on the module as it is"
    survived, asked = 0, 0
    for line, change, changed in mutants(source):
        asked += 1
        if not noticed(changed):
            survived += 1
            sys.stdout.write(f"{MODULE}:{line}: {change}\n")
    sys.stdout.write(f"queries: {asked - survived} of {asked} killed\n")


if __name__ == "__main__":
    main()
