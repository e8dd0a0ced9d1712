"""Mediation tables: one column a mechanism, the two steps, then the effects."""

from pipeline.panel.result import Result, Term
from pipeline.report.layout.notes import notes
from pipeline.report.layout.regression import foot
from pipeline.report.numbers import decimal, p_value, percent, stars
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Mediation


def build(
    study: Study, name: str, spec: Mediation, result: Result, language: str, number: str
) -> Table:
    """Two-step: a with its tests. Three-step: also b and the direct effect; total, a x b with its intervals and tests."""
    columns = result.columns
    numbers = tuple(Heading(f"({i})") for i in range(1, len(columns) + 1))
    names = tuple(Heading(study.label(c.key, language)) for c in columns)
    rows = [
        Row(word("first_step", language), kind="panel"),
        *_pair("a", result, language),
        _ps("wild_a", result, language),
    ]
    if spec.design == "three-step":
        rows += [Row(word("second_step", language), kind="panel", rule_above=True)]
        rows += [
            *_pair("b", result, language),
            _ps("wild_b", result, language),
            *_pair("direct", result, language),
        ]
        rows += [
            Row(word("effects", language), kind="panel", rule_above=True),
            *_pair("total", result, language),
        ]
        rows += _pair("indirect", result, language)
        level = next(n.values["level"] for n in result.notes if n.code == "bootstrap")
        for kind in spec.intervals:
            label = word(f"interval_{kind}", language).format(level=f"{level:.0%}")
            rows.append(
                Row(label, tuple(Cell(_interval(c.term(f"interval_{kind}"))) for c in columns))
            )
        rows.append(
            Row(
                word("share", language),
                tuple(Cell(percent(c.term("share").estimate)) for c in columns),
            )
        )
        joint = tuple(Cell(p_value(float(c.statistics["joint_p"] or 0))) for c in columns)
        rows += [
            Row(word("joint_p", language), joint),
            _ps("wild_joint", result, language),
            _ps("sobel_p", result, language),
        ]
        patterns = tuple(Cell(word(str(c.statistics["pattern"]), language)) for c in columns)
        rows.append(Row(word("pattern", language), patterns))
        least = tuple(Cell(decimal(c.term("detectable").estimate)) for c in columns)
        rows.append(Row(word("detectable_indirect", language), least))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("mechanism", language),
        (numbers, names),
        (*rows, *foot(columns, language)),
        notes(study, spec, result, language),
        language,
    )


def _ps(key: str, result: Result, language: str) -> Row:
    return Row(
        word(key, language), tuple(Cell(p_value(c.term(key).estimate)) for c in result.columns)
    )


def _pair(key: str, result: Result, language: str) -> list[Row]:
    terms = [c.term(key) for c in result.columns]
    return [
        Row(word(key, language), tuple(Cell(decimal(t.estimate), stars(t.p)) for t in terms)),
        Row("", tuple(Cell(f"({decimal(t.se)})") for t in terms)),
    ]


def _interval(t: Term) -> str:
    return "" if t.low is None or t.high is None else f"[{decimal(t.low)}, {decimal(t.high)}]"
