"""Tables whose results say themselves how each row is printed: by the role of its terms."""

import re
from typing import Any

from pipeline.panel.provinces import find_province
from pipeline.panel.result import Column, Result, Term
from pipeline.report.layout.notes import notes
from pipeline.report.layout.regression import foot
from pipeline.report.numbers import count, decimal, p_value, percent, plain, stars
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import WORDS, word
from pipeline.study import Study
from pipeline.study.kinds import Quantiles, Spurious


def build(study: Study, name: str, spec: Any, result: Result, language: str, number: str) -> Table:
    """Rows in the order in which terms first appear; a column per variable or numbered model.

    Roles: estimate (stars, error below), interval ([low, high]), p, number, share, anything else a label beside a number.
    """
    columns = result.columns
    headings = [tuple(Heading(f"({i})") for i in range(1, len(columns) + 1))]
    headings.append(tuple(Heading(_heading(study, spec, c, language)) for c in columns))
    rows: list[Row] = []
    keys = list(dict.fromkeys(t.name for c in columns for t in c.terms))
    for key in keys:
        terms = [next((t for t in c.terms if t.name == key), None) for c in columns]
        if all(
            t is None
            or (t.estimate is None and t.low is None and t.high is None and t.role != "absorbed")
            for t in terms
        ):
            continue  # does not apply to any column
        label = _label(study, key, result, language)
        rows.append(Row(label, tuple(_cell(t, language) for t in terms)))
        if any(t and t.role == "estimate" and t.se is not None for t in terms):
            rows.append(
                Row(
                    "",
                    tuple(
                        Cell(f"({decimal(t.se)})") if t and t.se is not None else Cell()
                        for t in terms
                    ),
                )
            )
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        tuple(headings),
        (*rows, *foot(columns, language)),
        notes(study, spec, result, language),
        language,
    )


def _cell(t: Term | None, language: str) -> Cell:
    if t is None:
        return Cell()
    match t.role:
        case "estimate":
            return Cell(decimal(t.estimate), stars(t.p))
        case "interval":
            if t.low is None and t.high is None and t.interval != "wild":
                return Cell()
            low = "−∞" if t.low is None else decimal(t.low, 3)
            return Cell(f"[{low}, {'∞' if t.high is None else decimal(t.high, 3)}]")
        case "p":
            return Cell(p_value(t.estimate))
        case "share":
            return Cell("" if t.estimate is None else percent(t.estimate))
        case "number":
            return Cell(decimal(t.estimate, 3))
        case "count":
            return Cell(count(t.estimate))
        case "plain":
            return Cell(plain(t.estimate))
        case "absorbed":
            return Cell(word("absorbed", language))
    province = find_province(t.role)
    name = province.zh if province and language == "zh" else t.role
    return Cell(f"{decimal(t.estimate, 3)} {name}")


def _heading(study: Study, spec: Any, column: Column, language: str) -> str:
    if column.key in study.variables:
        return study.label(column.key, language)
    if ">" in column.key:
        return " → ".join(study.label(v, language) for v in column.key.split(">"))
    if column.key in WORDS:
        return word(column.key, language)
    if isinstance(spec, Spurious):
        kind, _, k = column.key.partition("/")
        return word("none_shared" if kind == "0" else f"{kind}_shared", language).format(k=k)
    if isinstance(spec, Quantiles):
        return f"τ = {column.key}"
    choice = spec.columns[int(column.key) - 1]
    return (
        choice.label.in_language(language)
        if choice.label
        else study.label(str(column.outcome), language)
    )


def _label(study: Study, key: str, result: Result, language: str) -> str:
    if key.startswith("correlation/"):
        return word("correlation", language).format(other=study.label(key.split("/")[1], language))
    level = next(
        (n.values["level"] for n in result.notes if "level" in n.values), study.spec.bootstrap.level
    )
    text = word(key, language)
    return re.sub(r"\{level\}", f"{level:.0%}", text)
