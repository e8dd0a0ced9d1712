"""What a table of weights that could be known at the time holds."""

from dataclasses import dataclass
from typing import Literal

from pipeline.results import result
from pipeline.results.rows import Fit, Regression, Rows
from pipeline.study.model import Model

# Which years weigh; ranges are of all years under `pooled` and `equal`, else of the base year.
Knowledge = Literal["pooled", "base_year", "expanding", "per_year", "equal"]


@dataclass(frozen=True)
class Column:
    """The model with indices made from what was known; standardised: SD of the outcome per SD of
    the treatment."""

    knowledge: Knowledge
    regression: Regression
    standardised: float

    @property
    def model(self) -> Model:
        return self.regression.model

    @property
    def rows(self) -> Rows:
        return self.regression.rows

    @property
    def fit(self) -> Fit:
        return self.regression.fit


@dataclass(frozen=True)
class Result(result.Result):
    """Pooled weights first; indices: of treatment and outcome, those that are rebuilt."""

    indices: list[str]
    base_year: int
    columns: list[Column]

    @property
    def model(self) -> Model:
        return self.columns[0].model

    @property
    def largest(self) -> float:
        """The largest difference of a standardised coefficient to the pooled one."""
        return max(abs(c.standardised - self.columns[0].standardised) for c in self.columns)

    @property
    def opposed(self) -> list[int]:
        """Columns, counted from 1, whose coefficient has another sign than the pooled one."""
        pooled = self.columns[0].standardised
        return [i for i, c in enumerate(self.columns, 1) if c.standardised * pooled < 0]
