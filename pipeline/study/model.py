"""A model fully resolved: what the column says, else the table, else the study's roles."""

from dataclasses import dataclass

from pipeline.study.kinds import Effect, ModelChoice, Sample
from pipeline.study.schema import Text
from pipeline.study.study import Study


@dataclass(frozen=True)
class Model:
    """One linear model: outcome on treatment and controls with absorbed effects, on a sample, clustered by province."""

    outcome: str
    treatment: str
    controls: list[str]
    effects: list[Effect]
    sample: Sample
    label: Text | None

    @property
    def variables(self) -> list[str]:
        return [self.outcome, self.treatment, *self.controls]


def resolve(study: Study, table: ModelChoice, column: ModelChoice | None = None) -> Model:
    """The model of a column: its own choices first, then the table's, then the study's roles and two-way effects."""
    roles = study.spec.roles
    choices = [c for c in (column, table) if c is not None]

    def first(name: str) -> object:
        return next((v for c in choices if (v := getattr(c, name)) is not None), None)

    controls, effects = first("controls"), first("effects")
    return Model(
        outcome=str(first("outcome") or roles.outcome),
        treatment=str(first("treatment") or roles.treatment),
        controls=list(roles.controls if controls is None else controls),  # type: ignore[call-overload]
        effects=list(["province", "year"] if effects is None else effects),  # type: ignore[call-overload]
        sample=first("sample") or Sample(),  # type: ignore[arg-type]
        label=column.label if column is not None else None,
    )
