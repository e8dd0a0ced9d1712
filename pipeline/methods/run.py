"""The stage of all methods: the results file of every spec, estimated where what it was made from has changed."""

from pipeline.methods.discover import by_kind
from pipeline.models.task import Task
from pipeline.panel.panel import Panel
from pipeline.results.result import Result
from pipeline.study.specs import Spec
from pipeline.study.study import Study


def estimate(study: Study, panel: Panel, name: str, spec: Spec) -> Result:
    """The result of one spec on one panel. Raises Rejected where the method refuses it."""
    method = by_kind()[spec.kind]
    result: Result = method.function("estimate")(Task(study, panel, name, spec))
    return result


def estimates(name: str, spec: Spec) -> bool:
    """Whether a spec has a results file of its own: a figure of a method with a table shows that table's."""
    method = by_kind()[spec.kind]
    return method.has("estimate") and (name.startswith("tables/") or method.table_spec is None)
