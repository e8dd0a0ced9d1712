"""The table of weights: one row an indicator."""

from pipeline.methods.laboratory.weights.result import Result
from pipeline.methods.laboratory.weights.spec import WeightsTable
from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import Cell, Heading, Number, Panel, Row, Table, Words
from pipeline.study.study import variant_label

# Periods under which an index's own weights change over the years.
_CHANGING = ("per_year", "expanding")
# Names of weightings that do not look at all years: from outside the data, or of other periods.
_OUTSIDE = ("equal", "expert", "ahp")
_PERIODS = (*_CHANGING, "base_year")


def table(result: Result, spec: WeightsTable, say: Say) -> Table:
    """One row an indicator, grouped by dimension: direction, weights, entropy."""
    columns = {variant_label(w.name, say.language): w.weights for w in result.weightings}
    if result.entropies is not None:
        columns[say("entropies")] = result.entropies
    rows: list[Row | Panel] = []
    for dimension in say.study.indices[result.index].dimensions.values():
        rows.append(Panel(dimension.label.in_language(say.language), rule_above=bool(rows)))
        for variable, sign in dimension.indicators.items():
            values: list[Cell] = [Number(c[variable], "coefficients") for c in columns.values()]
            cells = (Words("+" if sign == "+" else "−"), *values)
            rows.append(Row(variable, say.label(variable), cells))
    heads = tuple(map(Heading, (say("direction"), *columns)))
    return Table(say("indicator"), (heads,), tuple(rows), tuple(_notes(result, say)))


def _notes(result: Result, say: Say) -> list[notes.Note]:
    index = say.study.indices[result.index]
    names = [w.name for w in result.weightings]
    told = [
        say(
            "weights",
            values=say(f"normalise_{index.normalise}"),
            cells=result.cells,
            shift=f"{index.shift:g}",
        ),
        say("constant_of_entropy", cells=result.cells) if result.entropies is not None else "",
        say("own_weights_change") if index.period in _CHANGING else "",
        say("pca_loadings") if any(name.startswith("pca") for name in names) else "",
        say("weights_know_all_years") if any(map(_knows_all_years, names)) else "",
    ]
    return [say.sentences(told), *notes.data(say, result.data)]


def _knows_all_years(name: str) -> bool:
    return not name.startswith(_OUTSIDE) and not name.endswith(_PERIODS)
