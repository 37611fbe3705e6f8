"""Every example in a docstring does what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import minglu

MODULES = [
    found.name for found in pkgutil.walk_packages(minglu.__path__, "minglu.") if not found.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    """`pytest --doctest-modules` imports by path and would load every module twice, so walk the package."""
    done = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert done.failed == 0
