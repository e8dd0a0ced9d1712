"""The spec of a table of minimum detectable effects."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pipeline.study.closed import Name
from pipeline.study.lever_specs import ByLeverTable

if TYPE_CHECKING:
    from pipeline.study.study import Study


class PowerTable(ByLeverTable):
    """Minimum detectable effects of the treatment, of each a x b and of each interaction.

    draws: outcomes simulated for each
    """

    kind: Literal["power"]
    mediators: Annotated[list[Name], Field(min_length=1)] | None = None
    power: Annotated[float, Field(gt=0, lt=1)] = 0.8
    draws: Annotated[int, Field(ge=99, le=9_999)] = 400

    def decomposes(self, study: "Study") -> bool:
        """It says what could be found alone."""
        return False
