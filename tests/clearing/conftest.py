"""A built county with a decision in its chain, and its archive: made once, copied where a test damages it."""

import contextlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from minglu.register.build import build
from minglu.register.verification.archive.seal import SealOptions, seal
from tests.clearing.people import people_speak

SAMPLE = Path(__file__).parents[2] / "sample_data"


def run(census, out):
    silence = SimpleNamespace(stage=lambda **_: contextlib.nullcontext(), times=dict)
    build(census, out, progress=silence, threads=1)
    return out


def copy_county(folder, **replaced):
    """Copy the sample county's files into `folder`; `replaced` changes texts of the census file."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in SAMPLE.iterdir():
        if path.is_file() and path.suffix in {".csv", ".xlsx", ".gpkg", ".toml"}:
            shutil.copy(path, folder)
    people_speak(folder / "census.toml", decided=3)
    return folder / "census.toml"


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """The sample county's folder with a finished run in `out`; not to be changed."""
    folder = tmp_path_factory.mktemp("county")
    run(copy_county(folder), folder / "out")
    return folder


@pytest.fixture(scope="session")
def sealed(county, tmp_path_factory):
    """The run's archive, inputs included, and what was said of it; not to be changed."""
    bag = tmp_path_factory.mktemp("sealed") / "bag"
    return bag, seal(
        county / "out", county / "census.toml", bag, SealOptions("示例县普查办", "2028-02-01", inputs=True)
    )


@pytest.fixture
def bag(sealed, tmp_path):
    """A copy of the archive that a test may damage."""
    shutil.copytree(sealed[0], tmp_path / "bag")
    return tmp_path / "bag"
