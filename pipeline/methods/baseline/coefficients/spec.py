"""The spec of a figure of coefficients."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import known_tables
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec
from pipeline.study.toml import problem

if TYPE_CHECKING:
    from pipeline.study.study import Study


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
            yield from known_tables(study, file, "tables", [stem])
            table = study.tables.get(f"tables/{stem}")
            if table is not None and not table.points:
                where = Where(file=file, key="tables")
                found = f"`{stem}` is a {table.kind} table"
                expected = "a table of regressions or mechanisms"
                yield problem("figure-table", where, found, expected, "name another table")
