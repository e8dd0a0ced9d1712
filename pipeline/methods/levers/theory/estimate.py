"""The elements of the theory: mechanisms and the outcome with its dimensions, each with its
estimate."""

from pipeline.methods.levers.theory.result import Element, Part, Result
from pipeline.methods.levers.theory.spec import TheoryTable
from pipeline.models.effects import effects
from pipeline.models.few_clusters import judged, of_columns
from pipeline.models.prepared import Prepared, coefficient, prepare
from pipeline.models.replicates import replicate
from pipeline.models.task import Task


def estimate(task: Task[TheoryTable]) -> Result:
    """a, b, a x b of each mechanism; the total effect on the outcome and its dimensions."""
    study = task.study
    mediators = task.spec.mechanisms(study)
    dimensions = task.spec.dimensions(study)
    prepared = prepare(task, task.model(), mediators, outcomes=dimensions)
    replicates = replicate(prepared)
    elements = [
        Element(key, name, effects(prepared, replicates, mediators.index(name)))
        for key, name in task.spec.elements.items()
    ]
    return Result(
        data=task.facts(prepared.frame.columns),
        model=prepared.model,
        rows=prepared.rows,
        elements=elements,
        outcome=_part(prepared, prepared.model.outcome),
        dimensions=[_part(prepared, name) for name in dimensions],
        draws=replicates.record,
    )


def _part(prepared: Prepared, variable: str) -> Part:
    model = prepared.model
    fitted = prepared.regress(variable, prepared.right)
    found = coefficient(fitted, 0, prepared.task.level)
    question = of_columns(prepared, variable, model.treatment, model.controls)
    return Part(variable, judged(prepared.task, question, found))
