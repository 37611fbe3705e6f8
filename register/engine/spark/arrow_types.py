"""Arrow types that Spark has as well: what has none is widened or spelled out."""

from __future__ import annotations

import pyarrow as pa

WIDER = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.large_string(): pa.string(),
    pa.null(): pa.string(),
}


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema in types of Spark, without metadata: Parquet as Spark writes it carries none."""
    return pa.schema([pa.field(field.name, _plain(field.type)) for field in schema])


def as_plain(table: pa.Table) -> pa.Table:
    """Return the table in types of Spark."""
    schema = plain_schema(table.schema)
    return table if table.schema.equals(schema, check_metadata=True) else table.cast(schema)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    return WIDER.get(kind, kind)
