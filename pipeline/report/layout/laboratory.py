"""Tables of the index laboratory: indicator system, ranks, alternatives, diagnosis, look-ahead, overlap, spurious."""

from pipeline.formula.proxies.coupling import CLASSES
from pipeline.panel.provinces import PROVINCES
from pipeline.panel.result import Column, Result, Term
from pipeline.report.layout.notes import notes
from pipeline.report.layout.regression import foot
from pipeline.report.numbers import count, decimal, percent, stars
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import (
    Alternatives,
    CoordinationClasses,
    Diagnosis,
    IndexRanks,
    IndexSystem,
    LookAhead,
    Overlap,
)
from pipeline.study.study import variant_label


def build_system(
    study: Study, name: str, spec: IndexSystem, result: Result, language: str, number: str
) -> Table:
    """One row an indicator by dimension: how it is made, unit, direction, weight, interval, source file."""
    index, column = study.indices[spec.index], result.columns[0]
    level = f"{study.spec.bootstrap.level:.0%}"
    heads = ["formula", "unit", "direction", "weight", "interval", "source"]
    headings = tuple(Heading(word(h, language).replace("{level}", level)) for h in heads)
    rows: list[Row] = []
    for dimension in index.dimensions.values():
        rows.append(Row(dimension.label.in_language(language), kind="panel", rule_above=bool(rows)))
        for variable, sign in dimension.indicators.items():
            t = column.term(variable)
            cells = (
                _formula(study, variable),
                study.unit(variable, language),
                "+" if sign == "+" else "−",
                decimal(t.estimate),
                f"[{decimal(t.low, 3)}, {decimal(t.high, 3)}]",
                _sources(study, variable),
            )
            rows.append(Row(study.label(variable, language), tuple(map(Cell, cells))))
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


def _formula(study: Study, variable: str) -> str:
    return study.derived[variable].formula if variable in study.derived else variable


def _sources(study: Study, variable: str) -> str:
    """The sources of the raw variables behind an indicator, by the names of study.toml."""
    raw = sorted(study.raw_variables(variable), key=list(study.codebook).index)
    return ", ".join(dict.fromkeys(study.codebook[v].source for v in raw))


def build_ranks(
    study: Study, name: str, spec: IndexRanks, result: Result, language: str, number: str
) -> Table:
    """One row a province in the order of its rank in the last year: score and rank in each year, places gained."""
    columns = {c.key: c for c in result.columns}
    last = {t.name: t.estimate for t in columns[f"rank/{spec.years[-1]}"].terms}
    provinces = sorted(
        (p for p in PROVINCES if p.en in last),
        key=lambda p: (last[p.en] is None, last[p.en] or 0.0),
    )
    several = "moved" in columns
    headings = (
        (*(Heading(str(y), 2) for y in spec.years), *([Heading("")] if several else [])),
        (
            *(Heading(word(k, language)) for _ in spec.years for k in ("score", "rank")),
            *([Heading(word("places", language))] if several else []),
        ),
    )
    rows = []
    for p in provinces:
        cells = [
            Cell(f(columns[f"{k}/{y}"].term(p.en).estimate))
            for y in spec.years
            for k, f in (("score", _three), ("rank", _rank))
        ]
        if several:
            moved = columns["moved"].term(p.en).estimate
            cells.append(
                Cell(
                    ""
                    if moved is None
                    else f"{'+' if moved > 0 else '−' if moved < 0 else ''}{abs(moved):g}"
                )
            )
        rows.append(Row(p.zh if language == "zh" else p.en, tuple(cells)))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("province", language),
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _three(value: float | None) -> str:
    return decimal(value, 3)


