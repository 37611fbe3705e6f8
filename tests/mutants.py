"""Mutation testing of what must not be wrong: see PARTS.  Takes an hour or more.

python3 start run python tests/mutants.py [again] [PART ...]

Mutmut changes the code in thousands of small ways and runs the tests that reach each change; a change that no
test notices survives.  It wants the package as a folder of its name, so the parts are copied to build/mutants
first; mutmut itself lives there in an environment of its own (the first time it is fetched: needs a package index).
A second run goes on where the first ended; with `again` it asks first those that had survived, by the tests as they
are now.  What survived, and why, stands in docs/explanation/mutants.md.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "mutants"
PARTS = {
    "ledger": (["register/units/ledger.py"], ["tests/register/units/test_ledger.py"]),
    "statistics": (["register/statistics/*.py"], ["tests/register/statistics"]),
    "placement": (
        ["geo/placing/place_units.py", "geo/placing/placement_policy.py"],
        ["tests/geo/placing"],
    ),
    "proof": (
        ["geo/tiling/partition_proof.py", "geo/tiling/edge_cancellation.py", "geo/tiling/faces.py"],
        ["tests/geo/tiling", *(f"tests/geo/test_{name}.py" for name in ("verdict", "fault_kinds", "legal_shapes"))],
    ),
    "clusters": (
        ["matching/model/thresholds.py", "matching/clustering/*.py", "matching/encoding/term_frequencies.py"],
        [
            "tests/matching/model/test_thresholds.py",
            "tests/matching/clustering",
            "tests/matching/encoding/test_term_frequencies.py",
        ],
    ),
    "weights": (
        [
            f"matching/model/{name}.py"
            for name in ("training", "branch_markers", "spatial_calibration", "expectation_maximisation")
        ],
        [f"tests/matching/model/test_{name}.py" for name in ("training", "branch_markers", "spatial_calibration")],
    ),
    "texts": (
        ["matching/parsing/*.py", "matching/encoding/encode_entries.py", "matching/comparing/subsequence.py"],
        ["tests/matching/parsing", "tests/matching/encoding", "tests/matching/comparing"],
    ),
}
SLOW = "tests/register/statistics/test_worked_examples.py::test_diabetes_gives_the_printed_values"
QUERIES = {"ledger"}
"""Parts whose texts are queries."""
KILLED = {"killed", "timeout", "segfault", "caught by type check"}


def copy_into(place: Path) -> None:
    """Copy the package, as a folder of its name, and its tests."""
    place.mkdir(parents=True, exist_ok=True)
    junk = shutil.ignore_patterns("__pycache__")
    for name in ("common", "geo", "matching", "register", "commands"):
        shutil.copytree(ROOT / name, place / "minglu" / name, ignore=junk, dirs_exist_ok=True)
    for path in ROOT.glob("*.py"):
        shutil.copy(path, place / "minglu")
    shutil.copytree(ROOT / "tests", place / "tests", ignore=junk, dirs_exist_ok=True)


def prepare(part: str) -> Path:
    """Lay one part out as mutmut wants it: package, tests, settings."""
    place, (modules, tests) = PLACE / part, PARTS[part]
    copy_into(place)
    settings = {
        "source_paths": ["minglu"],
        "only_mutate": [f"minglu/{module}" for module in modules],
        "pytest_add_cli_args_test_selection": tests,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "--deselect", SLOW],
        "use_git_change_detection": False,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    pytest = ["addopts = \"--import-mode=importlib -m 'not slow'\"", 'filterwarnings = ["error"]', 'markers = ["slow"]']
    (place / "pyproject.toml").write_text(
        "\n".join(["[tool.mutmut]", *lines, "", "[tool.pytest.ini_options]", *pytest, ""]), "utf-8"
    )
    return place


def mutmut() -> str:
    """Return mutmut's own program, in an environment that sees this one's packages but not minglu itself."""
    home = PLACE / "venv"
    program = home / "bin" / "mutmut"
    if not program.exists():
        venv.create(home, with_pip=True, clear=True)
        wanted = ROOT / "tests" / "requirements-mutants.txt"
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", wanted], check=True)
        site = next(home.glob("lib/python*/site-packages"))
        # A path in a .pth file is searched last, and the .pth files that lie there (minglu's own) are not followed.
        (site / "project.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return str(program)


def verdicts(program: str, place: Path) -> dict[str, str]:
    """Return mutant -> what became of it."""
    done = subprocess.run([program, "results", "--all", "true"], cwd=place, capture_output=True, text=True, check=True)
    return dict(re.findall(r"^\s+(\S+__mutmut_\d+): (.+?)\s*$", done.stdout, re.MULTILINE))


def ask(program: str, place: Path, mutants: list[str]) -> None:
    """Let mutmut run the tests for some mutants, or for all that were not asked yet."""
    command = [program, "run", "--max-children", str(max(1, (os.cpu_count() or 2) - 1)), *mutants]
    subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, check=False)


def survivors(found: dict[str, str]) -> list[str]:
    """Return the mutants that no test noticed, those included that were not asked."""
    return sorted(name for name, verdict in found.items() if verdict not in KILLED)


def same_query(program: str, place: Path, mutant: str) -> bool:
    """Return whether a mutant writes a query, or a table's name, in other letters alone: SQL does not tell them apart.

    What stands in quotes inside a query is data and must be the same to the letter.
    """
    shown = subprocess.run([program, "show", mutant], cwd=place, capture_output=True, text=True, check=True).stdout
    changes = re.findall(r"^[-+](?![-+]).*$", shown, re.MULTILINE)
    before, after = ("".join(line[1:] for line in changes if line[0] == mark) for mark in "-+")
    return before.casefold() == after.casefold() and re.findall(r"'[^']*'", before) == re.findall(r"'[^']*'", after)


def main(arguments: list[str]) -> None:
    """Run mutmut on each part; print the survivors as mutmut names them, and the share that was killed."""
    program = mutmut()
    for part in [name for name in arguments if name != "again"] or list(PARTS):
        place = prepare(part)
        if "again" in arguments and (had := survivors(verdicts(program, place))):
            ask(program, place, had)
        ask(program, place, [])
        found = verdicts(program, place)
        left = survivors(found)
        same = {name for name in left if part in QUERIES and same_query(program, place, name)}
        sys.stdout.write("".join(f"{name}\n" for name in left if name not in same))
        sys.stdout.write(
            f"{part}: {len(found) - len(left)} of {len(found)} killed; {dict(Counter(found.values()))}; "
            f"{len(same)} of the survivors are the same query in other letters\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
