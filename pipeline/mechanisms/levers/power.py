"""Minimum detectable effects: what this panel, with its provinces, years and errors, could have found."""

from pipeline.inference.power import minimum_detectable
from pipeline.mechanisms.detectable import detectable_indirect, detectable_total, sign_vectors
from pipeline.mechanisms.levers.moderated import columns_of, moderate, shared_signs
from pipeline.mechanisms.resample import Prepared, coefficient, collect, prepare
from pipeline.panel.panel import Panel
from pipeline.panel.result import Column, Note, Result, Term
from pipeline.study.kinds import Power
from pipeline.study.model import resolve
from pipeline.study.notes import data_notes
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Power) -> Result:
    """One column a quantity: the estimate, its error, and the smallest effect that a 5% test finds with the power asked.

    Columns: `total`, then each mechanism (a x b by the joint test), then each lever (interaction per SD).
    """
    model, level = resolve(study, spec.model), study.spec.bootstrap.level
    mediators = spec.mediators or study.spec.roles.mediators
    levers = spec.levers if spec.levers is not None else list(study.lever_proxies)
    prepared = prepare(study, panel, name, model, mediators)
    signs = sign_vectors(prepared, name, spec.draws)
    right = [model.treatment, *model.controls]
    total = coefficient("estimate", prepared.regress(model.outcome, right), 0, level)
    columns = [_column("total", total, detectable_total(prepared, signs, spec.power), prepared)]
    for mediator in mediators:
        a, b = (
            prepared.regress(mediator, right),
            prepared.regress(model.outcome, [mediator, *right]),
        )
        first, second = coefficient("a", a, 0, level), coefficient("b", b, 0, level)
        product = Term("estimate", "estimate", (first.estimate or 0.0) * (second.estimate or 0.0))
        columns.append(
            _column(
                mediator,
                product,
                detectable_indirect(prepared, mediator, signs, spec.power),
                prepared,
            )
        )
    models = collect(levers, lambda k: moderate(study, panel, name, model, k))
    shared, _ = shared_signs(study, name, spec.draws)
    for lever, moderated in models.items():
        found = coefficient(
            "estimate", moderated.prepared.regress(model.outcome, moderated.right), 0, level
        )
        wild = moderated.wild(moderated.interaction, moderated.right[1:])
        least = minimum_detectable(wild, shared[:, columns_of(study, moderated)], spec.power)
        columns.append(_column(lever, found, least, moderated.prepared))
    notes = [
        Note("crv1", {"clusters": sorted({int(c.statistics["provinces"] or 0) for c in columns})}),
        Note("power", {"power": spec.power, "draws": len(signs), "seed": study.spec.seed}),
        *data_notes(study, panel, [*model.variables, *mediators, *levers]),
    ]
    return Result(
        name,
        spec.kind,
        columns,
        notes,
        {"draws_asked": spec.draws, "draws_used": len(signs), "draws_dropped": 0},
    )


def _column(key: str, found: Term, least: float, prepared: Prepared) -> Column:
    return Column(
        key,
        prepared.model.outcome,
        [found, Term("detectable", "number", least)],
        prepared.statistics(),
    )
