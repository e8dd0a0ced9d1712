"""The table of contributions and obstacles: one row an indicator."""

from pipeline.methods.laboratory.diagnosis.result import Result, Shares
from pipeline.methods.laboratory.diagnosis.spec import DiagnosisTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Cell, Count, Heading, Panel, Percent, Row, Table


def table(result: Result, spec: DiagnosisTable, say: Say) -> Table:
    """One row an indicator by dimension: its share of score and of shortfall in each year."""
    years = tuple(Heading(str(year)) for year in result.years)
    above = [Heading(say("contribution"), len(years))]
    below = [*years]
    if result.obstacles:
        above += [Heading(say("obstacle"), len(years)), Heading(say("first"))]
        below += [*years, years[-1]]
    rows: list[Row | Panel] = []
    for dimension in say.study.indices[result.index].dimensions.values():
        rows.append(Panel(dimension.label.in_language(say.language), rule_above=bool(rows)))
        for variable in dimension.indicators:
            cells = _cells(result.indicators[variable], result.obstacles)
            rows.append(Row(variable, say.label(variable), cells))
    told = [_note(result, say), *notes.data(say, result.data)]
    return Table(say("indicator"), (tuple(above), tuple(below)), tuple(rows), tuple(told))


def _cells(shares: Shares, obstacles: bool) -> tuple[Cell, ...]:
    contributions = [Percent(v) for v in shares.contribution]
    if not obstacles:
        return tuple(contributions)
    return (*contributions, *(Percent(v) for v in shares.obstacle), Count(shares.first))


def _note(result: Result, say: Say) -> str:
    last = result.years[-1]
    if not result.obstacles:
        return say("contributions_alone")
    leaders = ""
    if result.leaders:
        leaders = say("leaders", units=say.provinces(result.leaders), year=last)
    return say.sentences([say("contributions_and_obstacles", year=last), leaders])
