"""The run that the bench of the report invents is one that the report and its schema take."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema

from bench.pipeline.report import make_run
from minglu.register.report import render_all
from minglu.register.report.render_outputs import BOOK, OTHERS


def test_invented_run_keeps_the_schema_and_becomes_every_form(tmp_path):
    """Else the bench would time something else, or nothing."""
    (tmp_path / "tables").mkdir()
    make_run(tmp_path, 400, 36, 20)
    schema = json.loads(resources.files("minglu.register.report").joinpath("schema/coverage-1.json").read_text("utf-8"))
    jsonschema.validate(json.loads((tmp_path / "coverage.json").read_text("utf-8")), schema)
    render_all(tmp_path)
    assert all((tmp_path / name).stat().st_size for name in (*BOOK, *OTHERS))
