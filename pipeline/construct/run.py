"""The construct stage: validated raw values to the analysis panel of derived variables and
indices."""

from dataclasses import replace
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.construct.filling import fill_gaps
from pipeline.formula.evaluate import evaluate
from pipeline.formula.functions import Calendar
from pipeline.formula.grid import Grid
from pipeline.index.build import build_index
from pipeline.inference.draws import generator
from pipeline.panel.characters import tell
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import KEYS, Panel
from pipeline.study import Study
from pipeline.study.artifact import require, write_bytes, write_text


def construct(study: Study, raw: dict[str, Grid]) -> Panel:
    """The analysis panel from raw grids (provinces of the study x its years, codebook units).

    Where gaps are filled by multiple imputation this is the panel of their mean;
    `construct_imputed` gives the draws. Raises Rejected where a formula or an index is undefined,
    naming province, year and variable.
    """
    draws, filled = _fill(study, raw)
    mean = {name: grids.mean(axis=0) for name, grids in draws.items()}
    return _build(study, raw | mean, filled, _imputations(study, filled))


def construct_imputed(study: Study, raw: dict[str, Grid]) -> list[Panel]:
    """One analysis panel a draw of the multiple imputation; empty where the study declares none."""
    draws, filled = _fill(study, raw)
    m = _imputations(study, filled)
    return [
        _build(study, raw | {n: g[k % len(g)] for n, g in draws.items()}, filled, m)
        for k in range(m)
    ]


def _imputations(study: Study, filled: dict[str, list[list[int]]]) -> int:
    """How many panels the estimates are pooled over: the most that a fill with gaps to fill
    declares."""
    return max(
        (f.imputations for f in study.fills if f.method == "multiple" and f.variable in filled),
        default=0,
    )


def _fill(study: Study, raw: dict[str, Grid]) -> tuple[dict[str, Grid], dict[str, list[list[int]]]]:
    """Variable -> filled grids (draws, provinces, years), and variable -> [province code, year] of
    the cells filled."""
    draws: dict[str, Grid] = {}
    filled: dict[str, list[list[int]]] = {}
    roles = _roles(study, raw)
    for fill in study.fills:
        rng = generator(study.spec.seed, f"fill/{fill.variable}")
        # Every multiple fill gives as many draws as the largest: panel k holds draw k of each.
        most = max(
            (f.imputations for f in study.fills if f.method == "multiple"), default=fill.imputations
        )
        own = [z for name, z in roles.items() if fill.variable not in study.raw_variables(name)]
        grids, cells = fill_gaps(
            raw[fill.variable],
            fill.model_copy(update={"imputations": most}),
            rng,
            np.array(own).reshape(len(own), *raw[fill.variable].shape),
        )
        if cells.any():
            draws[fill.variable] = grids
            filled[fill.variable] = [
                [study.provinces[i].code, study.years[t]] for i, t in np.argwhere(cells)
            ]
    return draws, filled


def _roles(study: Study, raw: dict[str, Grid]) -> dict[str, Grid]:
    """Outcome, treatment, mediators and controls before any gap is filled: what multiple imputation
    must know, lest it draws their relations towards zero. Empty where nothing asks for it."""
    if not any(f.method == "multiple" for f in study.fills):
        return {}
    roles = study.spec.roles
    frame = _build(study, raw, {}, 0).frame
    names = [roles.outcome, roles.treatment, *roles.mediators, *roles.controls]
    shape = (len(study.provinces), len(study.years))
    made = [name for name in dict.fromkeys(names) if name in frame]
    return {name: frame[name].to_numpy(float).reshape(shape) for name in made}


