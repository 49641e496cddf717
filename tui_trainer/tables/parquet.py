"""Tables in Parquet files, read by pyarrow where it is installed."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tui_trainer.tables.arrays import table_of
from tui_trainer.tables.contents import Contents
from tui_trainer.tables.header import unique_names
from tui_trainer.tables.table import Table, TableError


def read_parquet(contents: Contents) -> Table:
    """Raises `TableError`."""
    try:
        from pyarrow import ArrowException, float64, parquet, types
    except ImportError:
        raise TableError(
            contents.name, 'is a Parquet file, which needs pyarrow: pip install "tui-trainer[parquet]"'
        ) from None
    try:
        with contents.packed() as file:
            found = parquet.ParquetFile(file).read()  # read_table refuses repeated names
    except (ArrowException, OSError) as error:
        raise TableError(contents.name, f"cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    remarks: list[str] = []
    found = found.rename_columns(unique_names(found.column_names, found.num_columns, remarks))
    plain = [name for name, column in zip(found.column_names, found.columns, strict=True) if not column.type.num_fields]
    if not found.num_rows:
        raise TableError(contents.name, "has no rows")
    if not plain:
        raise TableError(contents.name, "has values inside values in every column")
    chosen = [found.column(name) for name in plain]
    chosen = [column.cast(float64()) if types.is_decimal(column.type) else column for column in chosen]
    columns = [np.asarray(column.to_numpy()) for column in chosen]
    records = np.empty(found.num_rows, [(name, column.dtype) for name, column in zip(plain, columns, strict=True)])
    for name, column in zip(plain, columns, strict=True):
        records[name] = column
    table = table_of({"": records}, contents.name, contents.sha256)
    nested = [name for name in found.column_names if name not in plain]
    left_out = table.left_out + tuple(f'left out: "{name}" has values inside values' for name in nested)
    return structs.replace(table, form="Parquet", remarks=(*table.remarks, *remarks), left_out=left_out)
