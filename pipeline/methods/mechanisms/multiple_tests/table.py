"""The table of many tests: one column an outcome."""

from collections.abc import Callable

from pipeline.methods.mechanisms.multiple_tests.result import Result, Test
from pipeline.methods.mechanisms.multiple_tests.spec import MultipleTestsTable
from pipeline.report import notes
from pipeline.report.foot import foot
from pipeline.report.say import Say
from pipeline.report.table import Coefficient, Heading, PValue, Row, Table, numbered


def table(result: Result, spec: MultipleTestsTable, say: Say) -> Table:
    """Rows: the coefficient, its own p-values, and those adjusted for all tests."""
    tests = result.tests
    model = tests[0].model

    def p(key: str, of: Callable[[Test], float | None]) -> Row:
        return Row(key, say(key), tuple(PValue(of(t)) for t in tests))

    rows = [
        Row("treatment", say.label(model.treatment), tuple(Coefficient(t.estimate) for t in tests)),
        p("crv1_p", lambda t: t.estimate.p),
        p("decides_p", lambda t: t.estimate.decides),
        p("wcr11_p", lambda t: t.wcr11_p),
        p("romano_wolf", lambda t: t.romano_wolf_p),
        p("westfall_young", lambda t: t.westfall_young_p),
        p("benjamini_hochberg", lambda t: t.benjamini_hochberg_p),
        *foot(tests, say),
    ]
    names = tuple(Heading(say.label(t.model.outcome)) for t in tests)
    told = (
        *notes.clustered(say, [t.rows for t in tests]),
        notes.STARS,
        *notes.tests(say, [(t.estimate, t.rows.units) for t in tests]),
        say("adjusted", tests=len(tests), draws=result.draws, seed=result.seed),
        *notes.carried(say, [result.carrier]),
        *notes.data(say, result.data),
    )
    return Table("", (numbered(len(tests)), names), tuple(rows), told)
