"""The generator is no part of the package: it is found beside the sample that it makes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
sys.path.insert(0, str(SAMPLE))

from generator import build, lists  # noqa: E402
from generator.knobs import Knobs  # noqa: E402
from generator.stage import Stage  # noqa: E402
from generator.world import Block, make_block  # noqa: E402


@pytest.fixture(scope="session")
def knobs() -> Knobs:
    """The knobs of the committed county."""
    return Knobs()


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory, knobs: Knobs) -> Path:
    """A freshly made county with the default knobs."""
    folder = tmp_path_factory.mktemp("county")
    build.generate(folder, knobs)
    return folder


@pytest.fixture(scope="session")
def stage() -> Stage:
    """A larger world: 20,000 rows."""
    return build.set_stage(Knobs(rows=20_000, seed=5))


@pytest.fixture(scope="session")
def block(stage: Stage) -> Block:
    """Its first block."""
    return make_block(stage, 0)


@pytest.fixture(scope="session")
def listings(stage: Stage, block: Block) -> dict[str, lists.Listing]:
    """Its three lists."""
    captured = lists.capture(stage, block)
    return {kind: lists.make_listing(stage, block, kind, captured[kind]) for kind in lists.KINDS}
