"""Classes of coordination: how many provinces stand in each."""

import numpy as np

from pipeline.estimate.laboratory.indicators import grid, require_scores
from pipeline.formula.proxies.coupling import CLASSES, classify
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import CoordinationClasses
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: CoordinationClasses) -> Result:
    """One column a year, one term a class: the number of provinces in it; `mean`: the mean degree.

    Raises Rejected for a variable outside [0, 1].
    """
    require_scores(study, panel, name, spec.variable, spec.years)
    cells = grid(panel, spec.variable)
    wrong = cells.stack()[lambda v: (v < 0) | (v > 1)]
    if len(wrong):
        where = Where(file=str(study.paths.specs / f"{name}.toml"), variable=spec.variable)
        raise Rejected(
            [
                Finding(
                    "coordination",
                    "error",
                    where,
                    f"{len(wrong)} cells outside [0, 1], from {wrong.min():g} to {wrong.max():g}",
                    "a degree of coordination",
                    "name a variable made by coordination([...])",
                )
            ]
        )
    columns = []
    for year in spec.years:
        degrees = cells[year].dropna().to_numpy(float)
        counts = np.bincount(classify(degrees), minlength=len(CLASSES))
        terms = [Term(c.code, "count", float(n)) for c, n in zip(CLASSES, counts, strict=True)]
        columns.append(
            Column(
                str(year),
                spec.variable,
                [*terms, Term("mean_degree", "number", float(degrees.mean()))],
            )
        )
    return Result(
        name, spec.kind, columns, [Note("coordination"), *data_notes(study, panel, [spec.variable])]
    )
