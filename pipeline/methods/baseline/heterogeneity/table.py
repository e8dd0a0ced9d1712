"""The heterogeneity table: a column a group, differences to the first, tests of equality."""

from pipeline.methods.baseline.heterogeneity.result import Difference, Equality, FTest, Result
from pipeline.methods.baseline.heterogeneity.spec import HeterogeneityTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Heading,
    Number,
    PValue,
    Range,
    Row,
    Table,
    merged,
    numbered,
)
from pipeline.results.rows import Regression

# With fewer units in a group tests reject too often, the permutation where precision differs.
_SMALL = 9


def table(result: Result, spec: HeterogeneityTable, say: Say) -> Table:
    """One column a group. Rows: the treatment, the controls, the differences, the foot."""
    fitted = [g.regression for g in result.groups]
    headings = (
        numbered(len(fitted)),
        tuple(Heading(g.label.in_language(say.language)) for g in result.groups),
        merged([say.label(r.model.outcome) for r in fitted]),
    )
    rows = [*_coefficients(fitted, say), *_differences(result, say), *foot(fitted, say)]
    return Table("", headings, tuple(rows), _notes(result, fitted, say))


def _coefficients(fitted: list[Regression], say: Say) -> list[Row]:
    names = dict.fromkeys(name for r in fitted for name in r.coefficients)
    rows = [
        Row(n, say.label(n), tuple(Coefficient(r.coefficients[n]) for r in fitted)) for n in names
    ]
    if all(r.constant is None for r in fitted):
        return rows
    cells = tuple(Coefficient(r.constant) if r.constant else BLANK for r in fitted)
    return [*rows, Row("constant", say("constant"), cells)]


def _differences(result: Result, say: Say) -> list[Row]:
    """Each group's difference to the first, its interval and its bootstrap p-value."""
    found = [g.difference for g in result.groups]

    def cells(make: type[Number] | type[PValue], of: str) -> tuple[Cell, ...]:
        return tuple(make(getattr(d, of)) if d else BLANK for d in found)

    values = tuple(Number(d.value, "coefficients") if d else BLANK for d in found)
    return [
        Row("difference", say("difference"), values),
        Row("difference/interval", "", tuple(_range(d) for d in found)),
        Row("difference/p", say("difference_p"), cells(PValue, "p")),
    ]


def _range(difference: Difference | None) -> Cell:
    if difference is None:
        return BLANK
    return Range(difference.interval.low, difference.interval.high)


def _notes(result: Result, fitted: list[Regression], say: Say) -> tuple[notes.Note, ...]:
    rows = [r.rows for r in fitted]
    out: list[notes.Note] = [_equality(result, say)]
    if result.halves:
        out.append(_halves(result.halves, say))
    out += notes.clustered(say, rows)
    out += [
        notes.STARS,
        *notes.tests(say, [(e, r.rows.units) for r in fitted for e in r.coefficients.values()]),
    ]
    out += [*notes.r2(say, [r.fit for r in fitted]), *notes.few(say, rows)]
    out += notes.leverage(say, [r.leverage for r in fitted])
    out += notes.carried(say, [r.carrier for r in fitted])
    return (*out, *notes.data(say, result.data))


def _equality(result: Result, say: Say) -> str:
    tests = result.equality
    treatment = say.label(result.groups[0].regression.model.treatment)
    listed = []
    if tests.permutation_p is not None:
        listed.append(say("test_permutation", p=say.p(tests.permutation_p)))
    listed.append(say("test_bootstrap", p=say.p(tests.bootstrap_p)))
    listed.append(say("test_interaction", treatment=treatment, test=_f(tests.interaction, say)))
    if tests.wald is not None:
        listed.append(say("test_wald", test=_f(tests.wald, say)))
    return say.sentences([say("equality", tests=say.clauses(listed)), *_drawn(tests, say)])


def _drawn(tests: Equality, say: Say) -> list[str]:
    d = tests.draws
    told = [say("differences", level=say.level(), draws=d.asked, dropped=d.dropped, seed=d.seed)]
    if tests.smallest < _SMALL:
        told.append(say("smallest", units=tests.smallest))
    return told


def _f(test: FTest, say: Say) -> str:
    return f"F({test.df1}, {test.df2}) = {say.number(test.f, 2)}, {say.p(test.p)}"


def _halves(variables: list[str], say: Say) -> str:
    """At whose medians groups are cut, and whether values after the treatment enter."""
    levers = say.study.levers
    fixed = [v for v in variables if v in levers and levers[v].timing == "base_year"]
    moving = [v for v in variables if v not in fixed]
    told = []
    if moving:
        told.append(say("halves_moving", variables=say.labels(moving)))
    if fixed:
        told.append(say("halves_fixed", variables=say.labels(fixed), year=say.study.spec.base_year))
    return say.sentences(told)
