"""A small county, built once; and the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from minglu.register.sources.vector import read_layer  # noqa: F401 - sets GDAL's environment before GDAL loads
from tests.trust import county

ENVIRONMENT = {"MINGLU_LANG": "en", "PYTHONUTF8": "1"}
HANGS = 1800
"""Seconds after which a run is taken to hang; on a busy machine a build may take a hundred times what it takes alone."""


def minglu(*arguments, prelude="", **options):
    """Run the command line; `prelude` is Python that runs before it, to make things go wrong."""
    code = f"{prelude}\nimport sys\nfrom minglu.cli import main\nsys.argv[0] = 'minglu'\nmain()\n"
    environment = os.environ | ENVIRONMENT | options.pop("env", {})
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        env=environment,
        timeout=options.pop("timeout", HANGS),
        check=False,
        **options,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The run folder of the small county; its census file lies beside it.  Nobody may change it."""
    return county.run(county.make_county(tmp_path_factory.mktemp("county")))


@pytest.fixture
def census(tmp_path) -> Path:
    """The census file of a small county that a test may change."""
    return county.make_county(tmp_path / "county")
