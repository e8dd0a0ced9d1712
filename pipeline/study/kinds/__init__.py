"""The typed schema of table specs and figure specs: one file, one results file, one table or figure."""

from typing import Annotated, get_args

from pydantic import Field

from pipeline.study.kinds.choices import Effect, Figure, ModelChoice, Sample, Side
from pipeline.study.kinds.distribution import (
    Convergence,
    EllipseFigure,
    Inequality,
    Markov,
    Moran,
    MoranScatter,
)
from pipeline.study.kinds.figures import (
    CoefficientsFigure,
    DistributionFigure,
    PathFigure,
    RhoFigure,
    SpecificationCurve,
    TileMapFigure,
    TrendsFigure,
)
from pipeline.study.kinds.laboratory import (
    Alternatives,
    AlternativesFigure,
    CoordinationClasses,
    Diagnosis,
    IndexRanks,
    IndexSystem,
    LookAhead,
    Overlap,
    Spurious,
)
from pipeline.study.kinds.levers import (
    Levers,
    LeversFigure,
    LikelihoodRatioFigure,
    MarginalFigure,
    ModeratedMediation,
    Moderation,
    Move,
    Power,
    QuantileFigure,
    Quantiles,
    Scenario,
    ScenarioMapFigure,
    Theory,
    TheoryFigure,
    Threshold,
)
from pipeline.study.kinds.tables import (
    Chain,
    Descriptives,
    FewClusters,
    Heterogeneity,
    IndexUncertainty,
    Mediation,
    MultipleTests,
    Parallel,
    Recovery,
    Regression,
    Sensitivity,
    Weights,
)

__all__ = [
    "FIGURES",
    "KINDS",
    "TABLES",
    "Alternatives",
    "AlternativesFigure",
    "Chain",
    "CoefficientsFigure",
    "Convergence",
    "Descriptives",
    "Diagnosis",
    "DistributionFigure",
    "Effect",
    "EllipseFigure",
    "FewClusters",
    "Figure",
    "FigureSpec",
    "Heterogeneity",
    "IndexRanks",
    "IndexSystem",
    "IndexUncertainty",
    "Inequality",
    "Levers",
    "LeversFigure",
    "LikelihoodRatioFigure",
    "LookAhead",
    "MarginalFigure",
    "Markov",
    "Mediation",
    "ModelChoice",
    "ModeratedMediation",
    "Moderation",
    "Moran",
    "MoranScatter",
    "Move",
    "MultipleTests",
    "Overlap",
    "Parallel",
    "PathFigure",
    "Power",
    "QuantileFigure",
    "Quantiles",
    "Recovery",
    "Regression",
    "RhoFigure",
    "Sample",
    "Scenario",
    "ScenarioMapFigure",
    "Sensitivity",
    "Side",
    "SpecificationCurve",
    "Spurious",
    "TableSpec",
    "Theory",
    "TheoryFigure",
    "Threshold",
    "TileMapFigure",
    "TrendsFigure",
    "Weights",
]

TABLES = (
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
    | Recovery
    | Moderation
    | ModeratedMediation
    | Threshold
    | Quantiles
    | Scenario
    | Levers
    | Power
    | Theory
    | Inequality
    | Convergence
    | Moran
    | Markov
    | IndexSystem
    | IndexRanks
    | Alternatives
    | Diagnosis
    | LookAhead
    | Overlap
    | Spurious
    | CoordinationClasses
)
FIGURES = (
    CoefficientsFigure
    | TrendsFigure
    | PathFigure
    | DistributionFigure
    | TileMapFigure
    | SpecificationCurve
    | RhoFigure
    | AlternativesFigure
    | MoranScatter
    | EllipseFigure
    | MarginalFigure
    | LikelihoodRatioFigure
    | QuantileFigure
    | ScenarioMapFigure
    | LeversFigure
    | TheoryFigure
)
TableSpec = Annotated[TABLES, Field(discriminator="kind")]
FigureSpec = Annotated[FIGURES, Field(discriminator="kind")]

# The kinds as specs name them.
KINDS: frozenset[str] = frozenset(
    kind
    for union in (TABLES, FIGURES)
    for schema in get_args(union)
    for kind in get_args(schema.model_fields["kind"].annotation)
)
