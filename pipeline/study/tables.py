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

    show: names of the terms to print, all by default; align: print each column's treatment in one row
    brackets: a second p-value of the treatment, printed in brackets below its error
    """

    kind: Literal["regression"]
    title: Text
    model: ModelChoice = ModelChoice()
    columns: Annotated[list[ModelChoice], Field(min_length=1)]
    show: list[Name] | None = None
    align: bool = False
    brackets: Literal["wcr11", "wcr31", "crv3"] | None = None
    remark: Text | None = None


class Mediation(Closed):
    """Each mechanism on its own, with a bootstrap interval of a*b.

    design: `two-step` prints treatment -> M and, for M -> outcome, the cited `evidence`; `three-step` estimates the second
            step too and prints the decomposition
    intervals: which intervals of a*b the three-step table prints
    """

    kind: Literal["mediation"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    design: Literal["two-step", "three-step"] = "two-step"
    evidence: dict[Name, Text] = {}
    intervals: Annotated[list[Literal["percentile", "bca", "studentised"]], Field(min_length=1)] = ["percentile"]
    remark: Text | None = None


class Parallel(Closed):
    """All mechanisms jointly: parts of total minus direct that do not depend on the order of entry, their covariance."""

    kind: Literal["parallel"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=2)] | None = None
    remark: Text | None = None


class Chain(Closed):
    """Serial mechanisms: treatment -> first -> second -> outcome, one column a chain."""

    kind: Literal["chain"]
    title: Text
    model: ModelChoice = ModelChoice()
    chains: Annotated[list[Annotated[list[Name], Field(min_length=2, max_length=2)]], Field(min_length=1)]
    remark: Text | None = None


class Sensitivity(Closed):
    """How strong a confounder would have to be, for each mechanism and for the treatment itself."""

    kind: Literal["sensitivity"]
    title: Text
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    benchmark: Name
    r2_max: Annotated[float, Field(gt=1)] = 1.3
    remark: Text | None = None


class FewClusters(Closed):
    """One model a column; the treatment's p-values by CRV1, CRV3, wild cluster bootstraps and permuted paths."""

    kind: Literal["few_clusters"]
    title: Text
    model: ModelChoice = ModelChoice()
    columns: Annotated[list[ModelChoice], Field(min_length=1)]
    weights: Literal["rademacher", "webb"] = "rademacher"
    remark: Text | None = None


class MultipleTests(Closed):
    """The treatment's effect on many outcomes, p-values adjusted for testing them all."""

    kind: Literal["multiple_tests"]
    title: Text
    model: ModelChoice = ModelChoice()
    outcomes: Annotated[list[Name], Field(min_length=2)]
    remark: Text | None = None


class IndexUncertainty(Closed):
    """Intervals with the index weights held fixed and rebuilt inside every replicate."""

    kind: Literal["index_uncertainty"]
    title: Text
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
    Descriptives
    | Regression
    | Mediation
    | Parallel
    | Chain
    | Sensitivity
    | FewClusters
    | MultipleTests
    | IndexUncertainty
    | Heterogeneity
    | Weights
    | Recovery,
    Field(discriminator="kind"),
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


FigureSpec = Annotated[
    CoefficientsFigure
    | TrendsFigure
    | PathFigure
    | DistributionFigure
    | TileMapFigure
    | SpecificationCurve
    | RhoFigure,
    Field(discriminator="kind"),
]
