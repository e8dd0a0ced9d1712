"""Regression tables: one linear model a column."""

from dataclasses import replace

from pipeline.estimate.few_clusters import DRAWS, bracket_p
from pipeline.estimate.linear import fit, standard_notes, without_filled
from pipeline.panel.finding import Finding, Rejected
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import Regression
from pipeline.study.model import resolve
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Regression) -> Result:
    """All columns of a regression table; the problems of all columns together when any is refused."""
    file = str(study.paths.specs / f"{name}.toml")
    columns: list[Column] = []
    problems: list[Finding] = []
    variables: set[str] = set()
    for i, column in enumerate(spec.columns, start=1):
        model = resolve(study, spec.model, column)
        variables |= set(model.variables)
        try:
            fitted = fit(panel, model, str(i), file, study.spec.bootstrap.level)
            if spec.brackets:
                p = bracket_p(panel, model, file, study.spec.seed, f"{name}/{i}", spec.brackets)
                fitted.statistics["bracket_p"] = p
            columns.append(fitted)
        except Rejected as rejected:
            at = f"columns.{i - 1}"
            problems += [replace(f, where=replace(f.where, key=at)) for f in rejected.findings]
    if problems:
        raise Rejected(problems)
    notes = standard_notes(study, panel, columns, sorted(variables))
    headline = without_filled(
        study, panel, resolve(study, spec.model, spec.columns[-1]), columns[-1], file
    )
    if headline is not None:
        notes.append(headline)
    if spec.brackets:
        notes.insert(
            1, Note("brackets", {"method": spec.brackets, "draws": DRAWS, "seed": study.spec.seed})
        )
    if spec.align:
        treatments = [next(t.name for t in c.terms if t.role == "treatment") for c in columns]
        notes.insert(0, Note("aligned", {"treatments": treatments}))
    return Result(name, spec.kind, columns, notes)
