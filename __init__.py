"""minglu (名录): three messy lists in, one register of units and a proof of coverage out.

In a notebook: `minglu.build(census, out)`, `minglu.check(districts, within=...)`, `minglu.open(out)`; see
docs/how-to/notebook.md.  They are loaded when they are first asked for, so that the command line starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Run", "__version__", "build", "check", "open"]

if TYPE_CHECKING:
    from minglu.register.python_interface import Run, build, check, open  # noqa: A004 -- `minglu.open`


def __getattr__(name: str) -> Any:
    """Load the Python interface when one of its names is first used."""
    if name in __all__:
        return getattr(import_module("minglu.register.python_interface"), name)
    raise AttributeError(f"module 'minglu' has no attribute {name!r}")
