"""The specs of a threshold table and of the figure of its likelihood ratios."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_levers import check_lever_columns
from pipeline.study.check_specs import table_of_kind
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import FigureSpec, TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class ThresholdTable(TableSpec):
    """Hansen's threshold model in a lever, one column a lever, up to `thresholds` thresholds.

    trim: least share of the rows in a regime
    minimum_provinces: least number of provinces with rows in a regime
    grid: at most so many candidate values
    control_lever: the lever also enters by itself, unless the effects absorb it
    """

    random: ClassVar[bool] = True
    pooled: ClassVar[bool] = False
    two_way: ClassVar[bool] = True

    kind: Literal["threshold"]
    model: ModelChoice = ModelChoice()
    levers: Annotated[list[Name], Field(min_length=1)]
    thresholds: Annotated[int, Field(ge=1, le=3)] = 1
    trim: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    minimum_provinces: Annotated[int, Field(ge=2)] = 6
    grid: Annotated[int, Field(ge=10)] = 400
    control_lever: bool = True
    draws: Annotated[int, Field(ge=99)] = 999

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The levers can be levers."""
        yield from check_lever_columns(study, file, self.levers)


class LikelihoodRatioFigure(FigureSpec):
    """The likelihood ratio along the candidates of each threshold of a threshold table."""

    kind: Literal["likelihood_ratio"]
    table: str

    def shows(self) -> list[str]:
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is a threshold table."""
        yield from table_of_kind(study, file, "table", self.table, ["threshold"])
