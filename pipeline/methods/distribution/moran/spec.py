"""The spec of a table of spatial autocorrelation."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec


class MoranTable(TableSpec):
    """Global spatial autocorrelation by year, with contiguity: Moran's I and Geary's C."""

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False

    kind: Literal["moran"]
    variable: Name
    draws: Annotated[int, Field(ge=99)] = 9_999
