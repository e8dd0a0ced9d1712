"""The sensitivity table: one column a mechanism, the last the treatment's total effect."""

from collections.abc import Callable

from pipeline.methods.mechanisms.sensitivity.result import Result, Strength
from pipeline.methods.mechanisms.sensitivity.spec import SensitivityTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Number,
    Range,
    Row,
    Table,
    Words,
    numbered,
)
from pipeline.results.estimate import SIZE, Estimate


def table(result: Result, spec: SensitivityTable, say: Say) -> Table:
    """Rows: rho at which a x b vanishes, b or the total, how strong a confounder must be, Oster's
    delta."""
    found = result.mechanisms
    names = [*(say.label(m.mediator) for m in found), say.label(result.model.treatment)]
    ranges = (Range(m.rho_interval.low, m.rho_interval.high) for m in found)
    rows = [
        Row("rho", say("rho_zero"), (*(Number(m.rho_zero) for m in found), BLANK)),
        Row("rho/interval", say("interval_rho", level=say.level()), (*ranges, BLANK)),
        *_strengths([*(m.strength for m in found), result.treatment], say),
        *_oster(result, say),
        *foot([result] * len(names), say),
    ]
    headings = (numbered(len(names)), tuple(map(Heading, names)))
    return Table("", headings, tuple(rows), _notes(result, spec, say))


def _strengths(found: list[Strength], say: Say) -> list[Row]:
    def row(key: str, cell: Callable[[Strength], Cell]) -> Row:
        return Row(key, say(key), tuple(map(cell, found)))

    return [
        row("b_or_total", lambda s: Coefficient(Estimate(s.estimate), alone=True)),
        row("partial_r2", lambda s: Number(s.partial_r2)),
        row("robustness", lambda s: Number(s.robustness)),
        Row(
            "robustness_at",
            say("robustness_at", size=say.level(SIZE)),
            tuple(Number(s.robustness_at) for s in found),
        ),
        row("as_benchmark", lambda s: Number(s.as_benchmark)),
        row("thrice_benchmark", lambda s: Number(s.thrice_benchmark)),
        row("as_strongest", lambda s: Number(s.as_strongest)),
        row("strongest", lambda s: Words(say.label(s.strongest))),
    ]


def _oster(result: Result, say: Say) -> list[Row]:
    """Oster's delta of the total, where there is one."""
    if result.oster_delta is None:
        return []
    before = (BLANK,) * len(result.mechanisms)
    return [Row("oster_delta", say("oster_delta"), (*before, Number(result.oster_delta)))]


def _notes(result: Result, spec: SensitivityTable, say: Say) -> tuple[notes.Note, ...]:
    told = say(
        "sensitivity",
        benchmark=say.label(spec.benchmark),
        treatment=say.label(result.model.treatment),
        outcome=say.label(result.model.outcome),
        size=say.level(SIZE),
    )
    oster = "" if result.oster_delta is None else say("oster", r2_max=spec.r2_max)
    drawn = notes.bootstrap(say, result.draws, key="bootstrap_only")
    carried = notes.carried(say, [result.carrier])
    told = say.sentences([told, oster, *_above_one(result, spec, say)])
    return (*drawn, told, *carried, *notes.data(say, result.data))


def _above_one(result: Result, spec: SensitivityTable, say: Say) -> list[str]:
    """Implied R2s above one, with the confounder and the column that imply them."""
    strengths = [*(m.strength for m in result.mechanisms), result.treatment]
    told = [
        say("beyond", times=times, benchmark=say.label(spec.benchmark), column=place, r2=r2)
        for place, strength in enumerate(strengths, start=1)
        for times, r2 in strength.beyond.items()
    ]
    if result.implied_r2 is not None:
        told.append(say("oster_beyond", factor=spec.r2_max, r2=result.implied_r2))
    return told
