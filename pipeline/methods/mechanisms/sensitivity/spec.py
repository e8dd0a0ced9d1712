"""The spec of a sensitivity table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class SensitivityTable(TableSpec):
    """How strong a confounder would have to be, for each mechanism and for the treatment itself.

    benchmark: the observed control that the confounder is compared with; r2_max: Oster's R2max as a
    multiple of R2
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["sensitivity"]
    model: ModelChoice = ModelChoice()
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    benchmark: Name
    r2_max: Annotated[float, Field(gt=1)] = 1.3

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The benchmark is a variable of the study."""
        yield from known(study, file, "benchmark", self.benchmark)
