"""What stops a linear model: a column without variation of its own."""

import numpy as np

# Share of a column's variation below which nothing of it is left beside others: the one tolerance
# of ranks. Its square is the least that sums of squares in binary64 hold with seven digits.
RANK = 3e-5
# Share of a column's level below which its variation is what rounding leaves of a constant.
ROUNDING = 1e-13


class Collinear(np.linalg.LinAlgError):
    """A column is collinear with the columns before it or with the effects; `column`: its position.

    A LinAlgError, and with it a ValueError.
    """

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column

    def __str__(self) -> str:
        return f"column {self.column} is collinear with the columns before it or with the effects"
