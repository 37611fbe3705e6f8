"""Read-only SQL over the Parquet tables of a finished run: each is a view by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from minglu.errors import SourceError

MEMORY_SHARE = "40%"
Values = Mapping[str, Any] | list[Any] | None


class RunQueries:
    """Named tables to be asked in SQL, from several threads at once.

    No other file of the machine can be reached by a query, no extension is loaded, and the settings are locked.
    Values go in as parameters ($name or ?), never as part of the text.
    """

    def __init__(self, tables: Mapping[str, Path], *, threads: int | None = None) -> None:
        settings: dict[str, Any] = {
            "memory_limit": MEMORY_SHARE,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }
        self._connection = duckdb.connect(":memory:", config=settings | ({"threads": threads} if threads else {}))
        try:
            for name, path in sorted(tables.items()):
                self._connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{_quoted(path)}')")
            paths = ", ".join(f"'{_quoted(path)}'" for _, path in sorted(tables.items()))
            self._connection.execute(f"SET allowed_paths = [{paths}]")
            self._connection.execute("SET temp_directory = ''")
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            raise SourceError(
                en=f"the tables of the run can't be opened ({type(error).__name__}). Expected an unchanged run folder; "
                "build it again.",
                zh=f"无法打开结果数据表（{type(error).__name__}）。应为未被改动的结果文件夹，请重新生成。",
            ) from error

    def rows(self, query: str, values: Values = None) -> list[dict[str, Any]]:
        """Return what a query finds, one mapping a row, in the order that the query states."""
        found: list[dict[str, Any]] = self.table(query, values).to_pylist()
        return found

    def table(self, query: str, values: Values = None) -> pa.Table:
        """Return what a query finds as an Arrow table."""
        with self._connection.cursor() as cursor:
            return cursor.sql(query, params=values).to_arrow_table()

    def keep(self, name: str, query: str, **held: pa.Table) -> None:
        """Keep what a query finds in memory as the table `name`; `held` are Arrow tables that the query may read."""
        with self._connection.cursor() as cursor:
            for other, table in held.items():
                cursor.register(other, table)
            cursor.execute(f'CREATE OR REPLACE TABLE "{name}" AS {query}')

    def close(self) -> None:
        """Release everything."""
        self._connection.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
