"""The spec of a table of classes of coordination."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_years
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class CoordinationTable(TableSpec):
    """How many provinces stand in each class of coordination: a variable made by
    `coordination([...])`, in some years."""

    kind: Literal["coordination_classes"]
    variable: Name
    years: Annotated[list[int], Field(min_length=1, max_length=8)]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Years are of the study."""
        yield from known_years(study, file, "years", self.years)
