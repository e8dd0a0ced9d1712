"""The spec of a figure of Moran scatter plots."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_years
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class MoranScatter(FigureSpec):
    """Moran scatter plots: the standardised value of each province, the mean of its neighbours."""

    kind: Literal["moran_scatter"]
    variable: Name
    years: Annotated[list[int], Field(min_length=1, max_length=4)]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Years are of the study."""
        yield from known_years(study, file, "year", self.years)
