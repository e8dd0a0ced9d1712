"""The spec of a table of transitions."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec


class MarkovTable(TableSpec):
    """Yearly moves between quantile classes, for all provinces and by class of their neighbours.

    relative: classes of the value over the year's mean of all provinces, so that common growth is
    no move
    draws: of paths over the map, for the test that moves do not depend on the neighbours
    """

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False

    kind: Literal["markov"]
    variable: Name
    classes: Annotated[int, Field(ge=2, le=5)] = 4
    relative: bool = False
    draws: Annotated[int, Field(ge=99)] = 999
