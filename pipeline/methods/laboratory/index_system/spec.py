"""The spec of a table of an indicator system."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_index
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class IndexSystemTable(TableSpec):
    """The indicator system of an index: formula, unit, direction, weight with its bootstrap
    interval, source."""

    random: ClassVar[bool] = True

    kind: Literal["index_system"]
    index: Name
    draws: Annotated[int, Field(ge=99)] = 1_000

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The index is one of the study."""
        yield from known_index(study, file, self.index)
