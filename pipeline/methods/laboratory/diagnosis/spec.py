"""The spec of a table of contributions and obstacles."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_index, known_years
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class DiagnosisTable(TableSpec):
    """What the scores are made of and what holds them back: contributions and obstacle degrees by
    indicator."""

    kind: Literal["diagnosis"]
    index: Name
    years: Annotated[list[int], Field(min_length=1, max_length=4)]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The index and the years are of the study."""
        yield from known_index(study, file, self.index)
        yield from known_years(study, file, "years", self.years)
