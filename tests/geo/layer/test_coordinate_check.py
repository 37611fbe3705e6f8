"""Coordinates that a layer's system can't hold are refused with the likely cause; all others pass."""

from __future__ import annotations

import pytest
from pyproj import CRS, Transformer

from minglu.errors import CrsError
from minglu.geo.layer.coordinate_check import find_misfit, propose_zone, require_fit

ZONE_37, CM_111, DEGREES = CRS("EPSG:4525"), CRS("EPSG:4546"), CRS("EPSG:4490")
PLACE = (111.0, 29.5, 111.2, 29.7)


def in_system(code: int) -> tuple[float, float, float, float]:
    """Return PLACE in a projected system, as west, south, east, north."""
    west, south, east, north = Transformer.from_crs(4490, code, always_xy=True).transform_bounds(*PLACE)
    return west, south, east, north


@pytest.mark.parametrize(
    ("extent", "crs"),
    [
        (PLACE, DEGREES),
        (in_system(4525), ZONE_37),
        (in_system(4546), CM_111),
        (in_system(4526), CRS("EPSG:4526")),
        (in_system(32649), CRS("EPSG:32649")),
        (in_system(3857), CRS("EPSG:3857")),
        ((-74.0, -33.8, -32.4, 5.3), CRS("EPSG:4326")),
        ((97e5, 4.1e6, 126e5, 5.9e6), CRS("EPSG:3857")),
        ((-179.0, 51.0, 179.0, 71.0), CRS("EPSG:4326")),
        ((float("nan"),) * 4, DEGREES),
    ],
)
def test_layers_in_order_pass(extent, crs):
    """Degrees, zones with and without number, UTM, web maps, other countries, layers without any polygon."""
    assert find_misfit(extent, crs) is None


@pytest.mark.parametrize(
    ("extent", "crs", "words"),
    [
        ((29.5, 111.0, 29.7, 111.2), DEGREES, "swapped"),
        ((43.7, 87.3, 43.9, 87.6), CRS("EPSG:4326"), "swapped"),
        ((29.5, 91.0, 30.1, 200.0), DEGREES, "there is no latitude 200"),
        (in_system(4525), CM_111, r"zone 37, which the false easting .* lacks. Probably EPSG:4525"),
        (in_system(4546), ZONE_37, r"zone number 37 in its false easting, the numbers have none. Probably EPSG:4546"),
        (in_system(4525), CRS("EPSG:4526"), r"begin with zone 37, the system is zone 38. Probably EPSG:4525"),
        (in_system(4497), CRS("EPSG:4508"), r"begin with zone 19.*Probably EPSG:4497"),
        (in_system(2361), CRS("EPSG:2382"), r"Probably EPSG:2361 \(Xian 1980 / 3-degree Gauss-Kruger zone 37\)"),
        (in_system(4525), DEGREES, r"metres of a projection.*zone 37: probably EPSG:4525"),
        (in_system(4546), DEGREES, "Eastings without a zone number"),
        (PLACE, ZONE_37, "they are degrees, but the system is in metres"),
        (PLACE, CRS("EPSG:3857"), "they are degrees, but the system is in metres"),
        ((3.26e6, 37.4e6, 3.28e6, 37.5e6), ZONE_37, "easting and northing are swapped"),
        ((3.26e6, 4.6e5, 3.28e6, 4.9e5), CM_111, "easting and northing are swapped"),
        ((9e6, 3e6, 9.1e6, 3.1e6), CM_111, "far outside what the projection can hold"),
    ],
)
def test_misfits_name_the_cause(extent, crs, words):
    """Swapped axes, metres as degrees and the reverse, zone numbers that one side lacks."""
    with pytest.raises(CrsError, match=words):
        require_fit(extent, crs, "layer.shp")


def test_a_stated_system_is_believed_where_it_is_possible():
    """North of Norway looks like Urumqi with its axes swapped: who states the system is not asked again."""
    svalbard = (15.0, 77.0, 17.0, 78.5)
    assert find_misfit(svalbard, CRS("EPSG:4326")) is not None
    assert find_misfit(svalbard, CRS("EPSG:4326"), stated=True) is None


def test_zones_that_do_not_exist_are_not_proposed():
    """24 lies between the two systems."""
    assert propose_zone(24, DEGREES) == ""
    assert propose_zone(20, DEGREES).startswith("EPSG:4498")
