"""The spec of a table of intervals that carry the uncertainty of index weights."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from pipeline.study.choices import ModelChoice
from pipeline.study.closed import Name
from pipeline.study.model import Model, resolve
from pipeline.study.specs import TableSpec

if TYPE_CHECKING:
    from pipeline.study.study import Study


class IndexUncertaintyTable(TableSpec):
    """Intervals with the index weights held fixed and rebuilt inside every replicate."""

    random: ClassVar[bool] = True

    kind: Literal["index_uncertainty"]
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None

    def models(self, study: "Study") -> list[Model]:
        """The model of the study's roles."""
        return [resolve(study, ModelChoice())]
