"""The spec of a table of overlaps."""

from typing import TYPE_CHECKING, Literal

from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class OverlapTable(TableSpec):
    """Which raw indicator stands in which part, through whatever derivation."""

    kind: Literal["overlap"]
    model: ModelChoice = ModelChoice()

    def uses(self, study: "Study") -> set[str]:
        """Those of the model, the mechanisms, the levers."""
        mediators = study.spec.roles.mediators
        return {*super().uses(study), *mediators, *study.lever_proxies}
