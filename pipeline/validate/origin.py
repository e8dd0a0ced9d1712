"""Where the cells of the raw panel came from."""

import pandas as pd

from pipeline.panel.finding import Where
from pipeline.panel.provinces import BY_CODE


class Origins:
    """Looks up file, sheet and cell of a (province, year, variable)."""

    def __init__(self, raw: pd.DataFrame) -> None:
        keys = zip(raw["province"], raw["year"], raw["variable"], strict=True)
        places = zip(raw["file"], raw["sheet"], raw["cell"], strict=True)
        self._places = dict(zip(keys, places, strict=True))
        self._files = dict(zip(raw["variable"], raw["file"], strict=True))

    def cell(self, province: int, year: int, variable: str) -> Where:
        """The place of one cell; only province, year and variable where the cell is absent."""
        file, sheet, cell = self._places.get(
            (province, year, variable), (self._files.get(variable), None, None)
        )
        return Where(file, sheet, cell, province=BY_CODE[province].en, year=year, variable=variable)

    def variable(self, variable: str) -> Where:
        """The file of a variable."""
        return Where(self._files.get(variable), variable=variable)
