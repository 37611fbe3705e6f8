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
GROUND = "#ffffff"


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


def test_text_stands_out_from_its_ground():
    """WCAG AA: 4.5 to 1 for every colour that the page's style gives to text, on white and on the pale ground."""
    css = resources.files("minglu.register.report.html").joinpath("templates/page.css").read_text("utf-8")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    marks = {"#8a96a3"}  # the arrows beside headings, which say nothing that aria-sort does not
    colours = {named.get(one, one) for one in re.findall(r"[{;\s]color: (?:var\(--)?(#[0-9a-f]{6}|\w+)", css)}
    checked = {colour for colour in colours if re.fullmatch("#[0-9a-f]{6}", colour)} - marks
    assert len(checked) >= 3
    assert all(contrast(colour, ground) >= 4.5 for colour in checked for ground in (GROUND, named["pale"]))
