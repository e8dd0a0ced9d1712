"""Which raw indicator stands in several parts, and the coefficient without those that two share."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.methods.laboratory.overlap.result import Part, Result, Role
from pipeline.methods.laboratory.overlap.spec import OverlapTable
from pipeline.models.few_clusters import regression
from pipeline.models.indicators import choice_of, column_of, indicators_of
from pipeline.models.task import Task
from pipeline.results.rows import Regression
from pipeline.study.model import Model
from pipeline.study.schema import IndexSpec
from pipeline.study.study import Study


def estimate(task: Task[OverlapTable]) -> Result:
    """The raw variables of every part, through whatever derivation.

    Where treatment and outcome share indicators and are indices, the coefficient is estimated again
    with the shared ones left out of both. Raises Rejected where one that shares is no index.
    """
    study, model = task.study, task.model(task.spec.model)
    parts = _parts(study, model)
    indicators = _in_order(study, (v for part in parts for v in part.indicators))
    treatment, outcome = parts[0], parts[1]
    shared = frozenset(treatment.indicators) & frozenset(outcome.indicators)
    found = Result(
        data=task.facts(model.variables if shared else indicators),
        parts=parts,
        indicators=indicators,
        scales=_in_order(study, (v for part in parts for v in part.scales)),
        acknowledged=[],
        without=_without(task, model, shared) if shared else None,
    )
    declared = study.spec.roles.acknowledged_overlap
    return replace(found, acknowledged=[v for v in found.several if v in declared])


def _parts(study: Study, model: Model) -> list[Part]:
    """Treatment, outcome, each mediator, controls and levers, those that the study has."""
    named: list[tuple[Role, list[str]]] = [
        ("treatment", [model.treatment]),
        ("outcome", [model.outcome]),
        *(("mediator", [mediator]) for mediator in study.spec.roles.mediators),
        ("controls", model.controls),
        ("levers", list(study.lever_proxies)),
    ]
    return [_part(study, role, variables) for role, variables in named if variables]


def _part(study: Study, role: Role, variables: list[str]) -> Part:
    raw = _in_order(study, (v for name in variables for v in study.raw_variables(name)))
    indicators = [v for v in raw if study.codebook[v].use == "indicator"]
    scales = [v for v in raw if study.codebook[v].use == "scale"]
    return Part(role, variables, indicators, scales)


def _in_order(study: Study, names: Iterable[str]) -> list[str]:
    """Raw variables once each, as the codebook lists them."""
    return sorted(set(names), key=list(study.codebook).index)


def _without(task: Task[OverlapTable], model: Model, shared: frozenset[str]) -> Regression:
    """The model with the indicators made from shared raw ones left out of treatment and outcome."""
    rebuilt = {}
    for index in (model.treatment, model.outcome):
        if index not in task.study.indices:
            found = f"shares {', '.join(sorted(shared))} and is no index"
            expected = "an index, from which indicators can be left out"
            remedy = "choose another variable"
            raise task.refusal("overlap", found, expected, remedy, variable=index)
        own = task.study.indices[index]
        dropped = [n for n in own.indicators() if task.study.raw_indicators(n) & shared]
        ready = indicators_of(task, index, left_out(own, dropped))
        choice = choice_of(own)
        rebuilt[index] = column_of(task, ready.score(choice, ready.weights(choice)))
    panel = replace(task.panel, frame=task.panel.frame.assign(**rebuilt))
    return regression(task, model, panel)


def left_out(spec: IndexSpec, names: list[str]) -> IndexSpec:
    """An index spec without some of its indicators; dimensions that are empty then go too."""
    dimensions = {
        key: dimension.model_copy(
            update={"indicators": {n: s for n, s in dimension.indicators.items() if n not in names}}
        )
        for key, dimension in spec.dimensions.items()
    }
    left = [n for n in spec.indicators() if n not in names]
    given: dict[str, object] = {}
    if spec.expert is not None:  # given weights keep their proportions
        total = sum(spec.expert.get(n, 0.0) for n in left)
        rescaled = {n: spec.expert.get(n, 0.0) / total for n in left} if total > 0 else None
        given["expert"] = rescaled
    if spec.ahp is not None:
        at = [k for k, n in enumerate(spec.indicators()) if n in left]
        given["ahp"] = [[spec.ahp[i][j] for j in at] for i in at]
    kept = {key: d for key, d in dimensions.items() if d.indicators}
    return spec.model_copy(update={"dimensions": kept, "variants": []} | given)
