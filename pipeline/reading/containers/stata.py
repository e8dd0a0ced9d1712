"""Stata files: variable labels above variable names, value labels in place of their codes."""

from pathlib import Path

from pipeline.reading.containers.frames import sheet_of
from pipeline.reading.limits import check_counts
from pipeline.reading.sheet import Sheet


def read(path: Path) -> list[Sheet]:
    """One sheet.

    The header's counts are checked before memory is asked for: a damaged header may claim anything.
    """
    import pyreadstat

    _, head = pyreadstat.read_dta(str(path), metadataonly=True)
    check_counts(head.number_rows, head.number_columns)
    frame, meta = pyreadstat.read_dta(str(path), apply_value_formats=True)
    return [sheet_of(frame, path.name, path.stem, [label or "" for label in meta.column_labels])]
