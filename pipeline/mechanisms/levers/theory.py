"""The five elements of the theory: four mechanisms and the outcome with its dimensions, each with its estimate."""

from pipeline.mechanisms.mediation import effects, pattern
from pipeline.mechanisms.resample import (
    coefficient,
    draw_record,
    mechanism_notes,
    prepare,
    replicate,
)
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result
from pipeline.study.kinds import ModelChoice, Theory
from pipeline.study.model import resolve
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Theory) -> Result:
    """Columns m1 to m4: a, b, a x b of the mechanism; m5: total effect on the outcome; then one a dimension of it.

    The draws are those of the first mediation table, so that the intervals are the same.
    """
    roles, level = study.spec.roles, study.spec.bootstrap.level
    draws = next((n for n, t in study.tables.items() if t.kind == "mediation"), name)
    prepared = prepare(study, panel, draws, resolve(study, ModelChoice()), roles.mediators)
    replicates = replicate(prepared)
    right = [roles.treatment, *prepared.model.controls]
    columns = []
    for key, mediator in spec.elements.items():
        terms = effects(prepared, replicates, roles.mediators.index(mediator))
        reading = pattern({t.name: t for t in terms})
        columns.append(Column(key, mediator, terms, prepared.statistics() | {"pattern": reading}))
    total = coefficient("total", prepared.regress(roles.outcome, right), 0, level)
    columns.append(Column("m5", roles.outcome, [total], prepared.statistics()))
    dimensions = study.indices[roles.outcome].dimensions if roles.outcome in study.indices else {}
    for dimension in dimensions:
        variable = f"{roles.outcome}_{dimension}"
        prepared.rows[variable] = panel.frame.loc[prepared.rows.index, variable]
        found = coefficient("total", prepared.regress(variable, right), 0, level)
        columns.append(Column(f"m5/{dimension}", variable, [found], prepared.statistics()))
    notes = mechanism_notes(prepared, panel, replicates, Note("not_causal_short"), printed=False)
    return Result(name, spec.kind, columns, notes, draw_record(replicates))
