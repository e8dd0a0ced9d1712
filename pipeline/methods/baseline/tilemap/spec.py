"""The spec of a tile map."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_years
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class TileMapFigure(FigureSpec):
    """A tile map of the units for a variable in one year.

    classes: colours by quarter of the units, with their bounds in a legend, instead of by value
    """

    kind: Literal["tilemap"]
    variable: Name
    year: int
    classes: Literal["quartiles"] | None = None

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The year is of the study."""
        yield from known_years(study, file, "year", [self.year])
