"""The table of random effects: unit effects, random effects, correlated random effects."""

from pipeline.methods.baseline.random_effects.result import Random, Result
from pipeline.methods.baseline.random_effects.spec import RandomEffectsTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import (
    BLANK,
    Cell,
    Coefficient,
    Count,
    Heading,
    PValue,
    Row,
    Table,
    Words,
    merged,
    numbered,
)

_COLUMNS = ("within", "random", "correlated")


def table(result: Result, spec: RandomEffectsTable, say: Say) -> Table:
    """Coefficients, the unit means below them, the test at the foot of the last column."""
    names = result.model.variables[1:]
    headings = (
        numbered(3),
        tuple(Heading(say(key)) for key in _COLUMNS),
        merged([say.label(result.model.outcome)] * 3),
    )
    rows = [*(_coefficients(name, result, say) for name in names)]
    rows += [_mean(name, result, say) for name in names]
    rows.append(_constant(result, say))
    return Table("", headings, (*rows, *_foot(result, say)), _notes(result, say))


def _coefficients(name: str, result: Result, say: Say) -> Row:
    columns = (result.within, result.random, result.correlated)
    return Row(name, say.label(name), tuple(Coefficient(c.coefficients[name]) for c in columns))


def _mean(name: str, result: Result, say: Say) -> Row:
    label = say("mean", variable=say.label(name))
    return Row(f"mean/{name}", label, (BLANK, BLANK, Coefficient(result.correlated.means[name])))


def _constant(result: Result, say: Say) -> Row:
    found = (result.random.constant, result.correlated.constant)
    return Row("constant", say("constant"), (BLANK, *map(Coefficient, found)))


def _foot(result: Result, say: Say) -> list[Row]:
    h, rows = result.hausman, result.rows
    years = Words(say("yes" if "year" in result.model.effects else "no"))
    shown: dict[str, tuple[Cell, ...]] = {
        "year_effects": (years,) * 3,
        "theta": (BLANK, Words(_theta(result.random, say)), Words(_theta(result.correlated, say))),
        "hausman": (BLANK, BLANK, Words(f"F({h.df1}, {h.df2}) = {say.number(h.f, 2)}")),
        "hausman_p": (BLANK, BLANK, PValue(h.p)),
        "observations": (Count(rows.observations),) * 3,
        "provinces": (Count(rows.units),) * 3,
    }
    first, *others = [Row(key, say(key), cells) for key, cells in shown.items()]
    return [Row(first.key, first.label, first.cells, rule_above=True), *others]


def _theta(random: Random, say: Say) -> str:
    """One number where all units have as many years, else the smallest and the largest."""
    ends = dict.fromkeys(say.number(end) for end in random.theta)
    return "–".join(ends)


def _notes(result: Result, say: Say) -> tuple[notes.Note, ...]:
    verdict = "refused" if result.hausman.rejects else "not_refused"
    told = say("method", verdict=say(verdict, p=say.p(result.hausman.p)))
    return (
        told,
        notes.BELOW,
        say("errors", clusters=result.rows.units, df=result.rows.df),
        notes.STARS,
        *notes.tests(say, [(e, result.rows.units) for e in result.within.coefficients.values()]),
        *notes.few(say, [result.rows]),
        *notes.carried(say, [result.within.carrier]),
        *notes.data(say, result.data),
    )
