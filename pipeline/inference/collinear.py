"""What stops a linear model: a column without variation of its own."""

import numpy as np


class Collinear(np.linalg.LinAlgError):
    """A column is collinear with the columns before it or with the effects; `column`: its position.

    A LinAlgError, and with it a ValueError.
    """

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column

    def __str__(self) -> str:
        return f"column {self.column} is collinear with the columns before it or with the effects"
