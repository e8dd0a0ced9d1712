"""Data frames of statistical programs as sheets: labels, where there are any, above the names."""

from collections.abc import Sequence

import pandas as pd

from pipeline.reading.limits import check_counts
from pipeline.reading.sheet import Sheet


def sheet_of(
    frame: pd.DataFrame, file: str, name: str, labels: Sequence[str] | None = None
) -> Sheet:
    """A frame as a sheet. Raises TooMuch beyond the limits."""
    check_counts(*frame.shape)
    body = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    head: list[list[object]] = [[str(c) for c in frame.columns]]
    if labels and any(labels):
        head.insert(0, list(labels))
    return Sheet(file, name, [*head, *body], header=len(head))
