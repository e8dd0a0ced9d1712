"""Tables of descriptive numbers: summary statistics and index weights."""

from pipeline.panel.result import Result
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import count, decimal, plain
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Descriptives, Weights
from pipeline.study.study import variant_label


def build(
    study: Study, name: str, spec: Descriptives, result: Result, language: str, number: str
) -> Table:
    """One row a variable, one column a statistic."""
    headings = tuple(
        Heading(word(c.key, language) if c.key != "n" else "N") for c in result.columns
    )
    rows = []
    for variable in spec.variables:
        cells = tuple(
            Cell((count if c.key == "n" else plain)(c.term(variable).estimate))
            for c in result.columns
        )
        unit = study.unit(variable, language)
        rows.append(Row(study.label(variable, language) + (f" ({unit})" if unit else ""), cells))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("variable", language),
        (headings,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def build_weights(
    study: Study, name: str, spec: Weights, result: Result, language: str, number: str
) -> Table:
    """One row an indicator, grouped by dimension: direction, weights, entropy."""
    index = study.indices[spec.index]
    headings = (
        Heading(word("direction", language)),
        *(Heading(_weighting(c.key, language)) for c in result.columns),
    )
    rows: list[Row] = []
    for dimension in index.dimensions.values():
        rows.append(Row(dimension.label.in_language(language), kind="panel", rule_above=bool(rows)))
        for variable, sign in dimension.indicators.items():
            cells = [Cell("+" if sign == "+" else "−")]
            cells += [Cell(decimal(c.term(variable).estimate)) for c in result.columns]
            rows.append(Row(study.label(variable, language), tuple(cells)))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("indicator", language),
        (headings,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _weighting(key: str, language: str) -> str:
    return word(key, language) if key == "entropies" else variant_label(key, language)
