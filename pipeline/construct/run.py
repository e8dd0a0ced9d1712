"""The construct stage: validated raw values to the analysis panel of derived variables and indices."""

from graphlib import TopologicalSorter

import numpy as np
import pandas as pd

from pipeline.construct.fill import fill_linear
from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar, Grid
from pipeline.index.build import build_index
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import KEYS, Panel
from pipeline.study import Study
from pipeline.study.artifact import require, write_bytes, write_text


def construct(study: Study, raw: dict[str, Grid]) -> Panel:
    """The analysis panel from raw grids (provinces of the study x its years, codebook units).

    Raises Rejected where a formula or an index is undefined, naming province, year and variable.
    """
    calendar = Calendar(tuple(study.years), study.spec.base_year)
    codes = [p.code for p in study.provinces]
    values = dict(raw)
    filled: dict[str, list[list[int]]] = {}
    for fill in study.fills:
        values[fill.variable], cells = fill_linear(values[fill.variable], fill.max_gap)
        if cells:
            filled[fill.variable] = [[codes[i], study.years[t]] for i, t in cells]
    weights: dict[str, dict[str, dict[str, float]]] = {}
    entropies: dict[str, dict[str, float]] = {}
    problems: list[Finding] = []
    for name in _order(study):
        if problems and not study.inputs_of(name) <= values.keys():
            continue  # made from something that was refused
        if name in study.derived:
            try:
                values[name], undefined = evaluate(study.formulas[name], values, calendar)
            except ValueError as error:  # an estimator inside the formula found no answer
                problems.append(Finding("no-estimate", "error", Where(key=f"variables.{name}", variable=name), str(error),
                                        "data that the function can work with", "use another function or other inputs"))  # fmt: skip
                continue
            problems += _undefined(study, name, values, undefined)
        elif name in study.indices and not problems:
            index = build_index(name, study.indices[name], values, study.years, study.spec.base_year)
            values |= index.columns
            weights[name], entropies[name] = index.weights, index.entropies
    if problems:
        raise Rejected(problems)
    for key, proxy in study.lever_proxies.items():
        values[key] = _timed(values[proxy], study.levers[key].timing, study.years.index(study.spec.base_year))
    keys = pd.MultiIndex.from_product([codes, study.years], names=KEYS)
    frame = pd.DataFrame({name: grid.ravel() for name, grid in values.items()}, index=keys)
    return Panel(frame, weights, filled, {"entropies": entropies})


def _timed(proxy: Grid, timing: str, base: int) -> Grid:
    """A lever's values from its proxy: of the base year throughout, of one year earlier, or of the same year."""
    if timing == "base_year":
        return np.repeat(proxy[:, base : base + 1], proxy.shape[1], axis=1)
    if timing == "lag":
        return np.concatenate([np.full((len(proxy), 1), np.nan), proxy[:, :-1]], axis=1)
    return proxy


def _order(study: Study) -> list[str]:
    """Derived variables and indices, each after what it is made from."""
    graph = {name: set(study.formulas[name].names) for name in study.derived}
    graph |= {column: {index} for column, index in study.index_columns.items() if column != index}
    graph |= {name: set(spec.indicators()) for name, spec in study.indices.items()}
    return list(TopologicalSorter(graph).static_order())


def _undefined(study: Study, name: str, values: dict[str, Grid], bad: np.ndarray) -> list[Finding]:
    """A finding for each cell in which a formula is undefined: log of 0, division by 0."""
    return [
        Finding("undefined", "error", Where(province=study.provinces[i].en, year=study.years[t], variable=name),
                f"`{study.derived[name].formula}` has no value with "
                + ", ".join(f"{n} = {values[n][i, t]:g}" for n in sorted(study.formulas[name].names)),
                "a number", "correct the cell in the source, or the formula in variables.toml")
        for i, t in np.argwhere(bad)
    ]  # fmt: skip


def read_values(study: Study) -> dict[str, Grid]:
    """Validated raw values as grids (provinces, years) of each codebook variable."""
    long = pd.read_parquet(require(study.paths.values, "validate"))
    grid = pd.MultiIndex.from_product([[p.code for p in study.provinces], study.years], names=KEYS)
    wide = long.pivot(index=KEYS, columns="variable", values="value").reindex(grid)
    shape = (len(study.provinces), len(study.years))
    return {v: np.asarray(wide.get(v, pd.Series(np.nan, grid)), float).reshape(shape) for v in study.codebook}


def run(study: Study) -> None:
    """Build the analysis panel and write it with its weights, entropies and filled cells."""
    panel = construct(study, read_values(study))
    write_text(study.paths.panel_metadata, panel.metadata())
    write_bytes(study.paths.panel, panel.frame.reset_index().to_parquet(index=False))
    count = sum(map(len, panel.filled.values()))
    print(f"construct: {panel.frame.shape[1]} variables, {len(panel.frame)} province-years, {count} filled cells")
