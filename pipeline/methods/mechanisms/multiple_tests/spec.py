"""The spec of a table of many tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import once
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class MultipleTestsTable(TableSpec):
    """The treatment's effect on many outcomes, p-values adjusted for testing them all."""

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["multiple_tests"]
    model: ModelChoice = ModelChoice()
    outcomes: Annotated[list[Name], Field(min_length=2)]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """No outcome is the treatment or a control, and none stands twice."""
        (model,) = self.models(study)
        yield from once(file, "outcomes", [*self.outcomes, model.treatment, *model.controls])
