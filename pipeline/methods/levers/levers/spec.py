"""The specs of the table of all levers and of its forest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.check_specs import table_of_kind
from pipeline.study.choices import ModelChoice
from pipeline.study.specs import FigureSpec, TableSpec
from pipeline.study.toml import problem

if TYPE_CHECKING:
    from pipeline.study.study import Study


class LeversTable(TableSpec):
    """Each declared challenge and path with its proxy, test, estimate, adjusted p-value and
    verdict."""

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False
    two_way: ClassVar[bool] = True

    kind: Literal["levers"]
    model: ModelChoice = ModelChoice()
    draws: Annotated[int, Field(ge=99)] = 9_999
    power: Annotated[float, Field(gt=0, lt=1)] = 0.8

    def uses(self, study: "Study") -> set[str]:
        """Also the levers that have a proxy, and the mechanisms whose arrows they move."""
        moved = {lever.moves for lever in study.levers.values()} & study.variables
        return super().uses(study) | set(study.lever_proxies) | moved

    def files(self, study: "Study") -> list[str]:
        """The true effects of a synthetic study."""
        return [study.paths.truth.name] if study.spec.synthetic else []

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The study declares levers."""
        if not study.levers:
            where = Where(file=str(study.paths.specs / "levers.toml"))
            remedy = "write levers.toml, or remove the table"
            expected = "the challenges and paths of the theory"
            yield problem("levers-missing", where, "no levers declared", expected, remedy)


class LeversFigure(FigureSpec):
    """The rows of a table of levers as points with intervals and verdicts."""

    kind: Literal["lever_forest"]
    table: str

    def shows(self) -> list[str]:
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is a table of levers."""
        yield from table_of_kind(study, file, "table", self.table, ["levers"])
