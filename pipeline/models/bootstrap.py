"""Which bootstrap draws of whole units hold, and what may be made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.inference import intervals
from pipeline.inference.moments import Array
from pipeline.models.carrier import carrier
from pipeline.models.prepared import Prepared
from pipeline.results.estimate import (
    MINIMUM_CLUSTERS,
    MOST_DROPPED,
    Draws,
    Estimate,
    Interval,
    Withheld,
)


@dataclass(frozen=True)
class Bootstrap:
    """The draws of one sample: their record, and the level of the intervals made of them."""

    record: Draws
    level: float

    @property
    def withheld(self) -> Withheld | None:
        """Why nothing is made of the draws."""
        return self.record.withheld

    def estimate(self, value: float, draws: Array) -> Estimate:
        """A quantity with the error and percentile interval of its draws (R,); alone where these
        are withheld."""
        if self.withheld is not None:
            return Estimate(value)
        return Estimate(value, float(draws.std(ddof=1)), interval=self.interval(draws))

    def interval(self, draws: Array) -> Interval:
        """The percentile interval of draws (R,); open where it is withheld."""
        if self.withheld is not None:
            return Interval(None, None, "percentile")
        return Interval(*intervals.percentile(draws, self.level), "percentile")


def bootstrap_of(prepared: Prepared, kept: NDArray[np.bool_]) -> Bootstrap:
    """What the draws of a sample are good for, of which those `kept` (R,) hold."""
    return recorded(prepared, len(kept), int(kept.sum()))


def recorded(prepared: Prepared, asked: int, used: int) -> Bootstrap:
    """What draws are good for of which so many were asked for and used."""
    record = Draws(asked, used, prepared.task.seed)
    return Bootstrap(replace(record, withheld=_withheld(prepared, record)), prepared.task.level)


def _withheld(prepared: Prepared, record: Draws) -> Withheld | None:
    if carrier(prepared.frame, prepared.model) is not None:
        return "carrier"
    if prepared.clusters < MINIMUM_CLUSTERS:
        return "few-clusters"
    return "dropped-draws" if record.dropped > MOST_DROPPED * record.asked else None


def joined(records: Sequence[Draws]) -> Draws:
    """The record of several samples: the fewest draws used, the first reason to withhold some."""
    fewest = min(records, key=lambda record: record.used)
    reasons = [record.withheld for record in records if record.withheld is not None]
    return replace(fewest, withheld=reasons[0] if reasons else None)
