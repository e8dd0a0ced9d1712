"""The mediation table: one column a mechanism, the two steps, then the effects."""

from collections.abc import Callable

from pipeline.methods.mechanisms.mediation.result import Result, SecondStep
from pipeline.methods.mechanisms.mediation.spec import MediationTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.shares import share_cell
from pipeline.report.table import (
    About,
    Cell,
    Coefficient,
    Heading,
    Number,
    Panel,
    Percent,
    PValue,
    Range,
    Row,
    Table,
    Words,
    numbered,
)
from pipeline.results.estimate import POWER, SIZE, Estimate


def table(result: Result, spec: MediationTable, say: Say) -> Table:
    """Two-step: a with its tests. Three-step: also b and the direct effect; total, a x b with its
    intervals and tests."""
    found = result.mechanisms
    names = tuple(Heading(say.label(m.mediator)) for m in found)
    rows: list[Row | Panel] = [*_first(result, say)]
    seconds = [m.second for m in found if m.second is not None]
    if seconds:
        rows += [*_second(result, seconds, say), *_effects(result, seconds, say)]
    rows += foot([result] * len(found), say)
    return Table(
        say("mechanism"), (numbered(len(found)), names), tuple(rows), _notes(result, spec, say)
    )


def _labels(result: Result, say: Say) -> dict[str, str]:
    """Labels of the result's own treatment and outcome, for templates."""
    model = result.model
    return {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}


def _first(result: Result, say: Say) -> list[Row | Panel]:
    labels = _labels(result, say)
    a = [m.a for m in result.mechanisms]
    return [
        Panel(say("first_step", **labels)),
        Row("a", say("path_a", **labels), tuple(map(Coefficient, a))),
        Row("a/decides", say("decides_a"), tuple(PValue(e.decides) for e in a)),
    ]


def _second(result: Result, seconds: list[SecondStep], say: Say) -> list[Row | Panel]:
    labels = _labels(result, say)
    own = [s.effects for s in seconds]
    return [
        Panel(say("second_step", **labels), rule_above=True),
        Row("b", say("path_b", **labels), tuple(Coefficient(e.b) for e in own)),
        Row("b/decides", say("decides_b"), tuple(PValue(e.b.decides) for e in own)),
        Row("direct", say("direct_given", **labels), tuple(Coefficient(e.direct) for e in own)),
    ]


def _effects(result: Result, seconds: list[SecondStep], say: Say) -> list[Row | Panel]:
    def row(key: str, label: str, cell: Callable[[SecondStep], Cell]) -> Row:
        return Row(key, label, tuple(map(cell, seconds)))

    return [
        Panel(say("effects"), rule_above=True),
        row("total", say("total", **_labels(result, say)), lambda s: Coefficient(s.effects.total)),
        row("indirect", say("indirect"), lambda s: Coefficient(s.effects.indirect)),
        row("interval/ellipse", say("interval_ellipse", level=say.level()), _ellipse),
        *_intervals(seconds, say),
        row("share", say("share"), lambda s: Percent(s.effects.share)),
        row("share/set", say("share_set", level=say.level()), lambda s: share_cell(s.effects, say)),
        row("joint", say("joint_p"), lambda s: PValue(s.clustered_p)),
        row("joint/decides", say("decides_joint"), lambda s: PValue(s.effects.joint_p)),
        row("sobel", say("sobel_p"), lambda s: PValue(s.sobel_p)),
        row("reading", say("reading"), lambda s: Words(say(s.effects.reading))),
        row("detectable", say("detectable"), lambda s: Number(s.detectable, "coefficients")),
    ]


def _ellipse(second: SecondStep) -> Cell:
    of = second.effects.indirect
    return Range(of.low, of.high, "coefficients")


def _intervals(seconds: list[SecondStep], say: Say) -> list[Row]:
    """One row a kind of interval, in the spec's order."""
    kinds = [interval.kind for interval in seconds[0].intervals]
    return [
        Row(
            f"interval/{kind}",
            say(f"interval_{kind}", level=say.level()),
            tuple(Range(s.intervals[i].low, s.intervals[i].high, "coefficients") for s in seconds),
        )
        for i, kind in enumerate(kinds)
    ]


def _notes(result: Result, spec: MediationTable, say: Say) -> tuple[notes.Note, ...]:
    three = result.draws is not None
    out = [*notes.clustered(say, [result.rows]), notes.STARS]
    out += notes.tests(say, [(e, result.rows.units) for e in _judged(result)])
    if result.draws is not None:
        out += notes.of_products(say, result.draws, ["indirect"], "a × b")
        out += [] if result.draws.withheld else [About(("share/set",), say("share_set_note"))]
    out += _not_studentised(result, say)
    out += _evidence(result, spec, say)
    if three:
        out.append(_reading(result, say))
    if three:
        out.append(_least(result, say))
    out += notes.carried(say, [result.carrier])
    return (*out, *notes.data(say, result.data))


def _judged(result: Result) -> list[Estimate]:
    """Every coefficient that a test judges."""
    seconds = [m.second.effects for m in result.mechanisms if m.second is not None]
    return [
        *(m.a for m in result.mechanisms),
        *(e for s in seconds for e in (s.b, s.direct, s.total)),
    ]


def _not_studentised(result: Result, say: Say) -> list[notes.Note]:
    """Why columns have no studentised interval although the spec asks for it and has others."""
    if result.draws is None or result.draws.withheld is not None:
        return []
    seconds = [m.second for m in result.mechanisms if m.second is not None]
    asked = [i for s in seconds for i in s.intervals if i.kind == "studentised"]
    return [say("not_studentised")] if any(i.low is None for i in asked) else []


def _reading(result: Result, say: Say) -> str:
    """How columns are read, in the words of the rule that makes the row `reading`."""
    several = [say("own_models")] if len(result.mechanisms) > 1 else []
    rules = [say("larger_p"), say("reading_rule", size=say.level(SIZE)), say("share_rule")]
    return say.sentences([*several, *rules, say("not_causal")])


def _least(result: Result, say: Say) -> str:
    fields = {"size": say.level(SIZE), "power": say.level(POWER), "draws": result.simulated}
    return say("detectable_note", **fields)


def _evidence(result: Result, spec: MediationTable, say: Say) -> list[notes.Note]:
    cited = [
        say("cited", variable=say.label(name), source=text.in_language(say.language))
        for name, text in spec.evidence.items()
    ]
    if not cited:
        return []
    outcome = say.label(result.model.outcome)
    return [say("evidence", outcome=outcome, cited=say.clauses(cited))]
