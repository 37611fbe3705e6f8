"""The second engine: PySpark, an optional extra.  Nothing here is imported unless `--engine spark` asks for it."""
