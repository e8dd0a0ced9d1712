"""Fieller's confidence set of a ratio of two estimates, such as the share of an effect that is
mediated.

Where the denominator is not far from zero no interval has the right coverage (Dufour 1997): the set
then is what lies outside an interval, or the whole line.
Source: Fieller (1954).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class FiellerSet:
    """Ratios r for which numerator - r denominator is not rejected.

    shape: "interval" is low <= r <= high, "complement" r <= low or r >= high, "line" every r.
    Bounds may be infinite.
    """

    shape: Literal["interval", "complement", "line"]
    low: float
    high: float

    def holds(self, ratio: float) -> bool:
        """Whether the ratio lies in the set."""
        if self.shape == "complement":
            return ratio <= self.low or ratio >= self.high
        return self.low <= ratio <= self.high


def fieller_set(
    numerator: float,
    denominator: float,
    variance_numerator: float,
    variance_denominator: float,
    covariance: float,
    *,
    level: float,
    df: float,
) -> FiellerSet:
    """The set of ratios r with (n - r d)^2 <= t^2 (v_n - 2 r c + r^2 v_d), t of t(df) at `level`.

    That is a r^2 - 2 b r + c <= 0, where a > 0 says that the denominator differs from zero.
    """
    t2 = float(stats.t.ppf((1 + level) / 2, df)) ** 2
    a = denominator**2 - t2 * variance_denominator
    b = numerator * denominator - t2 * covariance
    c = numerator**2 - t2 * variance_numerator
    discriminant = b**2 - a * c
    if discriminant <= 0 and a <= 0:
        return FiellerSet("line", -np.inf, np.inf)
    # The larger sum gives both roots without cancellation; a = 0 sends one of them to infinity.
    q = b + np.copysign(np.sqrt(max(discriminant, 0.0)), b)
    low, high = sorted((q / a if a else np.copysign(np.inf, q), c / q if q else 0.0))
    return FiellerSet("interval" if a >= 0 else "complement", low, high)
