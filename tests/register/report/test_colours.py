"""Colours say the same in grey and to eyes that see fewer of them, and text stands out from its ground."""

from __future__ import annotations

import re
from importlib import resources
from itertools import pairwise

import pytest

from minglu.register.report.html.charts import SHADES

# What an eye without one kind of cone sees, linear RGB to linear RGB (Machado, Oliveira & Fernandes 2009, severity 1).
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour, eye="all cones"):
    seen = [sum(weight * part for weight, part in zip(row, linear(colour), strict=True)) for row in EYES[eye]]
    return sum(weight * min(max(part, 0), 1) for weight, part in zip((0.2126, 0.7152, 0.0722), seen, strict=True))


def contrast(one, other, eye="all cones"):
    """Return the contrast ratio of WCAG 2."""
    light, dark = sorted((luminance(one, eye), luminance(other, eye)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eye", EYES)
def test_shades_of_the_map_fall_step_by_step_for_every_eye(eye):
    """Each shade is clearly darker than the one before, so that lightness alone tells the classes apart."""
    assert all(contrast(light, dark, eye) > 1.3 for light, dark in pairwise(SHADES))
    assert all(luminance(light, eye) > luminance(dark, eye) for light, dark in pairwise(SHADES))


def style_variables(css, mark):
    """Return the variables of the block that begins with `mark`."""
    block = css.split(mark, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


@pytest.mark.parametrize("mark", [":root {", ":root:not([data-theme=light]) {", ":root[data-theme=dark] {"])
def test_text_stands_out_from_its_ground(mark):
    """WCAG AA: 4.5 to 1 for every colour that the page's style gives to text, light and dark."""
    css = resources.files("minglu.register.report.html").joinpath("templates/page.css").read_text("utf-8")
    named = style_variables(css, mark)
    used = set(re.findall(r"[{;\s]color: var\(--([\w-]+)\)", css)) - {"onblue"}
    assert len(used) >= 6
    grounds = [named[one] for one in ("ground", "pale")]
    assert all(contrast(named[one], ground) >= 4.5 for one in used for ground in grounds)
    assert contrast(named["onblue"], named["blue"]) >= 4.5
    assert contrast(named["ink"], named["head"]) >= 4.5


def test_dark_colours_are_the_same_whoever_chose_them():
    """The reader's choice and the system's wish look alike."""
    css = resources.files("minglu.register.report.html").joinpath("templates/page.css").read_text("utf-8")
    assert style_variables(css, ":root:not([data-theme=light]) {") == style_variables(css, ":root[data-theme=dark] {")
