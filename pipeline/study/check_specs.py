"""Checks of table and figure specs against the study: names, parts, samples."""

from collections.abc import Iterator
from typing import Any

from pipeline.panel.finding import Finding, Where
from pipeline.panel.provinces import find_province, nearest_names
from pipeline.study.check_levers import check_lever_names, check_lever_table
from pipeline.study.kinds import (
    Chain,
    CoordinationClasses,
    Diagnosis,
    FewClusters,
    Heterogeneity,
    IndexRanks,
    Inequality,
    Levers,
    Mediation,
    ModelChoice,
    ModeratedMediation,
    Moderation,
    MultipleTests,
    Parallel,
    Power,
    Quantiles,
    Sample,
    Scenario,
    Sensitivity,
    Threshold,
)
from pipeline.study.study import Study
from pipeline.study.toml import problem, unknown_name

# Kinds whose estimators absorb both effects.
_TWO_WAY = (
    Mediation,
    Parallel,
    Chain,
    Sensitivity,
    FewClusters,
    MultipleTests,
    Moderation,
    ModeratedMediation,
    Threshold,
    Quantiles,
    Scenario,
    Levers,
    Power,
)
# Kind of figure -> kind of table whose results it shows.
_SHOWS = {
    "path": "mediation",
    "likelihood_ratio": "threshold",
    "quantile_process": "quantiles",
    "scenario_map": "scenario",
    "lever_forest": "levers",
    "theory_diagram": "mediation",
    "alternatives_figure": "alternatives",
}


def check_provinces(where: Where, names: list[str]) -> Iterator[Finding]:
    """Names are of provincial units."""
    for name in names:
        if find_province(name) is None:
            close = ", ".join(nearest_names(name)) or "see the list in the README"
            yield problem(
                "unknown-province", where, f"`{name}`", "a province name", f"did you mean {close}?"
            )


def _check_sample(study: Study, where: Where, sample: Sample | None) -> Iterator[Finding]:
    if sample is None:
        return
    yield from check_provinces(where, [*sample.without, *sample.provinces])
    for name in [*sample.high, *sample.low]:
        if name not in study.variables:
            yield unknown_name(where, name, study.variables)
    if sample.years and sample.years[0] >= sample.years[1]:
        yield problem(
            "sample-year", where, str(sample.years), "first year < last year", "swap them"
        )
    for year in [*sample.without_years, *(sample.years or [])]:
        if year not in study.years:
            yield problem(
                "sample-year", where, str(year), f"a year of {study.spec.years}", "change the year"
            )


def _check_model(
    study: Study, file: str, key: str, model: ModelChoice, base: ModelChoice
) -> Iterator[Finding]:
    for name_key in ("outcome", "treatment"):
        name = getattr(model, name_key)
        if name is not None and name not in study.variables:
            yield unknown_name(Where(file=file, key=f"{key}.{name_key}"), name, study.variables)
    for name in model.controls or []:
        if name not in study.variables:
            yield unknown_name(Where(file=file, key=f"{key}.controls"), name, study.variables)
    yield from _check_sample(study, Where(file=file, key=f"{key}.sample"), model.sample)
    roles = study.spec.roles
    outcome = model.outcome or base.outcome or roles.outcome
    treatment = model.treatment or base.treatment or roles.treatment
    controls = next(c for c in (model.controls, base.controls, roles.controls) if c is not None)
    named = [outcome, treatment, *controls]
    for name in sorted({n for n in named if named.count(n) > 1}):
        found = f"`{name}` stands more than once among outcome, treatment and controls"
        yield problem(
            "role-twice", Where(file=file, key=key), found, "one role a variable", "remove one"
        )


def _check_once(where: Where, names: list[str]) -> Iterator[Finding]:
    """Each name in one part only: no mediator that is a control, no outcome that is the treatment, nothing twice."""
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield problem(
            "role-twice",
            where,
            f"`{name}` stands more than once among the variables of this spec",
            "one part a variable",
            "remove one",
        )


