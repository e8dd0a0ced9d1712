"""What the specs of tables with a column or a row a lever share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_levers import check_any_lever, check_lever_columns
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class ByLeverTable(TableSpec):
    """A table of models with the treatment x a lever.

    levers: keys of levers.toml, all that have a proxy by default, or any variable (of the same year
            then)
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    model: ModelChoice = ModelChoice()
    levers: Annotated[list[Name], Field(min_length=1)] | None = None

    def moderators(self, study: "Study") -> list[str]:
        """The levers, in their order."""
        return list(study.lever_proxies) if self.levers is None else self.levers

    def uses(self, study: "Study") -> set[str]:
        """What the models use, and the levers."""
        return super().uses(study) | set(self.moderators(study))

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """There are levers, and they can be levers."""
        yield from check_any_lever(study, file, self.levers)
        yield from check_lever_columns(study, file, self.levers)
