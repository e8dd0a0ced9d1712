"""The spec of a table of chains of mechanisms."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.panel.finding import Finding
from pipeline.study.check_specs import known, once
from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class ChainTable(TableSpec):
    """Serial mechanisms: treatment -> first -> second -> outcome, one column a chain."""

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["chain"]
    model: ModelChoice = ModelChoice()
    chains: Annotated[
        list[Annotated[list[Name], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]

    def problems(self, study: "Study", file: str, sound: bool) -> Iterator[Finding]:
        """The links of every chain exist, differ, and are no part of the model."""
        (model,) = self.models(study)
        for chain in self.chains:
            yield from known(study, file, "chains", chain)
            yield from once(file, "chains", [*chain, *model.variables])
