"""Parquet files."""

from pathlib import Path

from pipeline.reading.containers.frames import sheet_of
from pipeline.reading.limits import CELLS, TooMuch
from pipeline.reading.sheet import Sheet


def read(path: Path) -> list[Sheet]:
    """One sheet; TooMuch where the file's own counts exceed the limit."""
    import pandas as pd
    import pyarrow.parquet as pq

    meta = pq.ParquetFile(path).metadata
    if meta.num_rows * meta.num_columns > CELLS:
        raise TooMuch(f"{meta.num_rows:,} rows and {meta.num_columns:,} columns")
    return [sheet_of(pd.read_parquet(path), path.name, path.stem)]
