"""The spec of a table of summary statistics."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec


class DescriptivesTable(TableSpec):
    """Mean, spread (overall, between, within), range and number of cells of variables."""

    kind: Literal["descriptives"]
    variables: Annotated[list[Name], Field(min_length=1)]
