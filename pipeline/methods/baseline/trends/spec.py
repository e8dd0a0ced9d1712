"""The spec of a figure of yearly means."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec


class TrendsFigure(FigureSpec):
    """Yearly means by region of some variables."""

    kind: Literal["trends"]
    variables: Annotated[list[Name], Field(min_length=1, max_length=6)]
