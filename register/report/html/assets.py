"""Templates, style sheets and scripts that the pages are made of."""

from __future__ import annotations

import re
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from minglu.common.bilingual import Bilingual


def open_template(name: str) -> Template:
    """Return a template of the folder `templates`; every value put into it is escaped."""
    environment = Environment(
        loader=PackageLoader("minglu.register.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["halves"] = lambda text: Bilingual.parse(text).halves
    return environment.get_template(name)


def asset(name: str) -> Markup:
    """Return a file of our own package to stand in the page, without anything that a browser would fetch."""
    text = resources.files("minglu.register.report.html").joinpath(name).read_text("utf-8")
    text = re.sub(r"url\([^)]*\)", "none", re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text))
    assert "</script" not in text.lower()
    assert "</style" not in text.lower()
    return Markup(text)  # noqa: S704 -- our own file, none of the data
