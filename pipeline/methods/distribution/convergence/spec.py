"""The spec of a convergence table."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class ConvergenceTable(TableSpec):
    """Sigma convergence, and beta convergence with year effects alone and with province effects and
    controls.

    controls: values at the start of each year's growth; by default those of the study
    draws: of panels without convergence, for the test of the corrected coefficient
    """

    random: ClassVar[bool] = True

    kind: Literal["convergence"]
    variable: Name
    controls: list[Name] | None = None
    draws: Annotated[int, Field(ge=99)] = 999

    def chosen(self, study: "Study") -> list[str]:
        """The controls of conditional convergence."""
        return list(study.spec.roles.controls if self.controls is None else self.controls)

    def uses(self, study: "Study") -> set[str]:
        """The variable and the controls, those of the study where the spec names none."""
        return {*super().uses(study), *self.chosen(study)}
