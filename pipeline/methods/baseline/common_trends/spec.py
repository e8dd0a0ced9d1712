"""The spec of a table of the coefficient against common trends."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec


class CommonTrendsTable(TableSpec):
    """One model's treatment by methods that hold where units share trends or neighbours shocks.

    most: factors that the interactive effects may have at most
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["common_trends"]
    model: ModelChoice = ModelChoice()
    most: Annotated[int, Field(ge=1, le=8)] = 4
