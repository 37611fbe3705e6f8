"""Vector layers of districts and parents, checked before GDAL sees them."""
