"""The table of an indicator system: one row an indicator."""

from pipeline.methods.laboratory.index_system.result import Result
from pipeline.methods.laboratory.index_system.spec import IndexSystemTable
from pipeline.report import notes
from pipeline.report.index_words import aggregated, normalised, weighed
from pipeline.report.say import Say
from pipeline.report.table import Cell, Heading, Number, Panel, Range, Row, Table, Words


def table(result: Result, spec: IndexSystemTable, say: Say) -> Table:
    """One row an indicator by dimension: how it is made, unit, direction, weight, interval, source
    file."""
    heads = [say(key) for key in ("formula", "unit", "direction", "weight")]
    heads += [say("interval", level=say.level()), say("source")]
    rows: list[Row | Panel] = []
    for dimension in say.study.indices[result.index].dimensions.values():
        rows.append(Panel(dimension.label.in_language(say.language), rule_above=bool(rows)))
        for variable, sign in dimension.indicators.items():
            rows.append(Row(variable, say.label(variable), _cells(result, variable, sign, say)))
    told = [_note(result, say), *notes.data(say, result.data)]
    return Table(say("indicator"), (tuple(map(Heading, heads)),), tuple(rows), tuple(told))


def _cells(result: Result, variable: str, sign: str, say: Say) -> tuple[Cell, ...]:
    weight = result.weights[variable]
    return (
        Words(_formula(variable, say)),
        Words(say.study.unit(variable, say.language)),
        Words("+" if sign == "+" else "−"),
        Number(weight.value, "coefficients"),
        Range(weight.low, weight.high),
        Words(_sources(variable, say)),
    )


def _formula(variable: str, say: Say) -> str:
    """How an indicator is made; a raw one stands for itself."""
    derived = say.study.derived
    return derived[variable].formula if variable in derived else variable


def _sources(variable: str, say: Say) -> str:
    """The sources of the raw variables behind an indicator, by their names in the study."""
    study = say.study
    raw = sorted(study.raw_variables(variable), key=list(study.codebook).index)
    return ", ".join(dict.fromkeys(study.codebook[v].source for v in raw))


def _note(result: Result, say: Say) -> str:
    index = say.study.indices[result.index]
    files = [say("file", name=x.name, file=x.file) for x in say.study.spec.sources]
    return say(
        "system",
        normalised=normalised(index, say),
        weighed=weighed(index, say),
        cells=result.cells,
        shift=f"{index.shift:g}",
        aggregated=aggregated(index, say),
        level=say.level(),
        draws=result.draws.asked,
        dropped=result.draws.dropped,
        seed=result.draws.seed,
        files=say.clauses(files),
    )
