"""The spec of a table of methods for few clusters."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.specs import TableSpec


class FewClustersTable(TableSpec):
    """One model a column; the treatment's p-values by CRV1, CRV3, wild cluster bootstraps and
    permuted paths."""

    random: ClassVar[bool] = True
    two_way: ClassVar[bool] = True

    kind: Literal["few_clusters"]
    model: ModelChoice = ModelChoice()
    columns: Annotated[list[ModelChoice], Field(min_length=1)]
    weights: Literal["rademacher", "webb"] = "rademacher"
