"""What GDAL may open: four drivers, nothing remote; every other one is switched off before GDAL loads.

GDAL guesses a file's format from its content and would follow a text file posing as a
GeoPackage to other files or to the network.
"""

from __future__ import annotations

import os
from types import ModuleType

from minglu.errors import SourceError

DRIVERS = frozenset({"GPKG", "ESRI Shapefile", "GeoJSON", "FlatGeobuf"})
"""What GDAL may open; the formats of the census file's contract."""

OTHER_DRIVERS = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,LIBKML,KML,"
    "GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,FileGDB,DXF,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,OGR_PDS,"
    "WFS,OAPIF,EDIGEO,Idrisi,ODS,XLS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,"
    "MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP,netCDF,HDF5,PostgreSQL,MySQL,OCI,ODBC,"
    "MSSQLSpatial,PGeo,Arrow,Parquet,Geoconcept,GMLAS,NAS,Interlis 1,Interlis 2,CAD,DWG,DGNV8,HANA,MongoDBv3,SOSI,"
    "TIGER,UK .NTF,SVG,BAG,TileDB,NITF,GeoCouch,DB2ODBC,IDB,INGRES,KMLSUPEROVERLAY,WMS,STACTA,STACIT,Memory"
)
"""Every other vector driver of GDAL 3.4 to 3.12; a build without one of them only says so in its log."""


def _guard_environment() -> None:
    """Tell GDAL, before it loads, which drivers to leave out and never to reach for anything remote."""
    old = [name for name in os.environ.get("GDAL_SKIP", "").split(",") if name]
    names = [name for name in OTHER_DRIVERS.split(",") if name not in old]
    os.environ["GDAL_SKIP"] = ",".join(old + names)
    os.environ.update(
        {
            "CPL_LOG": os.devnull,
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}.refused",
            "GDAL_HTTP_MAX_RETRY": "0",
            "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
            "GDAL_PAM_ENABLED": "NO",
            "GML_SKIP_RESOLVE_ELEMS": "ALL",
            "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
            "OGR_CURRENT_DATE": "1970-01-01T00:00:00.000Z",
            "OGR_SQLITE_JOURNAL": "DELETE",
        }
    )


_guard_environment()


def vector_io() -> ModuleType:
    """Return pyogrio with nothing but the allowed drivers behind it.

    Raises SourceError if another driver is there: GDAL was loaded before minglu could
    say what to leave out, or knows a driver that minglu does not.
    """
    import pyogrio  # noqa: PLC0415 -- after the environment is set

    io: ModuleType = pyogrio
    surplus = sorted(set(io.list_drivers()) - DRIVERS)
    if surplus:
        names = ",".join(surplus)
        raise SourceError(
            en=f"GDAL offers drivers that could open other files than the one named: {names}; expected only "
            f"{', '.join(sorted(DRIVERS))}. Set the environment variable GDAL_SKIP={names} and start again.",
            zh=f"GDAL 带有可能打开其他文件的驱动：{names}；只应有 {', '.join(sorted(DRIVERS))}。"
            f"请设置环境变量 GDAL_SKIP={names} 后重试。",
        )
    return io
