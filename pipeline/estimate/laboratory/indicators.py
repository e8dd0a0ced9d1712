"""The indicators of an index out of the analysis panel."""

import pandas as pd

from pipeline.index.build import Indicators, read_indicators
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.study.schema import IndexSpec
from pipeline.study.study import Study


def grid(panel: Panel, variable: str) -> pd.DataFrame:
    """A variable as provinces x years."""
    return panel.frame[variable].unstack("year")


def indicators_of(
    study: Study, panel: Panel, index: str, spec: IndexSpec | None = None
) -> Indicators:
    """The indicators of an index, normalised as its spec says; `spec` replaces the study's own."""
    spec = spec or study.indices[index]
    values = {n: grid(panel, n).to_numpy(float) for n in spec.indicators()}
    return read_indicators(index, spec, values, study.years, study.spec.base_year)


def require_scores(study: Study, panel: Panel, name: str, variable: str, years: list[int]) -> None:
    """Raise Rejected for years in which fewer than two provinces have a value."""
    counts = grid(panel, variable).notna().sum()
    empty = [y for y in years if counts[y] < 2]
    if empty:
        where = Where(file=str(study.paths.specs / f"{name}.toml"), key="years", variable=variable)
        raise Rejected(
            [
                Finding(
                    "years-empty",
                    "error",
                    where,
                    f"no values in {', '.join(map(str, empty))}",
                    "years in which provinces have values",
                    "name other years, or supply the missing cells",
                )
            ]
        )
