"""The specs of a mediation table and of the diagram of its paths."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known, table_of_kind
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name, Text
from pipeline.study.specs import FigureSpec, TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class MediationTable(TableSpec):
    """Each mechanism on its own, with a bootstrap interval of a*b.

    design: `two-step` prints treatment -> M and, for M -> outcome, the cited `evidence`;
    `three-step` estimates the second step too and prints the decomposition
    intervals: which intervals of a*b the three-step table prints
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True
    points: ClassVar[bool] = True

    kind: Literal["mediation"]
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    design: Literal["two-step", "three-step"] = "two-step"
    evidence: dict[Name, Text] = {}
    intervals: Annotated[list[Literal["percentile", "bca", "studentised"]], Field(min_length=1)] = [
        "percentile"
    ]

    def decomposes(self, study: "Study") -> bool:
        """In the three-step design."""
        return self.design == "three-step"

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Evidence is cited for variables of the study."""
        yield from known(study, file, "evidence", self.evidence)


class PathFigure(FigureSpec):
    """The mechanism diagram with the estimates of a mediation table on its arrows."""

    kind: Literal["path"]
    table: str

    def shows(self) -> list[str]:
        """The mediation table that it draws."""
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is a mediation table."""
        yield from table_of_kind(study, file, "table", self.table, ("mediation",))
