"""Open a GeoPackage in QGIS with the styles that it holds and draw it; run by a Python that has QGIS, not by pytest."""

import sys

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

path, picture = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
layers, found = [], {}
for name in ("faults", "units", "districts"):
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    message, styled = layer.loadDefaultStyle()
    layers.append(layer)
    field = layer.fields().indexFromName("status")
    found[name] = {
        "valid": layer.isValid(),
        "styled": styled,
        "renderer": layer.renderer().type() if layer.renderer() else "",
        "labels": layer.labelsEnabled(),
        "categories": [one.label() for one in layer.renderer().categories()] if name == "units" else [],
        "alias": layer.attributeAlias(layer.fields().indexFromName("name")),
        "widget": layer.editorWidgetSetup(field).type() if field >= 0 else "",
    }
    QgsProject.instance().addMapLayer(layer)
settings = QgsMapSettings()
settings.setLayers(layers)
settings.setBackgroundColor(QColor(255, 255, 255))
settings.setOutputSize(QSize(900, 900))
settings.setDestinationCrs(layers[2].crs())
settings.setExtent(layers[2].extent())
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
image.save(picture)
colours = {QColor(image.pixel(x, y)).name() for x in range(0, 900, 3) for y in range(0, 900, 3)}