def _parts_of(study: Study, table: Any) -> Iterator[tuple[str, list[str]]]:
    """The lists of a table within which no variable may stand twice, each with its key."""
    base, roles = getattr(table, "model", None), study.spec.roles
    controls = roles.controls if base is None or base.controls is None else base.controls
    treatment = (base.treatment if base else None) or roles.treatment
    outcome = (base.outcome if base else None) or roles.outcome
    for key in ("mediators", "chains"):
        for part in (
            [getattr(table, key, None)] if key == "mediators" else getattr(table, key, None) or []
        ):
            if part:
                yield key, [*part, outcome, treatment, *controls]
    if getattr(table, "outcomes", None):
        yield "outcomes", [*table.outcomes, treatment, *controls]


def check_table(study: Study, stem: str, table: object, sound: bool) -> Iterator[Finding]:
    """Variables exist, parts are disjoint, samples and groups make sense; `sound`: formulas and indices are."""
    file = str(study.paths.specs / f"{stem}.toml")
    bench, single = getattr(table, "benchmark", None), getattr(table, "variable", None)
    chained = [name for chain in getattr(table, "chains", None) or [] for name in chain]
    for name in [
        *(getattr(table, "variables", None) or []),
        *(getattr(table, "mediators", None) or []),
        *(getattr(table, "outcomes", None) or []),
        *(getattr(table, "evidence", None) or []),
        *chained,
        *(getattr(table, "controls", None) or []),
        *(n for n in (bench, single) if n),
    ]:
        if name not in study.variables:
            yield unknown_name(Where(file=file, key="variables"), name, study.variables)
    yield from check_lever_table(study, file, table, sound)
    for name in getattr(table, "show", None) or []:
        if name not in study.variables:
            yield unknown_name(Where(file=file, key="show"), name, study.variables)
    for key, names in _parts_of(study, table):
        yield from _check_once(Where(file=file, key=key), names)
    base = getattr(table, "model", None)
    if base is not None:
        yield from _check_model(study, file, "model", base, ModelChoice())
        for i, column in enumerate(getattr(table, "columns", [])):
            yield from _check_model(study, file, f"columns.{i}", column, base)
        two_way = isinstance(table, _TWO_WAY)
        if two_way and base.effects is not None and sorted(base.effects) != ["province", "year"]:
            yield problem(
                "effects",
                Where(file=file, key="model.effects"),
                str(base.effects),
                "province and year effects in this kind of table",
                "remove the key",
            )
        if isinstance(table, Heterogeneity) and base.sample and base.sample.regions:
            yield problem(
                "group-sample",
                Where(file=file, key="model.sample"),
                "regions in the sample",
                "groups alone choose regions",
                "remove regions from the sample",
            )
    if isinstance(table, Quantiles) and len(set(table.quantiles)) < len(table.quantiles):
        yield problem(
            "quantile-twice",
            Where(file=file, key="quantiles"),
            str(table.quantiles),
            "different quantiles",
            "remove one",
        )
    if isinstance(table, Heterogeneity | Inequality):
        for group in sorted(set(table.groups or {}) ^ set(table.labels)):
            yield problem(
                "group-label",
                Where(file=file, key=f"labels.{group}"),
                f"`{group}` in one of groups, labels",
                "each group with its label",
                "add what is missing",
            )
        regions = [
            r for group in (table.groups or {}).values() if isinstance(group, list) for r in group
        ]
        for region in sorted({r for r in regions if regions.count(r) > 1}):
            yield problem(
                "group-overlap",
                Where(file=file, key="groups"),
                f"`{region}` in two groups",
                "disjoint groups",
                "remove one",
            )
    if isinstance(table, IndexRanks | Diagnosis | CoordinationClasses):
        for y in table.years:
            if y not in study.years:
                yield problem(
                    "sample-year",
                    Where(file=file, key="years"),
                    str(y),
                    f"a year of {study.spec.years}",
                    "change the year",
                )
    index = getattr(table, "index", None)
    if index is not None and index not in study.indices:
        yield unknown_name(Where(file=file, key="index"), index, study.indices, "index")
    if getattr(table, "kind", "") == "recovery" and not study.spec.synthetic:
        yield problem(
            "recovery-real",
            Where(file=file, key="kind"),
            "a recovery table in a study of real data",
            "synthetic = true in study.toml",
            "remove the table: nobody knows the truth",
        )


