"""The typed schema of how a variable is spread over provinces: inequality, convergence, space, transitions."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.kinds.choices import Figure
from pipeline.study.schema import Closed, Name, Region, Text


class Inequality(Closed):
    """The Gini coefficient after Dagum and Theil's T by year, each split by groups of provinces.

    groups: lists of regions, with their labels, no region in two; by default the four regions
    """

    kind: Literal["inequality"]
    title: Text
    variable: Name
    groups: (
        Annotated[dict[Name, Annotated[list[Region], Field(min_length=1)]], Field(min_length=2)]
        | None
    ) = None
    labels: dict[Name, Text] = {}
    remark: Text | None = None


class Convergence(Closed):
    """Sigma convergence, and beta convergence with year effects alone and with province effects and controls.

    controls: values at the start of each year's growth; by default those of the study
    """

    kind: Literal["convergence"]
    title: Text
    variable: Name
    controls: list[Name] | None = None
    remark: Text | None = None


class Moran(Closed):
    """Global spatial autocorrelation by year, with contiguity: Moran's I and Geary's C."""

    kind: Literal["moran"]
    title: Text
    variable: Name
    draws: Annotated[int, Field(ge=99)] = 9_999
    remark: Text | None = None


class Markov(Closed):
    """Yearly moves between quantile classes, for all provinces and by class of their neighbours.

    relative: classes of the value over the year's mean of all provinces, so that common growth is no move
    """

    kind: Literal["markov"]
    title: Text
    variable: Name
    classes: Annotated[int, Field(ge=2, le=5)] = 4
    relative: bool = False
    remark: Text | None = None


class MoranScatter(Figure):
    """Moran scatter plots: the standardised value of each province and the mean of its neighbours."""

    kind: Literal["moran_scatter"]
    variable: Name
    years: Annotated[list[int], Field(min_length=1, max_length=4)]


class EllipseFigure(Figure):
    """Standard deviational ellipses in some years, and the path of the weighted centre through the years between."""

    kind: Literal["ellipse"]
    variable: Name
    years: Annotated[list[int], Field(min_length=2, max_length=4)]
