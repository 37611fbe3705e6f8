"""The sample county, built once as a user builds it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data"


@dataclass(frozen=True)
class Finished:
    """A finished run of the command line."""

    code: int
    out: str
    err: str


def minglu(*arguments, cwd=None, **environment):
    """Run `minglu` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "minglu", *map(str, arguments)],
        capture_output=True,
        cwd=cwd or ROOT.parent,
        env=os.environ | {"MINGLU_LANG": "en"} | environment,
        timeout=300,
        check=False,
    )
    return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The run folder of the sample county, and what the command said."""
    out = tmp_path_factory.mktemp("demo") / "out"
    finished = minglu("build", SAMPLE / "census.toml", "--out", out)
    assert finished.code == 0, finished.err
    return out, finished


@pytest.fixture
def county(tmp_path):
    """A copy of the sample county that a test may damage: no sender vouches for its lists any more."""
    folder = tmp_path / "county"
    folder.mkdir()
    for path in SAMPLE.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    for path in folder.glob("*.toml"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"^(sha256|rows) = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    return folder