def check_figure(study: Study, stem: str, figure: object) -> Iterator[Finding]:
    """Variables and tables exist, tables are of a kind that the figure can show, years are the study's."""
    file = str(study.paths.specs / f"{stem}.toml")
    single, figure_kind = getattr(figure, "variable", None), getattr(figure, "kind", "")
    lists = ("variables", "outcomes", "treatments", "controls", "mediators")
    for name in [
        *(n for k in lists for n in getattr(figure, k, None) or []),
        *([single] if single else []),
    ]:
        if name not in study.variables:
            yield unknown_name(Where(file=file, key="variables"), name, study.variables)
    table, after = getattr(figure, "table", None), getattr(figure, "after", None)
    tables = {stem.split("/")[1]: t for stem, t in study.tables.items()}
    levers = getattr(figure, "levers", None)
    if isinstance(levers, list):
        yield from check_lever_names(study, Where(file=file, key="levers"), levers)
    elif levers is not None and getattr(tables.get(levers), "kind", "levers") != "levers":
        yield problem(
            "figure-table",
            Where(file=file, key="levers"),
            f"`{levers}` is a {tables[levers].kind} table",
            "a table of the twelve levers",
            "name another table",
        )
    parallel = getattr(figure, "parallel", None)
    if parallel is not None and getattr(tables.get(parallel), "kind", "") != "parallel":
        yield problem(
            "figure-table",
            Where(file=file, key="parallel"),
            f"`{parallel}` is no parallel table",
            "a parallel table",
            "name a parallel table, or remove the key",
        )
    named = [*(getattr(figure, "tables", None) or []), *(t for t in (table, after) if t)]
    for name in dict.fromkeys([*named, *([levers] if isinstance(levers, str) else [])]):
        if name not in tables:
            yield unknown_name(Where(file=file, key="table"), name, tables, "table")
        elif (
            figure_kind == "coefficients"
            and tables[name].kind not in ("regression", "heterogeneity", "mediation")
            and (name != after)
        ):
            yield problem(
                "figure-table",
                Where(file=file, key="tables"),
                f"`{name}` is a {tables[name].kind} table",
                "a table of regressions or mechanisms",
                "name another table",
            )
        elif name == table and tables[name].kind != _SHOWS[figure_kind]:
            yield problem(
                "figure-table",
                Where(file=file, key="table"),
                f"`{name}` is a {tables[name].kind} table",
                f"a {_SHOWS[figure_kind]} table",
                f"name a {_SHOWS[figure_kind]} table",
            )
        elif name == table and figure_kind == "scenario_map":
            there = [m.variable for m in tables[name].moves]
            for move in getattr(figure, "moves", []):
                if move not in there:
                    yield unknown_name(Where(file=file, key="moves"), move, there, "move")
    if figure_kind == "specification_curve":
        every = [n for k in ("outcomes", "treatments", "controls") for n in getattr(figure, k)]
        yield from _check_once(Where(file=file, key="outcomes"), every)
    for key, sample in (getattr(figure, "samples", None) or {}).items():
        yield from _check_sample(study, Where(file=file, key=f"samples.{key}"), sample)
    year = getattr(figure, "year", None)
    for y in [*(getattr(figure, "years", None) or []), *([year] if year else [])]:
        if y not in study.years:
            yield problem(
                "sample-year",
                Where(file=file, key="year"),
                str(y),
                f"a year of {study.spec.years}",
                "change the year",
            )
