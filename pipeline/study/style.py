"""How tables are printed, where a study or a table wants it otherwise than its journal's preset."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Closed, Text

# What stands below a coefficient.
Below = Literal["error", "t", "p", "interval", "none"]


class Span(Closed):
    """A heading above some columns, counted from 1."""

    label: Text
    columns: Annotated[list[int], Field(min_length=2, max_length=2)]


class Style(Closed):
    """What differs from the journal's preset; keys that are left out keep it.

    journal: a preset of report/journals (three_line, aer, generic); stars: levels, the largest
    first, [] for none
    below: what stands below a coefficient; digits: of coefficients
    keep, drop, order: rows by key (a variable, `observations`, ...); rename: row key -> label
    notes: own notes after the table's; spans: headings above several columns
    """

    journal: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    stars: list[Annotated[float, Field(gt=0, lt=1)]] | None = None
    below: Below | None = None
    digits: Annotated[int, Field(ge=1, le=8)] | None = None
    keep: list[str] | None = None
    drop: list[str] = []
    order: list[str] = []
    rename: dict[str, Text] = {}
    notes: list[Text] = []
    spans: list[Span] = []
