"""Regression tables: coefficients with stars, errors in parentheses below, effects and statistics at the foot."""

from pipeline.panel.result import Column, Result, Term
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import count, decimal, p_value, stars
from pipeline.report.table import Cell, Heading, Row, Table, merged
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Heterogeneity, Regression


def build(
    study: Study,
    name: str,
    spec: Regression | Heterogeneity,
    result: Result,
    language: str,
    number: str,
) -> Table:
    """One column a model. Rows: the treatment, other terms in order of appearance, the constant last."""
    columns = result.columns
    numbers = tuple(Heading(f"({i})") for i in range(1, len(columns) + 1))
    headings = [numbers]
    labels = _labels(spec, columns, language)
    if any(labels):
        headings.append(tuple(Heading(text) for text in labels))
    headings.append(merged([study.label(str(c.outcome), language) for c in columns]))
    rows: list[Row] = []
    for key, label in _row_keys(study, spec, columns, language):
        terms = [_find(c, key) for c in columns]
        rows.append(
            Row(label, tuple(Cell(decimal(t.estimate), stars(t.p)) if t else Cell() for t in terms))
        )
        rows.append(Row("", tuple(Cell(f"({decimal(t.se)})") if t else Cell() for t in terms)))
        if getattr(spec, "brackets", None) and any(t and t.role == "treatment" for t in terms):
            rows.append(Row("", tuple(_bracket(c, t) for c, t in zip(columns, terms, strict=True))))
    if isinstance(spec, Heterogeneity):
        rows += _differences(columns, language)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        tuple(headings),
        tuple([*rows, *foot(columns, language)]),
        notes(study, spec, result, language),
        language,
    )


def _differences(columns: list[Column], language: str) -> list[Row]:
    """Each group's difference to the first, its interval and its bootstrap p-value."""
    pairs = [[c.statistics.get(f"difference_{k}") for k in ("low", "high")] for c in columns]
    intervals = [
        f"[{decimal(float(lo or 0), 3)}, {decimal(float(hi or 0), 3)}]" if lo is not None else ""
        for lo, hi in pairs
    ]
    numbers = [
        (decimal(_number(c, "difference")), p_value(_number(c, "difference_p"))) for c in columns
    ]
    return [
        Row(word("difference", language), tuple(Cell(d) for d, _ in numbers)),
        Row("", tuple(map(Cell, intervals))),
        Row(word("difference_p", language), tuple(Cell(p) for _, p in numbers)),
    ]


def _number(column: Column, key: str) -> float | None:
    value = column.statistics.get(key)
    return None if value is None else float(value)


def _bracket(column: Column, term: Term | None) -> Cell:
    p = column.statistics.get("bracket_p")
    return Cell(f"[{p_value(float(p))}]") if term and p is not None else Cell()


def _labels(spec: Regression | Heterogeneity, columns: list[Column], language: str) -> list[str]:
    if isinstance(spec, Heterogeneity):
        return [spec.labels[c.key].in_language(language) for c in columns]
    return [c.label.in_language(language) if c.label else "" for c in spec.columns]


def _find(column: Column, key: str) -> Term | None:
    wanted = "treatment" if key == "*treatment" else None
    return next((t for t in column.terms if t.name == key or (wanted and t.role == wanted)), None)


def _row_keys(
    study: Study, spec: Regression | Heterogeneity, columns: list[Column], language: str
) -> list[tuple[str, str]]:
    """(key, label) of the rows; an aligned table has one row `*treatment` for whatever treats each column."""
    align = getattr(spec, "align", False)
    show = getattr(spec, "show", None)
    keys: dict[str, str] = {}
    rank = {"treatment": 0, "control": 1, "constant": 2}
    terms = sorted((t for c in columns for t in c.terms), key=lambda t: rank[t.role])
    for t in terms:
        if align and t.role == "treatment":
            keys.setdefault("*treatment", study.label(study.spec.roles.treatment, language))
        elif show is None or t.name in show:
            keys.setdefault(
                t.name,
                word("constant", language)
                if t.role == "constant"
                else study.label(t.name, language),
            )
    return list(keys.items())


def foot(columns: list[Column], language: str) -> list[Row]:
    """Controls, effects, observations, provinces, R² and the outcome's mean; rows empty in every column are left out.

    Nothing for columns that are no models.
    """
    if not all("controls" in c.statistics for c in columns):
        return []
    yes_no = {True: word("yes", language), False: word("no", language)}
    out = []
    for key in ("controls", "province_effects", "year_effects"):
        out.append(
            Row(word(key, language), tuple(Cell(yes_no[bool(c.statistics[key])]) for c in columns))
        )
    for key, form in (
        ("n", count),
        ("provinces", count),
        ("r2_within", _three),
        ("r2", _three),
        ("outcome_mean", _three),
    ):
        cells = tuple(Cell(form(c.statistics.get(key))) for c in columns)  # type: ignore[arg-type]
        if any(c.text for c in cells):
            out.append(Row(word(key, language), cells))
    return [Row(out[0].label, out[0].cells, rule_above=True), *out[1:]]


def _three(value: float | None) -> str:
    return decimal(value, 3)
