"""The typed schema of figure specs: one file, one figure."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.kinds.choices import Figure, Sample
from pipeline.study.schema import Name, Text


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
    """A tile map of the provinces for a variable in one year.

    classes: colours by quarter of the provinces, with their bounds in a legend, instead of by value
    """

    kind: Literal["tilemap"]
    variable: Name
    year: int
    classes: Literal["quartiles"] | None = None


class SpecificationCurve(Figure):
    """Every declared combination of outcome, treatment, controls, sample and effects, sorted by estimate.

    controls: all subsets of these are tried; samples, effects: each is tried with every subset.
    """

    kind: Literal["specification_curve"]
    outcomes: Annotated[list[Name], Field(min_length=1)]
    treatments: Annotated[list[Name], Field(min_length=1)]
    controls: Annotated[list[Name], Field(max_length=12)]
    samples: Annotated[dict[Name, Sample], Field(min_length=1)] = {"all": Sample()}
    sample_labels: dict[Name, Text] = {}
    effects: Annotated[list[Literal["two-way", "province"]], Field(min_length=1)] = ["two-way"]
    draws: Annotated[int, Field(ge=99)] = 499


class RhoFigure(Figure):
    """The indirect effect of each mechanism along the correlation of the two errors, with a bootstrap band."""

    kind: Literal["rho"]
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
