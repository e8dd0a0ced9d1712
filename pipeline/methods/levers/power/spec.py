"""The spec of a table of minimum detectable effects."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_levers import check_any_lever, check_lever_columns
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class PowerTable(TableSpec):
    """Minimum detectable effects of the treatment, of each a x b and of each interaction.

    levers: all that have a proxy by default
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["power"]
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    levers: Annotated[list[Name], Field(min_length=1)] | None = None
    power: Annotated[float, Field(gt=0, lt=1)] = 0.8
    draws: Annotated[int, Field(ge=99)] = 4_999

    def decomposes(self, study: "Study") -> bool:
        """It says what could be found alone."""
        return False

    def moderators(self, study: "Study") -> list[str]:
        """The levers, one a row."""
        return list(study.lever_proxies) if self.levers is None else self.levers

    def uses(self, study: "Study") -> set[str]:
        """The variables of the model, the mechanisms and the levers."""
        return super().uses(study) | set(self.moderators(study))

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """There are levers, and they can be levers."""
        yield from check_any_lever(study, file, self.levers)
        yield from check_lever_columns(study, file, self.levers)
