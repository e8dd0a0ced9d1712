"""The spec of a figure of ellipses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_years
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class EllipseFigure(FigureSpec):
    """Standard deviational ellipses in some years, and the path of the weighted centre through the
    years between."""

    pooled: ClassVar[bool] = False

    kind: Literal["ellipse"]
    variable: Name
    years: Annotated[list[int], Field(min_length=2, max_length=4)]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Years are of the study."""
        yield from known_years(study, file, "year", self.years)
