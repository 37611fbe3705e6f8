"""What comes in: reading lists (csv, xlsx, xls, ods, parquet) and layers, by content and in full or not at all."""
