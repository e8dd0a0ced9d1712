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
            own=_own(result, say),
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


def _own(result: Result, say: Say) -> str:
    """How often the test rejects that decides in this study, where it is another one."""
    test = say.study.spec.inference.decides
    if test not in result.sizes:
        return ""
    return say("size_of_own", test=say(f"test_{test}"), rate=percent(result.sizes[test]))
