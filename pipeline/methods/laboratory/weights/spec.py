"""The spec of a table of weights."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_index
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class WeightsTable(TableSpec):
    """The weights of an index under each of its weightings, and the entropies of its indicators."""

    kind: Literal["weights"]
    index: Name

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The index is one of the study."""
        yield from known_index(study, file, self.index)
