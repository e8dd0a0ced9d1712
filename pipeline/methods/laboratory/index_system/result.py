"""What a table of an indicator system holds."""

from dataclasses import dataclass

from pipeline.results import result
from pipeline.results.estimate import Draws, Estimate
from pipeline.study.schema import Period, Weighting


@dataclass(frozen=True)
class Result(result.Result):
    """Indicator -> its weight, the mean over years where it changes, with the interval of a
    bootstrap of whole units.

    weighting, period: of the index's own weights; from_data: whether the data decide about them
    cells: unit-years with every indicator
    """

    index: str
    weighting: Weighting
    period: Period
    from_data: bool
    weights: dict[str, Estimate]
    cells: int
    draws: Draws

    @property
    def looks_ahead(self) -> bool:
        """Whether later years enter the scores of earlier ones through the weights."""
        return self.from_data and self.period == "pooled"
