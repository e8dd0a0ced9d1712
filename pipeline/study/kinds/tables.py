"""The typed schema of table specs: one file, one results file, one table."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.kinds.choices import ModelChoice, Sample
from pipeline.study.schema import Closed, Name, Region, Text


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
    intervals: Annotated[list[Literal["percentile", "bca", "studentised"]], Field(min_length=1)] = [
        "percentile"
    ]
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
    chains: Annotated[
        list[Annotated[list[Name], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]
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
    """The model in each group, and the tests that the treatment's coefficients are equal.

    groups: a list of regions, or a sample (`{ side = "north" }`, `{ years = [2011, 2016] }`, `{ high = ["openness"] }`);
            no province-year in two groups
    minimum_provinces: a group with fewer is refused
    """

    kind: Literal["heterogeneity"]
    title: Text
    model: ModelChoice = ModelChoice()
    groups: Annotated[
        dict[Name, Annotated[list[Region], Field(min_length=1)] | Sample], Field(min_length=2)
    ]
    labels: dict[Name, Text]
    draws: Annotated[int, Field(ge=99)] = 1999
    minimum_provinces: Annotated[int, Field(ge=3)] = 6
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
