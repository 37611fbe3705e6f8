"""What goes to the field for one district: an offline page for a telephone, GPX and KML.  Coordinates as in the run."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

from minglu.register.desk.opened_run import OpenedRun
from minglu.register.desk.page_rendering import environment, static_file
from minglu.register.desk.queries.district_details import DistrictDetails, district_details, numbered_points
from minglu.register.language.safe_text import plain_text
from minglu.register.report.html.assets import asset

Row = Mapping[str, Any]


def field_page(desk: OpenedRun, code: str, language: str) -> str:
    """Return the page of a district: boundary, numbered units to tick off, notes kept in the telephone; no network."""
    details = district_details(desk, code)
    drawing = desk.map.drawing([code], [point | {"href": ""} for point in numbered_points(details.units)])
    packed = base64.b64encode(json.dumps(drawing, ensure_ascii=False).encode()).decode("ascii")
    return (
        environment()
        .get_template("field_pack.html")
        .render(
            lang=language,
            t=(lambda zh, _en: zh) if language == "zh" else (lambda _zh, en: en),
            census=desk.name,
            d=details,
            kept=_kept(details),
            data=packed,
            leaflet_css=asset("vendor/leaflet.css"),
            leaflet_js=asset("vendor/leaflet.js"),
            map_js=_own("map.js"),
            pack_js=_own("pack.js"),
        )
    )


def field_gpx(desk: OpenedRun, code: str) -> str:
    """Return the points of a district's kept units and its boundary as GPX 1.1."""
    details = district_details(desk, code)
    points = [
        f'<wpt lat="{unit["lat"]:.7f}" lon="{unit["lon"]:.7f}"><name>{_text(_called(number, unit))}</name>'
        f"<desc>{_text(_described(unit))}</desc></wpt>"
        for number, unit in _placed(details)
    ]
    rings = [
        "<trk><name>{}</name><trkseg>{}</trkseg></trk>".format(
            _text(f"{code} {details.name}"),
            "".join(f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"/>' for lon, lat in ring),
        )
        for ring in _rings(desk, code)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="minglu" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"<metadata><name>{_text(f'{code} {details.name}')}</name></metadata>\n"
        + "\n".join([*points, *rings])
        + "\n</gpx>\n"
    )


def field_kml(desk: OpenedRun, code: str) -> str:
    """Return the points of a district's kept units and its boundary as KML 2.2."""
    details = district_details(desk, code)
    points = [
        f"<Placemark id={quoteattr(unit['unit_id'])}><name>{_text(_called(number, unit))}</name>"
        f"<description>{_text(_described(unit))}</description>"
        f"<Point><coordinates>{unit['lon']:.7f},{unit['lat']:.7f}</coordinates></Point></Placemark>"
        for number, unit in _placed(details)
    ]
    lines = "".join(
        f"<LineString><coordinates>{' '.join(f'{lon:.7f},{lat:.7f}' for lon, lat in ring)}</coordinates></LineString>"
        for ring in _rings(desk, code)
    )
    name = _text(f"{code} {details.name}")
    border = f"<Placemark><name>{name}</name><MultiGeometry>{lines}</MultiGeometry></Placemark>" if lines else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{name}</name>\n{border}\n" + "\n".join(points) + "\n</Document></kml>\n"
    )


def _kept(details: DistrictDetails) -> list[Row]:
    return [unit for unit in details.units if unit["outcome"] == "unit"]


def _placed(details: DistrictDetails) -> Iterable[tuple[int, Row]]:
    """Yield kept units that have a point, by the numbers of the district's list."""
    return (
        (number, unit)
        for number, unit in enumerate(_kept(details), 1)
        if unit["lon"] is not None and unit["lat"] is not None
    )


def _rings(desk: OpenedRun, code: str) -> Sequence[list[tuple[float, float]]]:
    shape = desk.map.outline(code)
    if shape is None:
        return []
    parts = [part for part in shapely.get_parts(np.array([shape], object)) if part.geom_type == "Polygon"]
    return [list(ring.coords) for part in parts for ring in (part.exterior, *part.interiors)]


def _called(number: int, unit: Row) -> str:
    return f"{number} {unit['name'] or unit['unit_id']}"


def _described(unit: Row) -> str:
    return "  ".join(part for part in (unit["unit_code"] or unit["unit_id"], unit["address"], unit["lists"]) if part)


def _text(text: str) -> str:
    return escape(plain_text(text))


def _own(name: str) -> Any:
    from markupsafe import Markup  # noqa: PLC0415 -- our own file, none of the data

    return Markup(static_file(name))  # noqa: S704
