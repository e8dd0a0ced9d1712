"""The spec of the figure of indirect effects along the correlation of the two errors."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.model import Model, resolve
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class RhoFigure(FigureSpec):
    """The indirect effect of each mechanism along the correlation of the two errors, with a
    bootstrap band."""

    random: ClassVar[bool] = True

    kind: Literal["rho"]
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None

    def models(self, study: "Study") -> list[Model]:
        """The model of the study's roles."""
        return [resolve(study, ModelChoice())]
