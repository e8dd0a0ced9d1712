"""Parquet files: their own counts are looked at before anything is unpacked."""

from pathlib import Path
from typing import Any

from pipeline.panel.finding import Where, refusal
from pipeline.reading.containers.frames import sheet_of
from pipeline.reading.limits import UNPACKED_BYTES, TooMuch, check_counts
from pipeline.reading.sheet import Sheet

# Parts of the file's own description, beyond which it is no table of ours.
_PARTS = 1_000_000


def read(path: Path) -> list[Sheet]:
    """One sheet. Raises TooMuch where the file's own counts exceed the limits, Rejected for columns
    of lists or records."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, thrift_container_size_limit=_PARTS) as head:
        columns = head.schema_arrow
        check_counts(head.metadata.num_rows, head.metadata.num_columns)
        _check_bytes(head.metadata)
    _check_flat(path, columns)
    # A text that stands once in the file for a million cells stands once in memory.
    texts = [field.name for field in columns if _is_text(field)]
    table = pq.read_table(path, read_dictionary=texts)
    return [sheet_of(table.to_pandas(), path.name, path.stem)]


def _check_bytes(meta: Any) -> None:
    """Raises TooMuch where the file says that it unpacks to more than is read."""
    size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if size > UNPACKED_BYTES:
        raise TooMuch(f"{size:,} bytes unpacked")


def _is_text(field: Any) -> bool:
    import pyarrow.types as types

    kinds = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(is_kind(field.type) for is_kind in kinds)


def _check_flat(path: Path, columns: Any) -> None:
    """Raises Rejected where a column holds lists or records in place of numbers and texts."""
    import pyarrow.types as types

    nested = [field for field in columns if types.is_nested(field.type)]
    if nested:
        named = ", ".join(f"`{field.name}`" for field in nested[:5])
        raise refusal(
            Where(file=path.name),
            "file-nested",
            f"{len(nested)} columns of lists or records: {named}",
            "columns of numbers and texts",
            "write each part of them as a column of its own",
        )
