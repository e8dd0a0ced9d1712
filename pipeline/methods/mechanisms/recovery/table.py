"""The recovery table of a synthetic study: estimate, interval, truth."""

from pipeline.methods.mechanisms.recovery.result import Recovered, Result
from pipeline.methods.mechanisms.recovery.spec import RecoveryTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Heading, Number, Row, Table, Words

_SHOWN = ("estimate", "low", "high", "truth", "errors", "held")


def table(result: Result, spec: RecoveryTable, say: Say) -> Table:
    """One row a parameter of the process."""
    headings = tuple(Heading(say(key)) for key in _SHOWN)
    rows = tuple(_row(p, result, say) for p in result.parameters)
    recovered = say(
        "recovered", held=result.held, parameters=len(result.parameters), level=say.level()
    )
    told = (recovered, *notes.withheld(say, result.draws), *notes.data(say, result.data))
    return Table(say("quantity"), (headings,), rows, told)


def _row(parameter: Recovered, result: Result, say: Say) -> Row:
    own = parameter.estimate
    numbers = [Number(v, "coefficients") for v in (own.value, own.low, own.high, parameter.truth)]
    held = Words(say("yes" if parameter.held else "no"))
    key = f"{parameter.variable or ''}.{parameter.quantity}".lstrip(".")
    label = _label(parameter, result, say)
    return Row(key, label, (*numbers, Number(parameter.errors, "t"), held))


def _label(parameter: Recovered, result: Result, say: Say) -> str:
    """What the parameter is, with the labels of its own variables."""
    model = result.model
    if parameter.variable is not None:
        name = say.label(parameter.variable)
        return say(f"of_{parameter.quantity}", variable=name)
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    return say("total" if parameter.quantity == "total" else "direct_given", **labels)
