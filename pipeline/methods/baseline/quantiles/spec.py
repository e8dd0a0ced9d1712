"""The specs of a quantile table and of its figure."""

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


class QuantilesTable(TableSpec):
    """The treatment along the conditional distribution of the outcome: quantiles via moments, one
    column a quantile."""

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["quantiles"]
    model: ModelChoice = ModelChoice()
    quantiles: Annotated[
        list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=2, max_length=9)
    ] = [0.1, 0.25, 0.5, 0.75, 0.9]
    draws: Annotated[int, Field(ge=99)] = 999

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Quantiles differ."""
        if len(set(self.quantiles)) < len(self.quantiles):
            where, found = Where(file=file, key="quantiles"), str(self.quantiles)
            yield problem("quantile-twice", where, found, "different quantiles", "remove one")


class QuantilesFigure(FigureSpec):
    """The treatment's coefficient along the quantiles of a quantile table, with its band."""

    kind: Literal["quantile_process"]
    table: str

    def shows(self) -> list[str]:
        return [self.table]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The table is a quantile table."""
        yield from table_of_kind(study, file, "table", self.table, ["quantiles"])
