"""The spec of a table of random effects."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.panel.finding import Finding, Where
from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec
from pipeline.study.toml import problem

if TYPE_CHECKING:
    from pipeline.study.study import Study


class RandomEffectsTable(TableSpec):
    """The model with unit effects, with random effects, and with correlated random effects.

    The last column holds the unit means of the regressors too; that they add nothing is what
    random effects assume, and what the Hausman test asks.
    """

    kind: Literal["random_effects"]
    model: ModelChoice = ModelChoice()

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The model has unit effects to compare with."""
        (model,) = self.models(study)
        if "province" not in model.effects:
            where = Where(file=file, key="model.effects")
            found, remedy = str(model.effects), "add the unit effects, or remove the key"
            yield problem("effects", where, found, "unit effects among the effects", remedy)
