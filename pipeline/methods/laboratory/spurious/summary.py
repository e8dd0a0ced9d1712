"""What a referee would say of tests that reject true nulls."""

from pipeline.methods.laboratory.spurious.result import Result
from pipeline.methods.shown import Named
from pipeline.report.numbers import percent
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE


def cautions(named: Named, say: Say) -> list[str]:
    """How often 5% tests reject a true null with nothing shared, and with what the specs declare as
    shared."""
    result = named.result
    assert isinstance(result, Result)
    model = result.model
    told = [
        say(
            f"rejected_{case.sharing}",
            number=case.shared,
            rate=percent(case.rejects),
            size=say.level(SIZE),
            table=say("table_ref", number=named.number),
            column=say("column_ref", column=i),
            treatment=say.label(model.treatment),
            outcome=say.label(model.outcome),
        )
        for i, case in enumerate(result.cases, 1)
        if case.sharing != "more"
    ]
    return [say.sentences(told)]
