"""The spec of a table of mechanisms in parallel."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec


class ParallelTable(TableSpec):
    """All mechanisms jointly: parts of total minus direct that do not depend on the order of entry,
    their covariance."""

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["parallel"]
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=2)] | None = None
