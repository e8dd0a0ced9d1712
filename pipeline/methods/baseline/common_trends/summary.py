"""What the report's first pages say of the coefficient against common trends."""

from pipeline.methods.baseline.common_trends.result import Result
from pipeline.methods.baseline.common_trends.table import sample_of
from pipeline.methods.shown import Named
from pipeline.report.say import Say

_SAID = {"robust": "holds", "not_robust": "objected", "undecided": "open"}


def cautions(named: Named, say: Say) -> list[str]:
    """Whether the coefficient holds; the methods that object, or all of them."""
    result = named.result
    assert isinstance(result, Result)
    told = [
        say(
            "one",
            method=say(c.key, factors=result.factors, groups=result.groups),
            value=say.number(c.estimate.value),
            p=say.p(c.estimate.decides),
        )
        for c in (result.companions if result.verdict == "not_robust" else result.used)
        if c.estimate and (result.verdict != "not_robust" or c.key in result.objections)
    ]
    return [
        say(
            _SAID[result.verdict],
            table=say("table_ref", number=named.number),
            treatment=say.label(result.model.treatment),
            outcome=say.label(result.model.outcome),
            **sample_of(result),
            methods=say.clauses(told),
        )
    ]
