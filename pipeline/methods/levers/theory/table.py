"""The table of the theory: one row an element, then the outcome and its dimensions."""

from pipeline.methods.levers.theory.result import Element, Part, Result
from pipeline.methods.levers.theory.spec import OUTCOME, TheoryTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import BLANK, Cell, Coefficient, Heading, Range, Row, Table, Words
from pipeline.results.estimate import SIZE, Estimate


def table(result: Result, spec: TheoryTable, say: Say) -> Table:
    """Columns: driver where the spec names any, what stands for the element, its estimates,
    reading."""
    driven = ["driver"] if spec.drivers else []
    heads = [*(say(key) for key in [*driven, "stands_for"]), "a", "b", say("effect")]
    heads += [say("interval", level=say.level()), say("reading")]
    rows = [
        *(_element(element, spec, say) for element in result.elements),
        _part(result.outcome, spec, say, first=True),
        *(_part(part, spec, say, first=False) for part in result.dimensions),
    ]
    return Table(say("element"), (tuple(map(Heading, heads)),), tuple(rows), _notes(result, say))


def _element(element: Element, spec: TheoryTable, say: Say) -> Row:
    found = element.effects
    cells = (
        *_driver(element.key, spec, say),
        Words(say.label(element.mechanism)),
        _number(found.a),
        _number(found.b),
        _number(found.indirect),
        _range(found.indirect),
        Words(say(found.reading)),
    )
    return Row(element.key, _label(element.key, element.mechanism, spec, say), cells)


def _part(part: Part, spec: TheoryTable, say: Say, *, first: bool) -> Row:
    """The outcome, or a dimension of it, which has no label of its own."""
    driver = _driver(OUTCOME if first else "", spec, say)
    stands_for = Words(say.label(part.variable))
    total = (_number(part.total), _range(part.total))
    cells = (*driver, stands_for, BLANK, BLANK, *total, BLANK)
    label = _label(OUTCOME, part.variable, spec, say) if first else ""
    return Row(part.variable, label, cells, rule_above=first)


def _label(key: str, variable: str, spec: TheoryTable, say: Say) -> str:
    """The spec's label of an element, else that of what stands for it."""
    own = spec.labels.get(key)
    return own.in_language(say.language) if own else say.label(variable)


def _driver(key: str, spec: TheoryTable, say: Say) -> tuple[Cell, ...]:
    if not spec.drivers:
        return ()
    own = spec.drivers.get(key)
    return (Words(own.in_language(say.language)) if own else BLANK,)


def _number(estimate: Estimate) -> Cell:
    return Coefficient(estimate, "statistics", alone=True)


def _range(estimate: Estimate) -> Cell:
    return Range(estimate.low, estimate.high)


def _judged(result: Result) -> list[Estimate]:
    """Every coefficient that a test judges."""
    paths = [e for element in result.elements for e in (element.effects.a, element.effects.b)]
    return [*paths, *(part.total for part in (result.outcome, *result.dimensions))]


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    return (
        *notes.clustered(say, [result.rows], below=False),
        notes.STARS,
        *notes.tests(say, [(e, result.rows.units) for e in _judged(result)]),
        *notes.of_products(say, result.draws, percentile=False),
        say("reading_rule", size=say.level(SIZE)),
        say("not_causal_short"),
        *notes.data(say, result.data),
    )
