"""The second engine: PySpark, an optional extra."""
