"""The spec of a recovery table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pipeline.panel.finding import Finding, Where
from pipeline.study.choices import ModelChoice
from pipeline.study.model import Model, resolve
from pipeline.study.specs import TableSpec
from pipeline.study.toml import problem

if TYPE_CHECKING:
    from pipeline.study.study import Study


class RecoveryTable(TableSpec):
    """Synthetic studies only: each estimate beside the true value of the data-generating
    process."""

    random: ClassVar[bool] = True

    kind: Literal["recovery"]

    def models(self, study: "Study") -> list[Model]:
        """The model of the study's roles."""
        return [resolve(study, ModelChoice())]

    def mechanisms(self, study: "Study") -> list[str]:
        """The study's mediators."""
        return list(study.spec.roles.mediators)

    def uses(self, study: "Study") -> set[str]:
        """Also the dimensions of the outcome, whose true totals are known too."""
        (model,) = self.models(study)
        parts = {name for name, index in study.index_columns.items() if index == model.outcome}
        return super().uses(study) | parts

    def files(self, study: "Study") -> list[str]:
        """The true effects."""
        return [study.paths.truth.name]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """Only of a synthetic study is the truth known."""
        if not study.spec.synthetic:
            yield problem(
                "recovery-real",
                Where(file=file, key="kind"),
                "a recovery table in a study of real data",
                "synthetic = true in study.toml",
                "remove the table: nobody knows the truth",
            )
