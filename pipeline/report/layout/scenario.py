"""Scenario tables: gains of the provinces moved, by mechanism, and the share of the gap that they close."""

from pipeline.panel.result import Result, Term
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import count, decimal, percent, plain
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Scenario


def build(
    study: Study, name: str, spec: Scenario, result: Result, language: str, number: str
) -> Table:
    """One column a move; below each gain its interval."""
    columns = result.columns
    labels = {
        m.variable: m.label.in_language(language) if m.label else study.label(m.variable, language)
        for m in spec.moves
    }
    headings = (
        tuple(Heading(f"({i})") for i in range(1, len(columns) + 1)),
        tuple(Heading(labels[c.key]) for c in columns),
    )
    rows = [
        Row(
            word("moved", language),
            tuple(Cell(count(int(c.statistics["moved"] or 0))) for c in columns),
        ),
        Row(
            word("target", language),
            tuple(Cell(plain(float(c.statistics["target"] or 0))) for c in columns),
        ),
    ]
    keys = list(
        dict.fromkeys(
            t.name
            for c in columns
            for t in c.terms
            if not t.name.startswith(("province/", "path/", "closed/"))
        )
    )
    for key in keys:
        terms = [next((t for t in c.terms if t.name == key), None) for c in columns]
        rows += _pair(_label(study, key, language), terms, key == "national_gain")
    for k, share in enumerate(spec.path, start=1):
        text = (
            word("closed", language)
            if len(spec.path) == 1
            else word("closed_after_one" if k == 1 else "closed_after", language).format(
                year=k, share=f"{share:.0%}"
            )
        )
        rows += _pair(text, [c.term(f"closed/{k}") for c in columns], k == 1)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _label(study: Study, key: str, language: str) -> str:
    if key.startswith("gain/"):
        part = key.split("/")[1]
        return (
            word("gain_direct", language)
            if part == "direct"
            else word("through", language).format(mechanism=study.label(part, language))
        )
    return word(key, language)


def _pair(label: str, terms: list[Term | None], rule: bool) -> list[Row]:
    form = percent if any(t and t.role == "share" for t in terms) else decimal
    first = Row(
        label, tuple(Cell(form(t.estimate)) if t else Cell() for t in terms), rule_above=rule
    )
    return [
        first,
        Row("", tuple(Cell(f"[{form(t.low)}, {form(t.high)}]") if t else Cell() for t in terms)),
    ]
