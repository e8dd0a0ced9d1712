"""Where a variable goes: what is made from it, and which results show something made from it."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.panel.result import Result
from pipeline.study.kinds import ModelChoice
from pipeline.study.model import resolve
from pipeline.study.study import Study


def descendants(study: Study, variable: str) -> list[str]:
    """Every variable that is made from one, through whatever derivation, index or lever, nearest first."""
    made = [*study.derived, *study.index_columns, *study.lever_proxies]
    found = [variable]
    for name in found:  # the list grows while it is walked
        found += [m for m in made if name in study.inputs_of(m) and m not in found]
    return found[1:]


def used_by(study: Study, stem: str, result: Result | None) -> set[str]:
    """Variables that a table or figure uses: those its spec names, those its models take from the study's roles, those its
    results name, and the parts that its samples are cut by."""
    spec = {**study.tables, **study.figures}[stem]
    known = study.variables
    named = {text for text in _texts(spec.model_dump()) if text in known}
    shown = shown_in(study, result) if result is not None else set()
    roles = study.spec.roles
    out = named | shown
    if spec.kind in _MODELS:
        model = getattr(spec, "model", None)
        columns = getattr(spec, "columns", None) or [None]
        for column in columns:
            resolved = resolve(
                study, model or ModelChoice(), column if isinstance(column, ModelChoice) else None
            )
            out |= set(resolved.variables)
        if spec.kind in _THROUGH and not getattr(spec, "mediators", None):
            out |= set(roles.mediators)
    if spec.kind in _LEVERS:
        out |= set(study.lever_proxies)
    table = (
        getattr(spec, "table", None) or getattr(spec, "after", None)
        if spec.kind in _DRAWN
        else None
    )
    if isinstance(table, str) and f"tables/{table}" in study.tables and f"tables/{table}" != stem:
        out |= used_by(study, f"tables/{table}", None)
    for other in getattr(spec, "tables", None) or []:
        out |= used_by(study, f"tables/{other}", None)
    return out


# Kinds that estimate the study's model, that run through its mechanisms, that bring in the twelve levers, that draw a table.
_MODELS = frozenset(
    {
        "regression",
        "mediation",
        "parallel",
        "chain",
        "sensitivity",
        "few_clusters",
        "multiple_tests",
        "index_uncertainty",
        "moderation",
        "moderated_mediation",
        "heterogeneity",
        "quantiles",
        "threshold",
        "scenario",
        "levers",
        "power",
        "theory",
        "alternatives",
        "look_ahead",
        "spurious",
        "recovery",
        "rho",
        "marginal_effects",
        "specification_curve",
    }
)
_THROUGH = frozenset(
    {"mediation", "parallel", "sensitivity", "scenario", "theory", "recovery", "rho"}
)
_LEVERS = frozenset({"levers", "power", "theory"})
_DRAWN = frozenset(
    {
        "path",
        "likelihood_ratio",
        "quantile_process",
        "scenario_map",
        "lever_forest",
        "theory_diagram",
        "alternatives_figure",
    }
)


def shown_in(study: Study, result: Result) -> set[str]:
    """Variables that a results file names as its outcomes, terms, columns or notes."""
    return {
        text
        for text in _texts(
            [(c.key, c.outcome, [t.name for t in c.terms], c.statistics) for c in result.columns]
            + [n.values for n in result.notes]
        )
        if text in study.variables
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.findall(r"[a-z][a-z0-9_]*", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
