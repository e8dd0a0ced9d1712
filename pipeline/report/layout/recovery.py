"""The recovery table of a synthetic study: estimate, interval, truth."""

import re

from pipeline.panel.result import Result
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import decimal
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Recovery


def build(
    study: Study, name: str, spec: Recovery, result: Result, language: str, number: str
) -> Table:
    """One row a parameter of the process."""
    by_key = {c.key: c for c in result.columns}
    heads = ("estimate", "low", "high", "truth", "z", "covered")
    rows = []
    for t in by_key["estimate"].terms:
        cells = [Cell(decimal(t.estimate))]
        cells += [Cell(decimal(by_key[k].term(t.name).estimate)) for k in ("low", "high", "truth")]
        cells.append(Cell(decimal(by_key["z"].term(t.name).estimate, 2)))
        cells.append(
            Cell(word("yes" if by_key["covered"].term(t.name).estimate else "no", language))
        )
        rows.append(Row(_label(study, t.name, language), tuple(cells)))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("quantity", language),
        (tuple(Heading(word(h, language)) for h in heads),),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _label(study: Study, key: str, language: str) -> str:
    if "." not in key:
        return word(key, language) + (
            "（新质生产力→城乡融合）" if language == "zh" and key != "total" else ""
        )
    variable, quantity = key.split(".")
    if quantity == "total":
        return study.label(variable, language) + (
            "：总效应" if language == "zh" else ": total effect"
        )
    short = re.split("[:：]", word(quantity, language))[0]
    return study.label(variable, language) + word("colon", language) + short
