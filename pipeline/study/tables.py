"""The typed schema of table specs and figure specs: one file, one results file, one table or figure."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.schema import Closed, Name, Region, Text

Effect = Literal["province", "year"]


class Sample(Closed):
    """Which part of the panel a model uses; every key narrows it."""

    without: list[str] = []
    without_years: list[int] = []
    regions: list[Region] = []
    provinces: list[str] = []
    years: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None


class ModelChoice(Closed):
    """What a column may choose; what it leaves out comes from the table's [model], then from the study's roles."""

    label: Text | None = None
    outcome: Name | None = None
    treatment: Name | None = None
    controls: list[Name] | None = None
    effects: list[Effect] | None = None
    sample: Sample | None = None


class Descriptives(Closed):
    """Mean, spread (overall, between, within), range and number of cells of variables."""

    kind: Literal["descriptives"]
    title: Text
    variables: Annotated[list[Name], Field(min_length=1)]
    remark: Text | None = None


class Regression(Closed):
    """One linear model a column, with absorbed effects and errors clustered by province.

    show: names of the terms to print, all by default; align: print each column's treatment in one row.
    """

    kind: Literal["regression"]
    title: Text
    model: ModelChoice = ModelChoice()
    columns: Annotated[list[ModelChoice], Field(min_length=1)]
    show: list[Name] | None = None
    align: bool = False
    remark: Text | None = None


class Mediation(Closed):
    """Each mechanism on its own: treatment -> M, M -> outcome, direct, indirect a*b with a bootstrap interval."""

    kind: Literal["mediation"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    remark: Text | None = None


class Heterogeneity(Closed):
    """The baseline model in each region, and the test that the treatment's coefficients are equal."""

    kind: Literal["heterogeneity"]
    title: Text
    model: ModelChoice = ModelChoice()
    groups: Annotated[dict[Name, Annotated[list[Region], Field(min_length=1)]], Field(min_length=2)]
    labels: dict[Name, Text]
    remark: Text | None = None


class Recovery(Closed):
    """Synthetic studies only: each estimate beside the true value of the data-generating process."""

    kind: Literal["recovery"]
    title: Text
    remark: Text | None = None


class Weights(Closed):
    """The weights of an index under each of its weightings, and the entropies of its indicators."""

    kind: Literal["weights"]
    title: Text
    index: Name
    remark: Text | None = None


TableSpec = Annotated[
    Descriptives | Regression | Mediation | Heterogeneity | Weights | Recovery, Field(discriminator="kind")
]


class Figure(Closed):
    """What every figure spec has: `after` names the table it follows in the report."""

    title: Text
    after: str | None = None


class CoefficientsFigure(Figure):
    """Points with intervals: one row for each column of the tables named, for one term."""

    kind: Literal["coefficients"]
    tables: Annotated[list[str], Field(min_length=1)]
    terms: Annotated[list[Name], Field(min_length=1)]


class TrendsFigure(Figure):
    """Yearly means by region of some variables."""

    kind: Literal["trends"]
    variables: Annotated[list[Name], Field(min_length=1, max_length=6)]


class PathFigure(Figure):
    """The mechanism diagram with the estimates of a mediation table on its arrows."""

    kind: Literal["path"]
    table: str


class DistributionFigure(Figure):
    """Kernel density of a variable in some years."""

    kind: Literal["distribution"]
    variable: Name
    years: Annotated[list[int], Field(min_length=1, max_length=6)]


class TileMapFigure(Figure):
    """A tile map of the provinces for a variable in one year."""

    kind: Literal["tilemap"]
    variable: Name
    year: int


FigureSpec = Annotated[
    CoefficientsFigure | TrendsFigure | PathFigure | DistributionFigure | TileMapFigure, Field(discriminator="kind")
]
