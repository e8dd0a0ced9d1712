"""The spec of the specification curve."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import check_sample, once
from pipeline.study.choices import Sample
from pipeline.study.closed import Name, Text
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class SpecificationCurve(FigureSpec):
    """Every declared combination of outcome, treatment, controls, sample and effects, sorted by
    estimate.

    controls: all subsets of these are tried; samples, effects: each is tried with every subset.
    draws: of the joint test
    """

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False

    kind: Literal["specification_curve"]
    outcomes: Annotated[list[Name], Field(min_length=1)]
    treatments: Annotated[list[Name], Field(min_length=1)]
    controls: Annotated[list[Name], Field(max_length=12)]
    samples: Annotated[dict[Name, Sample], Field(min_length=1)] = {"all": Sample()}
    sample_labels: dict[Name, Text] = {}
    effects: Annotated[list[Literal["two-way", "province"]], Field(min_length=1)] = ["two-way"]
    draws: Annotated[int, Field(ge=99)] = 499

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """No variable has two parts, and samples can be drawn."""
        yield from once(file, "outcomes", [*self.outcomes, *self.treatments, *self.controls])
        for key, sample in self.samples.items():
            yield from check_sample(study, file, f"samples.{key}", sample)
