"""The spec of a figure of marginal effects."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_levers import check_lever_columns
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.model import Model, resolve
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class MarginalFigure(FigureSpec):
    """The treatment's effect across the range of levers, with its bands, above their histograms."""

    random: ClassVar[bool] = True

    kind: Literal["marginal_effects"]
    levers: Annotated[list[Name], Field(min_length=1)]

    def models(self, study: "Study") -> list[Model]:
        """The study's model."""
        return [resolve(study, ModelChoice())]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The levers can be levers."""
        yield from check_lever_columns(study, file, self.levers)
