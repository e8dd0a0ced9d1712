"""The rows that a model was estimated on, and how it fits them."""

from dataclasses import dataclass

from pipeline.results.estimate import Estimate
from pipeline.study.model import Model


@dataclass(frozen=True)
class Rows:
    """How many rows, units (the clusters) and years a model has."""

    observations: int
    units: int
    first_year: int
    last_year: int

    @property
    def df(self) -> int:
        """Degrees of freedom of t with errors clustered by unit: clusters less one."""
        return self.units - 1


@dataclass(frozen=True)
class Fit:
    """How a model fits: R2 net of the effects, R2 with them, mean and SD of the outcome."""

    r2_within: float | None
    r2: float
    outcome_mean: float
    outcome_sd: float


@dataclass(frozen=True)
class Leverage:
    """Which unit (its code) holds the largest share of the treatment's variation net of controls
    and effects.

    effective: 1 / sum of the squared shares of all units: how many equal clusters they are worth
    df, p: Bell and McCaffrey's degrees of freedom and the p-value of CR2, None where one unit alone
    identifies the treatment
    """

    unit: int
    share: float
    effective: float
    df: float | None
    p: float | None


@dataclass(frozen=True)
class Regression:
    """A linear model with its coefficients; `constant` only where nothing is absorbed.

    carrier: code of the unit that alone carries the treatment's variation; leverage: who carries
    how much of it, None where no unit effects are absorbed
    """

    model: Model
    rows: Rows
    fit: Fit
    coefficients: dict[str, Estimate]
    constant: Estimate | None = None
    carrier: int | None = None
    leverage: Leverage | None = None

    @property
    def treatment(self) -> Estimate:
        """The coefficient of the treatment."""
        return self.coefficients[self.model.treatment]
