"""The specs of the table of alternatives to an index, and of the figure that shows it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known_index, table_of_kind
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec, TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class AlternativesTable(TableSpec):
    """An index beside its variants: rank correlation, how far provinces move, the headline
    coefficient with each."""

    kind: Literal["alternatives"]
    index: Name
    model: ModelChoice = ModelChoice()

    def variants(self, study: "Study") -> list[str]:
        """The variables of the index's variants."""
        return [f"{self.index}_{variant}" for variant in study.indices[self.index].variants]

    def uses(self, study: "Study") -> set[str]:
        """The index, its variants, and what the model names."""
        return {*super().uses(study), *self.variants(study)}

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The index is one of the study."""
        yield from known_index(study, file, self.index)


class AlternativesFigure(FigureSpec):
    """The headline coefficient under each weighting, and the ranks that provinces would have."""

    kind: Literal["alternatives_figure"]
    table: str

    def shows(self) -> list[str]:
        """The table whose results it shows."""
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is one of alternatives."""
        yield from table_of_kind(study, file, "table", self.table, ("alternatives",))
