"""Styles inside register.gpkg: how QGIS and QField open its layers, with Chinese field names and values.

They stand in the table `layer_styles`, which QGIS looks for in any GeoPackage; other programs pass it by.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import quoteattr

from minglu.errors import OutputError
from minglu.register.language.code_labels import FAULT_KINDS, SEVERITIES, SOURCE_CLASSES, Words
from minglu.register.report.office.sheet_words import VALUES as WORKBOOK_VALUES
from minglu.register.schemas import FIELDS
from minglu.register.storage.vector_layers import GEOMETRY, NO_CLOCK

TABLE = "layer_styles"
STYLE_NAME = "名录"
# Colours that people with colour blindness can distinguish (Okabe and Ito 2008).
CLASS_COLOURS: Mapping[str, str] = {
    "industry": "0,114,178",
    "livestock": "230,159,0",
    "centralised": "0,158,115",
    "boiler": "213,94,0",
    "outlet": "86,180,233",
    "radioactive_mineral": "204,121,167",
    "other": "120,120,120",
    "unknown": "190,190,190",
}
# A map has room for short names: where the workbook says more (register_workbook.UNITS), these say less.
ALIASES: Mapping[str, str] = {
    **FIELDS,
    "unit_id": "单位编号",
    "unit_code": "单位代码",
    "legal_id": "法人单位编号",
    "source_class": "源类",
    "outcome": "处理结果",
    "lists": "所在名单",
    "entries": "条目数",
    "precision_m": "坐标精度（米）",
    "declared_district": "申报小区",
    "district_code": "普查小区代码",
    "district_name": "普查小区名称",
    "method": "定位方式",
    "distance_m": "距小区（米）",
    "placement_code": "定位备注代码",
    "code": "普查小区代码",
    "units": "纳入普查单位",
    "out_of_scope": "不在普查范围",
    "closed": "已关闭",
    "not_found": "现场未找到",
    "one_list_units": "仅见于一份名单的单位",
    "one_list_share": "仅见于一份名单的比例",
    "fault_id": "问题编号",
    "kind": "类型",
    "severity": "程度",
    "area_m2": "面积（平方米）",
    "width_m": "宽度（米）",
    "districts": "涉及小区",
    "place": "位置",
    "group": "所属问题组",
    "reason": "说明",
}
VALUES: Mapping[str, Words] = {**WORKBOOK_VALUES, "kind": FAULT_KINDS, "severity": SEVERITIES}
_CREATE = (
    f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
    "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, "
    "styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"
)


def add_styles(path: Path, layers: Mapping[str, Sequence[str]]) -> None:
    """Add the default styles of a GeoPackage's layers (name -> its fields) to the file; raises OutputError."""
    styles = {"units": _units_style, "districts": _districts_style, "faults": _faults_style}
    rows = [
        ("", "", name, GEOMETRY, STYLE_NAME, styles[name](fields), "", 1, "minglu", "", "", NO_CLOCK)
        for name, fields in layers.items()
    ]
    try:
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(_CREATE)
            file.executemany(
                f"INSERT INTO {TABLE} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
                "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
                f"VALUES ({', '.join('?' * len(rows[0]))})",
                rows,
            )
            file.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
                "VALUES (?, 'attributes', ?, '', ?, 0)",
                (TABLE, TABLE, NO_CLOCK),
            )
    except sqlite3.Error as error:
        raise OutputError(
            en=f"{path}: the styles can't be written ({error}); expected room and the right to write.",
            zh=f"{path}：无法写入图层样式（{error}）；需要空间和写权限。",
        ) from error


def _units_style(fields: Sequence[str]) -> str:
    """Units as discs coloured by source class."""
    categories, symbols = [], []
    for number, (name, colour) in enumerate(CLASS_COLOURS.items()):
        label = quoteattr(SOURCE_CLASSES[name][0])
        categories.append(f'<category value="{name}" symbol="{number}" label={label} render="true"/>')
        marker = {"color": f"{colour},255", "name": "circle", "outline_color": "255,255,255,255", "size": "2.4"}
        symbols.append(_symbol("marker", str(number), "SimpleMarker", marker))
    renderer = (
        '<renderer-v2 type="categorizedSymbol" attr="source_class" symbollevels="0" forceraster="0" enableorderby="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols></renderer-v2>"
    )
    return _style(renderer, fields)


def _districts_style(fields: Sequence[str]) -> str:
    """Districts as outlines with their names."""
    look = {"color": "243,246,249,160", "style": "solid", "outline_color": "92,102,112,255", "outline_width": "0.3"}
    renderer = (
        '<renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0"><symbols>'
        f"{_symbol('fill', '0', 'SimpleFill', look)}</symbols></renderer-v2>"
    )
    labels = (
        '<labeling type="simple"><settings><text-style fieldName="coalesce(nullif(name, \'\'), code)" '
        'isExpression="1" fontSize="8" fontSizeUnit="Point" textColor="74,86,99,255" textOpacity="1">'
        '<text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,255" '
        'bufferOpacity="1"/></text-style><placement placement="1"/><rendering drawLabels="1"/></settings></labeling>'
    )
    return _style(renderer + labels, fields, labelled=True)


def _faults_style(fields: Sequence[str]) -> str:
    """Faults in red, above all else."""
    look = {"color": "179,0,60,170", "style": "solid", "outline_color": "179,0,60,255", "outline_width": "0.8"}
    renderer = (
        '<renderer-v2 type="singleSymbol" symbollevels="0" forceraster="0" enableorderby="0"><symbols>'
        f"{_symbol('fill', '0', 'SimpleFill', look)}</symbols></renderer-v2>"
    )
    return _style(renderer, fields)


def _symbol(kind: str, name: str, layer: str, properties: Mapping[str, str]) -> str:
    props = "".join(f'<prop k="{key}" v={quoteattr(value)}/>' for key, value in properties.items())
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0">{props}</layer></symbol>'
    )


def _style(look: str, fields: Sequence[str], *, labelled: bool = False) -> str:
    """Return a style as QGIS stores it: symbols and labels, Chinese field names, values with their words."""
    called = ALIASES if "unit_id" in fields else {**ALIASES, "name": "普查小区名称"}
    aliases = "".join(
        f'<alias field="{field}" name={quoteattr(called[field])} index="{place}"/>'
        for place, field in enumerate(fields, 1)
        if field in called
    )
    widgets = "".join(
        f'<field name="{field}">{_value_map(VALUES[field])}</field>' for field in fields if field in VALUES
    )
    return (
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling|Fields|Forms" labelsEnabled="{int(labelled)}">'
        f"{look}<fieldConfiguration>{widgets}</fieldConfiguration><aliases>{aliases}</aliases></qgis>"
    )


def _value_map(words: Words) -> str:
    options = "".join(_option(zh, key) for key, (zh, _) in words.items())
    return (
        '<editWidget type="ValueMap"><config><Option type="Map"><Option type="List" name="map">'
        f"{options}</Option></Option></config></editWidget>"
    )


def _option(shown: str, value: str) -> str:
    return f'<Option type="Map"><Option type="QString" name={quoteattr(shown)} value={quoteattr(value)}/></Option>'
