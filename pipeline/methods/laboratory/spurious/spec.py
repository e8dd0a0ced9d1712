"""The spec of a table of spurious coefficients."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec


class SpuriousTable(TableSpec):
    """The coefficient and the rejections that shared indicators alone would make, by simulation
    under the null.

    more: numbers of further indicators that the simulation lets the outcome share with the
    treatment
    """

    random: ClassVar[bool] = True

    kind: Literal["spurious"]
    model: ModelChoice = ModelChoice()
    more: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=4)] = [1, 2]
    draws: Annotated[int, Field(ge=99)] = 499
