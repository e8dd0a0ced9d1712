"""The typed schema of what questions the indices: their system, ranks, alternatives, diagnosis, audits."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.study.kinds.choices import Figure, ModelChoice
from pipeline.study.schema import Closed, Name, Text


class IndexSystem(Closed):
    """The indicator system of an index: formula, unit, direction, weight with its bootstrap interval, source."""

    kind: Literal["index_system"]
    title: Text
    index: Name
    draws: Annotated[int, Field(ge=99)] = 1_000
    remark: Text | None = None


class IndexRanks(Closed):
    """Score and rank of every province in some years, and how far ranks move."""

    kind: Literal["index_ranks"]
    title: Text
    index: Name
    years: Annotated[list[int], Field(min_length=1, max_length=4)]
    remark: Text | None = None


class Alternatives(Closed):
    """An index beside its variants: rank correlation, how far provinces move, the headline coefficient with each."""

    kind: Literal["alternatives"]
    title: Text
    index: Name
    model: ModelChoice = ModelChoice()
    remark: Text | None = None


class Diagnosis(Closed):
    """What the scores are made of and what holds them back: contributions and obstacle degrees by indicator."""

    kind: Literal["diagnosis"]
    title: Text
    index: Name
    years: Annotated[list[int], Field(min_length=1, max_length=4)]
    remark: Text | None = None


class LookAhead(Closed):
    """The headline coefficient with weights that could be known at the time, beside the pooled ones."""

    kind: Literal["look_ahead"]
    title: Text
    model: ModelChoice = ModelChoice()
    remark: Text | None = None


class Overlap(Closed):
    """Which raw indicator stands in which part, through whatever derivation."""

    kind: Literal["overlap"]
    title: Text
    model: ModelChoice = ModelChoice()
    remark: Text | None = None


class Spurious(Closed):
    """The coefficient and the rejections that shared indicators alone would make, by simulation under the null.

    more: numbers of further indicators that the simulation lets the outcome share with the treatment
    """

    kind: Literal["spurious"]
    title: Text
    model: ModelChoice = ModelChoice()
    more: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=4)] = [1, 2]
    draws: Annotated[int, Field(ge=99)] = 499
    remark: Text | None = None


class CoordinationClasses(Closed):
    """How many provinces stand in each class of coordination: a variable made by `coordination([...])`, in some years."""

    kind: Literal["coordination_classes"]
    title: Text
    variable: Name
    years: Annotated[list[int], Field(min_length=1, max_length=8)]
    remark: Text | None = None


class AlternativesFigure(Figure):
    """The headline coefficient under each weighting, and the ranks that provinces would have."""

    kind: Literal["alternatives_figure"]
    table: str
