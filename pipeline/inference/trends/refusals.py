"""What the estimators against common trends refuse, each with the numbers that say why."""

from collections.abc import Sequence

import numpy as np

from pipeline.inference.moments import Array

LEAST_UNITS = 3


class TooShort(ValueError):
    """A unit has `periods` periods where `needed` are the fewest."""

    def __init__(self, periods: int, needed: int) -> None:
        super().__init__(periods, needed)
        self.periods, self.needed = periods, needed

    def __str__(self) -> str:
        return f"{self.periods} periods where at least {self.needed} are needed"


class TooFewUnits(ValueError):
    """The panel has `units` units where `needed` are the fewest."""

    def __init__(self, units: int, needed: int = LEAST_UNITS) -> None:
        super().__init__(units, needed)
        self.units, self.needed = units, needed

    def __str__(self) -> str:
        return f"{self.units} units where at least {self.needed} are needed"


class Incomplete(ValueError):
    """Units (positions) have missing or infinite values where complete units are needed."""

    def __init__(self, units: Sequence[int]) -> None:
        super().__init__(units)
        self.units = list(units)

    def __str__(self) -> str:
        return f"units {self.units} have missing or infinite values: complete units are needed"


class TooManyFactors(ValueError):
    """`factors` common factors where a panel of this size allows no more than `most`."""

    def __init__(self, factors: int, most: int) -> None:
        super().__init__(factors, most)
        self.factors, self.most = factors, most

    def __str__(self) -> str:
        return f"{self.factors} factors where the panel allows at most {self.most}"


class NotConverged(ValueError):
    """The iterations did not settle within `rounds` rounds."""

    def __init__(self, rounds: int) -> None:
        super().__init__(rounds)
        self.rounds = rounds

    def __str__(self) -> str:
        return f"the iterations did not settle within {self.rounds} rounds"


class NothingLeft(ValueError):
    """Units (positions) whose series the model fits perfectly, so that no error is left of them."""

    def __init__(self, units: Sequence[int]) -> None:
        super().__init__(units)
        self.units = list(units)

    def __str__(self) -> str:
        return f"nothing is left of units {self.units} beside the model: their errors are zero"


def check_complete(*panels: Array) -> None:
    """Panels (N, T, ...) must have three units and no missing value; raises TooFewUnits,
    Incomplete."""
    units = len(panels[0])
    if units < LEAST_UNITS:
        raise TooFewUnits(units)
    whole = np.all([np.isfinite(p.reshape(units, -1)).all(axis=1) for p in panels], axis=0)
    if not whole.all():
        raise Incomplete(np.flatnonzero(~whole).tolist())


def check_periods(periods: int, needed: int) -> None:
    """Raises TooShort where a unit has fewer periods than are needed."""
    if periods < needed:
        raise TooShort(periods, needed)
