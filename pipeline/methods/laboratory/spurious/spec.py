"""The spec of a table of spurious coefficients."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding, Where
from pipeline.study.choices import ModelChoice, Sample
from pipeline.study.specs import TableSpec
from pipeline.study.toml import problem

if TYPE_CHECKING:
    from pipeline.study.study import Study


class SpuriousTable(TableSpec):
    """The coefficient and the rejections that shared indicators alone would make, by simulation
    under the null.

    more: numbers of further indicators that the simulation lets the outcome share with the
    treatment
    """

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["spurious"]
    model: ModelChoice = ModelChoice()
    more: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=4)] = [1, 2]
    draws: Annotated[int, Field(ge=99)] = 499

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The panels simulated are of all units and years."""
        if self.models(study)[0].sample != Sample():
            where = Where(file=file, key="model.sample")
            expected = "all units and years: the indices are simulated with all of them"
            yield problem("sample", where, "a sample", expected, "remove the key")
