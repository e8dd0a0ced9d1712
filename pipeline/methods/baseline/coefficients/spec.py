"""The spec of a figure of coefficients."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import table_of_kind
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study

# Kinds of table whose results have points to draw.
_KINDS = ["regression", "heterogeneity", "mediation"]


class CoefficientsFigure(FigureSpec):
    """Points with intervals: one row for each column of the tables named, for one term.

    terms: names of variables, `treatment` for each column's own, `indirect` or another effect of a
    mechanism
    """

    kind: Literal["coefficients"]
    tables: Annotated[list[str], Field(min_length=1)]
    terms: Annotated[list[Name], Field(min_length=1)]

    def shows(self) -> list[str]:
        return self.tables

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The tables have points to draw."""
        for stem in self.tables:
            yield from table_of_kind(study, file, "tables", stem, _KINDS)
