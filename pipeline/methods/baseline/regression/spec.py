"""The spec of a regression table."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec


class RegressionTable(TableSpec):
    """One linear model a column, with absorbed effects and errors clustered by unit.

    show: names of the terms to print, all by default; align: print each column's treatment in one
    row
    brackets: a second p-value of the treatment, printed in brackets below its error; it decides
    nothing
    """

    random: ClassVar[bool] = True
    headline: ClassVar[bool] = True
    points: ClassVar[bool] = True

    kind: Literal["regression"]
    model: ModelChoice = ModelChoice()
    columns: Annotated[list[ModelChoice], Field(min_length=1)]
    show: list[Name] | None = None
    align: bool = False
    brackets: Literal["paths", "wcr11", "wcr31", "crv3"] | None = None
