"""Run the specs of one stage: estimate what changed, leave the rest, write each results file whole."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline.panel.finding import Finding, Rejected
from pipeline.panel.panel import Panel, read_panel
from pipeline.panel.pool import pool, pooled_fully
from pipeline.panel.result import Note, Result, result_from_json
from pipeline.study.artifact import code_files, fingerprint, require, write_text
from pipeline.study.study import Study
from pipeline.study.usage import shown_in

# (study, panel, name of the spec, spec) -> result
Estimator = Callable[[Study, Panel, str, Any], Result]


def run_specs(study: Study, estimators: Mapping[str, Estimator], room: str) -> None:
    """Write the results file of every table and figure spec whose kind is registered and whose inputs changed.

    Raises Rejected with the problems of all specs; results of sound specs are kept.
    """
    paths = study.paths
    require(paths.panel, "construct")
    shared = [
        paths.panel,
        *paths.imputed_panels(),
        paths.panel_metadata,
        paths.specs / "study.toml",
        paths.specs / "levers.toml",
    ]
    if paths.truth.exists():
        shared.append(paths.truth)
    code = fingerprint(code_files(room, "index", "inference", "panel", "study", "formula"))
    specs = {n: s for n, s in {**study.tables, **study.figures}.items() if s.kind in estimators}
    prints = {n: fingerprint([*shared, paths.specs / f"{n}.toml"], code) for n in specs}
    todo = [n for n in specs if _recorded(paths.result(n)) != prints[n]]
    problems: list[Finding] = []
    if todo:
        panel = read_panel(paths.panel, paths.panel_metadata)
        draws = [read_panel(path, paths.panel_metadata) for path in paths.imputed_panels()]
        for name in tqdm(todo, room, delay=2, leave=False, disable=None):  # shows after two seconds
            try:
                result = estimate_pooled(
                    estimators[specs[name].kind], study, panel, draws, name, specs[name]
                )
            except Rejected as rejected:
                paths.result(name).unlink(missing_ok=True)
                problems += rejected.findings
                continue
            provenance = result.provenance | {"inputs": prints[name], "seed": study.spec.seed}
            result = Result(name, result.kind, result.columns, result.notes, provenance)
            write_text(paths.result(name), result.to_json())
    print(
        f"{room}: {len(todo)} of {len(specs)} specs estimated"
        + (f" ({', '.join(todo)})" if todo else "")
    )
    if problems:
        raise Rejected(problems)


def estimate_pooled(
    estimator: Estimator, study: Study, panel: Panel, draws: list[Panel], name: str, spec: Any
) -> Result:
    """The result on the panel; where multiple imputation filled cells behind it, pooled over the draws by Rubin's rules.

    Raises Rejected for kinds whose draws cannot be pooled: their terms differ from draw to draw.
    """
    whole = estimator(study, panel, name, spec)
    imputed = {f.variable for f in study.fills if f.method == "multiple"}
    cells = {k: len(filled) for k, filled in panel.filled.items() if k in imputed}
    shown = {raw for v in shown_in(study, whole) for raw in study.raw_variables(v)}
    roles = study.spec.roles
    shown |= {
        raw
        for v in (roles.outcome, roles.treatment, *roles.mediators, *roles.controls)
        for raw in study.raw_variables(v)
    }
    if not draws or not cells.keys() & shown:
        return whole
    results = [estimator(study, draw, name, spec) for draw in draws]
    if spec.kind in _UNPOOLED or not pooled_fully(results):
        return replace(
            whole,
            notes=[*whole.notes, Note("imputed_mean", {"imputations": len(draws), "cells": cells})],
        )
    result = pool(results, study.spec.bootstrap.level)
    kept = [n for n in whole.notes if n.code in ("without_filled", "equality")]
    notes = [next((k for k in kept if k.code == n.code), n) for n in result.notes]
    return replace(
        result, notes=[*notes, Note("imputed", {"imputations": len(draws), "cells": cells})]
    )


# Curves and distributions on grids of their own, rankings of models: their terms are no estimates of one quantity.
_UNPOOLED = frozenset(
    {
        "specification_curve",
        "distribution",
        "likelihood_ratio",
        "ellipse",
        "threshold",
        "theory",
        "levers",
        "moran",
        "markov",
    }
)


def _recorded(path: Path) -> str | None:
    if not path.exists():
        return None
    return result_from_json(path.read_text(encoding="utf-8")).provenance.get("inputs")
