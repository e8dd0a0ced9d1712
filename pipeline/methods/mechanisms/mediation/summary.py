"""What the report's first page says of a mediation table: a sentence a mechanism."""

from pipeline.methods.mechanisms.mediation.result import Mechanism, Result, SecondStep
from pipeline.methods.shown import Named
from pipeline.report.numbers import percent
from pipeline.report.say import Say
from pipeline.results.estimate import POWER, Estimate


def summary(named: Named, say: Say) -> list[str]:
    """a x b of every mechanism with its interval, its share of the total and its reading by the
    tests that decide; where these show nothing, what the panel could have found. In the two-step
    design a alone."""
    result = named.result
    assert isinstance(result, Result)
    return [
        _both(m, m.second, _place(named, result, column, say), say)
        if m.second is not None
        else _first(m, result, _place(named, result, column, say), say)
        for column, m in enumerate(result.mechanisms, start=1)
    ]


def _place(named: Named, result: Result, column: int, say: Say) -> str:
    table = say("table_ref", number=named.number)
    return say("place", table=table, column=column, observations=result.rows.observations)


def _both(mechanism: Mechanism, second: SecondStep, place: str, say: Say) -> str:
    own = second.effects
    return say(
        "summary",
        mediator=say.label(mechanism.mediator),
        place=place,
        value=say.number(own.indirect.value),
        interval=_interval(own.indirect, say),
        share="" if own.share is None else say("summary_share", share=percent(own.share)),
        reading=say(own.reading),
        a=say.p(own.a.decides),
        b=say.p(own.b.decides),
        test=say.list(say(f"test_{t}") for t in dict.fromkeys((own.a.test, own.b.test))),
        clustered=_clustered(own.a, own.b, say),
        vetoed=say("summary_vetoed") if own.vetoed else "",
        least=_least(second, say) if own.reading == "none" and not own.vetoed else "",
    )


def _clustered(a: Estimate, b: Estimate, say: Say) -> str:
    """The p-values of the t-tests where these do not decide."""
    if a.few is None and b.few is None:
        return ""
    return say("summary_clustered", a=say.p(a.p), b=say.p(b.p))


def _least(second: SecondStep, say: Say) -> str:
    power = say.level(POWER)
    if second.detectable is None:
        return say("summary_never", power=power)
    return say("summary_least", least=say.number(second.detectable), power=power)


def _first(mechanism: Mechanism, result: Result, place: str, say: Say) -> str:
    a = mechanism.a
    return say(
        "summary_first",
        mediator=say.label(mechanism.mediator),
        place=place,
        treatment=say.label(result.model.treatment),
        outcome=say.label(result.model.outcome),
        value=say.number(a.value),
        interval=_interval(a, say),
        reading=say("differs" if a.differs else "differs_not"),
        p=say.p(a.decides),
        test=say(f"test_{a.test}"),
        clustered="" if a.few is None else say("summary_first_clustered", p=say.p(a.p)),
    )


def _interval(estimate: Estimate, say: Say) -> str:
    """The interval after a blank; nothing where there is none."""
    return "" if estimate.interval is None else f" {say.interval(estimate.interval)}"