def _build(
    study: Study, raw: dict[str, Grid], filled: dict[str, list[list[int]]], imputations: int
) -> Panel:
    """Derived variables, indices and levers of filled raw grids."""
    calendar = Calendar(tuple(study.years), study.spec.base_year)
    values = dict(raw)
    weights: dict[str, dict[str, dict[str, float]]] = {}
    entropies: dict[str, dict[str, float]] = {}
    problems: list[Finding] = []
    for name in _order(study):
        if problems and not study.inputs_of(name) <= values.keys():
            continue  # made from something that was refused
        if name in study.derived:
            problems += _derive(study, name, values, calendar)
        elif name in study.indices and not problems:
            index = build_index(
                name, study.indices[name], values, study.years, study.spec.base_year
            )
            values |= index.columns
            weights[name], entropies[name] = index.weights, index.entropies
    if problems:
        raise Rejected(problems)
    for key, proxy in study.lever_proxies.items():
        values[key] = _timed(values[proxy], study.levers[key].timing, calendar.base)
    columns = {name: grid.ravel() for name, grid in values.items()}
    metadata = {"entropies": entropies, **({"imputations": imputations} if imputations else {})}
    return Panel(pd.DataFrame(columns, index=_keys(study)), weights, filled, metadata)


def _keys(study: Study) -> pd.MultiIndex:
    return pd.MultiIndex.from_product([[p.code for p in study.provinces], study.years], names=KEYS)


def _derive(study: Study, name: str, values: dict[str, Grid], calendar: Calendar) -> list[Finding]:
    """Add a derived variable to the values; what is wrong with it, if anything."""
    try:
        values[name], undefined = evaluate(study.formulas[name], values, calendar)
    except ValueError as error:  # an estimator inside the formula found no answer
        where = Where(key=f"variables.{name}", variable=name)
        expected = "data that the function can work with"
        remedy = "use another function or other inputs"
        return [Finding("no-estimate", "error", where, str(error), expected, remedy)]
    return _undefined(study, name, values, undefined)


def _timed(proxy: Grid, timing: str, base: int) -> Grid:
    """A lever's values from its proxy: of the base year throughout, of one year earlier, or of the
    same year."""
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


def _undefined(
    study: Study, name: str, values: dict[str, Grid], bad: NDArray[np.bool_]
) -> list[Finding]:
    """A finding for each cell in which a formula is undefined: log of 0, division by 0."""
    return [
        Finding(
            "undefined",
            "error",
            Where(province=study.provinces[i].en, year=study.years[t], variable=name),
            f"`{study.derived[name].formula}` has no value with "
            + ", ".join(f"{n} = {values[n][i, t]:g}" for n in sorted(study.formulas[name].names)),
            "a number",
            "correct the cell in the source, or the formula in variables.toml",
        )
        for i, t in np.argwhere(bad)
    ]


def read_values(study: Study) -> dict[str, Grid]:
    """Validated raw values as grids (provinces, years) of each codebook variable."""
    long = pd.read_parquet(require(study.paths.values, "validate"))
    grid = _keys(study)
    wide = long.pivot(index=KEYS, columns="variable", values="value").reindex(grid)
    shape = (len(study.provinces), len(study.years))
    return {
        v: np.asarray(wide.get(v, pd.Series(np.nan, grid)), float).reshape(shape)
        for v in study.codebook
    }


def run(study: Study) -> None:
    """Build the analysis panel and write it with its weights, entropies and filled cells."""
    values = read_values(study)
    panel, draws = construct(study, values), construct_imputed(study, values)
    bare = construct(replace(study, fills=[]), values) if panel.filled else None
    for old in [*study.paths.imputed_panels(), study.paths.unfilled]:
        old.unlink(missing_ok=True)
    if bare is not None:
        write_bytes(study.paths.unfilled, bare.frame.reset_index().to_parquet(index=False))
    for k, imputed in enumerate(draws):
        write_bytes(study.paths.imputed(k), imputed.frame.reset_index().to_parquet(index=False))
    write_text(study.paths.panel_metadata, panel.metadata())
    write_bytes(study.paths.panel, panel.frame.reset_index().to_parquet(index=False))
    count = sum(map(len, panel.filled.values()))
    tell(
        f"construct: {panel.frame.shape[1]} variables, {len(panel.frame)} province-years, {count} "
        "filled cells"
    )