def _rank(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def build_alternatives(
    study: Study, name: str, spec: Alternatives, result: Result, language: str, number: str
) -> Table:
    """One row an alternative: rank correlations, moves, and the headline coefficient with its interval."""
    heads = ["spearman", "kendall", "mean_move", "largest_move"]
    headline = any(t.name == "standardised" for c in result.columns for t in c.terms)
    level = f"{study.spec.bootstrap.level:.0%}"
    heads += ["standardised", "interval"] if headline else []
    rows = [
        Row(variant_name(study, spec.index, c, language), _alternative(c, language, headline))
        for c in result.columns
    ]
    headings = tuple(Heading(word(h, language).replace("{level}", level)) for h in heads)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("weighting", language),
        (headings,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def variant_name(study: Study, index: str, column: Column, language: str) -> str:
    """The name of an alternative; the index itself is marked."""
    if column.key == index:
        spec = study.indices[index]
        return variant_label(spec.weights, language) + word("as_declared", language)
    return variant_label(column.key.removeprefix(f"{index}_"), language)


def _alternative(column: Column, language: str, headline: bool) -> tuple[Cell, ...]:
    by = {t.name: t for t in column.terms}
    far = by["largest_move"]
    who = next(p for p in PROVINCES if p.en == far.role)
    named = f"{far.estimate:g} ({who.zh if language == 'zh' else who.en})" if far.estimate else "0"
    cells = [
        decimal(by["spearman"].estimate, 3),
        decimal(by["kendall"].estimate, 3),
        decimal(by["mean_move"].estimate, 1),
        named,
    ]
    out = [Cell(c) for c in cells]
    if headline:
        t = by["standardised"]
        out += [
            Cell(decimal(t.estimate, 3), stars(t.p)),
            Cell(f"[{decimal(t.low, 3)}, {decimal(t.high, 3)}]"),
        ]
    return tuple(out)


def build_diagnosis(
    study: Study, name: str, spec: Diagnosis, result: Result, language: str, number: str
) -> Table:
    """One row an indicator by dimension: its share of the score and of the shortfall in each year."""
    kinds = list(dict.fromkeys(c.key.split("/")[0] for c in result.columns))
    spans = {k: sum(c.key.split("/")[0] == k for c in result.columns) for k in kinds}
    headings = (
        tuple(Heading(word(k, language), spans[k]) for k in kinds),
        tuple(
            Heading(c.key.split("/")[1] if "/" in c.key else str(spec.years[-1]))
            for c in result.columns
        ),
    )
    rows: list[Row] = []
    for dimension in study.indices[spec.index].dimensions.values():
        rows.append(Row(dimension.label.in_language(language), kind="panel", rule_above=bool(rows)))
        for variable in dimension.indicators:
            terms = [c.term(variable) for c in result.columns]
            cells = tuple(
                Cell((count if t.role == "count" else percent)(t.estimate)) for t in terms
            )
            rows.append(Row(study.label(variable, language), cells))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("indicator", language),
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def build_look_ahead(
    study: Study, name: str, spec: LookAhead, result: Result, language: str, number: str
) -> Table:
    """One column a period of the weights; the treatment's coefficient alone."""
    columns = result.columns
    headings = (
        tuple(Heading(f"({i})") for i in range(1, len(columns) + 1)),
        tuple(Heading(word(f"period_{c.key}", language)) for c in columns),
    )
    terms = [next(t for t in c.terms if t.role == "treatment") for c in columns]
    rows = [
        Row(
            study.label(terms[0].name, language),
            tuple(Cell(decimal(t.estimate), stars(t.p)) for t in terms),
        ),
        Row("", tuple(Cell(f"({decimal(t.se)})") for t in terms)),
        Row(
            word("standardised", language),
            tuple(Cell(decimal(float(c.statistics["standardised"] or 0), 3)) for c in columns),
        ),
    ]
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        headings,
        (*rows, *foot(columns, language)),
        notes(study, spec, result, language),
        language,
    )


def build_overlap(
    study: Study, name: str, spec: Overlap, result: Result, language: str, number: str
) -> Table:
    """One row a raw indicator, a mark in each part that it enters; below, the coefficient without shared indicators."""
    parts = [c for c in result.columns if c.key != "without"]
    heads = tuple(
        Heading(
            word(c.key, language) if c.key not in study.variables else study.label(c.key, language)
        )
        for c in parts
    )
    rows: list[Row] = []
    for use in ("indicator", "scale"):
        if use == "scale":
            rows.append(Row(word("scales", language), kind="panel", rule_above=True))
        for v in study.codebook:
            held = [any(t.name == v and t.role == use for t in c.terms) for c in parts]
            if any(held):
                text = study.label(v, language) + (
                    " †" if use == "indicator" and sum(held) > 1 else ""
                )
                rows.append(Row(text, tuple(Cell("×" if h else "") for h in held)))
    for column in result.columns:
        if column.key == "without":
            rows += _left_out(column, len(parts), language)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("raw_indicator", language),
        (heads,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _left_out(column: Column, width: int, language: str) -> list[Row]:
    t: Term = next(t for t in column.terms if t.role == "treatment")
    blank = (Cell(),) * (width - 1)
    return [
        Row(
            word("without_shared", language),
            (Cell(decimal(t.estimate), stars(t.p)), *blank),
            rule_above=True,
        ),
        Row("", (Cell(f"({decimal(t.se)})"), *blank)),
        Row(word("n", language), (Cell(count(int(column.statistics["n"] or 0))), *blank)),
    ]


def build_coordination(
    study: Study, name: str, spec: CoordinationClasses, result: Result, language: str, number: str
) -> Table:
    """One row a class, lowest first, with its number of provinces in each year; the mean degree at the foot."""
    zh = language == "zh"
    rows = []
    for k, c in enumerate(CLASSES):
        span = f"[{k / 10:.1f}, {(k + 1) / 10:.1f}{']' if k == len(CLASSES) - 1 else ')'}"
        rows.append(
            Row(
                f"{c.zh if zh else c.en} {span}",
                tuple(Cell(count(x.term(c.code).estimate)) for x in result.columns),
            )
        )
    means = tuple(Cell(decimal(x.term("mean_degree").estimate, 3)) for x in result.columns)
    rows.append(Row(word("mean_degree", language), means, rule_above=True))
    headings = (tuple(Heading(c.key) for c in result.columns),)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("class", language),
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )
