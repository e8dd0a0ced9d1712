"""A model fully resolved: what the column says, else the table, else the study's roles."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.study.choices import Effect, ModelChoice, Sample
from pipeline.study.closed import Text

if TYPE_CHECKING:
    from pipeline.study.study import Study


@dataclass(frozen=True)
class Model:
    """One linear model: outcome on treatment and controls with absorbed effects, on a sample,
    clustered by unit."""

    outcome: str
    treatment: str
    controls: list[str]
    effects: list[Effect]
    sample: Sample
    label: Text | None = None

    @property
    def variables(self) -> list[str]:
        """Outcome, treatment, controls, in this order."""
        return [self.outcome, self.treatment, *self.controls]

    @property
    def two_way(self) -> bool:
        """Whether unit and year effects are both absorbed."""
        return len(self.effects) == 2

    def same_as(self, other: "Model") -> bool:
        """Whether both estimate the same: labels and the order of controls do not count."""
        return (
            (self.outcome, self.treatment, self.sample)
            == (other.outcome, other.treatment, other.sample)
            and set(self.controls) == set(other.controls)
            and set(self.effects) == set(other.effects)
        )


def resolve(study: "Study", table: ModelChoice, column: ModelChoice | None = None) -> Model:
    """The model of a column: its own choices first, then the table's, then the study's roles and
    two-way effects."""
    roles = study.spec.roles
    own = column or ModelChoice()
    controls = table.controls if own.controls is None else own.controls
    effects = table.effects if own.effects is None else own.effects
    return Model(
        outcome=own.outcome or table.outcome or roles.outcome,
        treatment=own.treatment or table.treatment or roles.treatment,
        controls=list(roles.controls if controls is None else controls),
        effects=["province", "year"] if effects is None else list(effects),
        sample=own.sample or table.sample or Sample(),
        label=own.label,
    )
