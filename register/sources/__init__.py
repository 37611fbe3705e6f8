"""What comes in: reading lists (csv, xlsx, xls, ods, parquet) and layers, by content and in full or not at all."""

from minglu.register.sources.inspect import Inspection, inspect_file
from minglu.register.sources.paths import find_files
from minglu.register.sources.read import read_list
from minglu.register.sources.reading import InputReport, ListReading
from minglu.register.sources.spec import ListSpec

__all__ = ["InputReport", "Inspection", "ListReading", "ListSpec", "find_files", "inspect_file", "read_list"]
