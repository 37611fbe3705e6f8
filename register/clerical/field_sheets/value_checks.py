"""Which values can be: a code that passes its check, a district that exists, a point near the districts."""

from __future__ import annotations

import math
from collections.abc import Mapping

import shapely

from minglu.geo.layer.districts import Districts
from minglu.register.cleaning.simple_fields import read_industry_code
from minglu.register.cleaning.size_measures import read_statements
from minglu.register.clerical.field_sheets.sheet_columns import RIGHT
from minglu.register.clerical.form_workbook import Line
from minglu.register.clerical.sheet_problems import Problems
from minglu.register.identifiers import uscc
from minglu.register.rules.rule_pack import MeasureRow

MARGIN_DEG = 1.0
"""So far outside the districts' box a point may still be typed; farther it is a mistake."""


class Checker:
    """Reads the values of a line, by the districts and the measures of the census."""

    def __init__(self, districts: Districts, measures: Mapping[str, MeasureRow]) -> None:
        self._sizes = measures
        self._codes = frozenset(code for code in districts.codes if code)
        box = [float(edge) for edge in shapely.total_bounds(districts.geometries)]
        geographic = districts.crs.is_geographic and not any(math.isnan(edge) for edge in box)
        self._box = box if geographic else [-180.0, -90.0, 180.0, 90.0]

    def values(self, line: Line, problems: Problems) -> dict[str, str]:
        """Return what the open cells of a line state, by canonical field; values that can't be go into `problems`."""
        found = {}
        for column in RIGHT:
            cell = f"right.{column.field}"
            if line.texts[cell] and cell not in line.wrong:
                with problems.collect():
                    found[column.field] = self.read(line, column.field, cell, " ".join(line.texts[cell].split()))
        with problems.collect():
            self._require_pair(line)
        if line.texts["district"]:
            with problems.collect():
                found["district_code"] = self.district(line, "district")
        return found

    def read(self, line: Line, field: str, cell: str, text: str) -> str:
        """Return what `text` in the cell `cell` of a line states of a canonical field; refuse what can't be."""
        match field:
            case "uscc":
                return self._uscc(line, cell, text)
            case "industry_code":
                code, fault = read_industry_code(text)
                if fault is not None or not code:
                    line.refuse(
                        cell, f"found {text[:20]!r}; expected a GB/T 4754 code", f"得到 {text[:20]!r}；应为行业代码"
                    )
                return code
            case "measures":
                return self._measures(line, cell, text)
            case "lon" | "lat":
                return self._degree(line, field, cell, text)
        return text

    def _uscc(self, line: Line, cell: str, text: str) -> str:
        code = uscc.compact(text)
        fault = uscc.validate(code)
        if fault is not None:
            line.refuse(cell, f"the code fails its check: {fault.en}", f"代码未通过校验：{fault.zh}")
        return code

    def _measures(self, line: Line, cell: str, text: str) -> str:
        try:
            return read_statements(text, self._sizes)
        except ValueError as error:
            found = str(error)[:20]
            line.refuse(
                cell,
                f"found {found!r}; expected what and how much, such as 生猪 620头；锅炉额定出力 2t/h",
                f"得到 {found!r}；应写明何物多少，如“生猪 620头；锅炉额定出力 2t/h”",
            )

    def _degree(self, line: Line, field: str, cell: str, text: str) -> str:
        low, high = (self._box[0], self._box[2]) if field == "lon" else (self._box[1], self._box[3])
        try:
            degrees = float(text)
        except ValueError:
            degrees = math.nan
        if not low - MARGIN_DEG <= degrees <= high + MARGIN_DEG:
            line.refuse(
                cell,
                f"found {text[:20]!r}; expected decimal degrees near the districts ({low:.2f} to {high:.2f})",
                f"得到 {text[:20]!r}；应为小区附近的十进制度数（{low:.2f} 至 {high:.2f}）",
            )
        return repr(degrees)

    def _require_pair(self, line: Line) -> None:
        for one, other in (("lon", "lat"), ("lat", "lon")):
            if line.texts[f"right.{one}"] and not line.texts[f"right.{other}"]:
                line.refuse(f"right.{other}", "empty beside its other half", "经纬度应同时填写")

    def district(self, line: Line, cell: str) -> str:
        """Return the district that stands in a cell; refuse one that the layer has not."""
        code = "".join(line.texts[cell].split())
        if code not in self._codes:
            line.refuse(
                cell,
                f"found {code[:20]!r}; expected the code of a district of the layer",
                f"得到 {code[:20]!r}；图层中没有该小区代码",
            )
        return code
