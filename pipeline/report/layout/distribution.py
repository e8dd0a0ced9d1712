"""Tables of distribution and dynamics: inequality and autocorrelation by year, convergence, transitions."""

from collections.abc import Iterable

from pipeline.panel.result import Column, Result
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import count, decimal, p_value, percent, plain, stars
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Convergence, Inequality, Markov, Moran

_GINI = ("gini", "gini_within", "gini_between", "transvariation")
_THEIL = ("theil", "theil_between", "theil_within")
# Class names by their number: low and high are always there.
_CLASSES = {
    2: ("low", "high"),
    3: ("low", "middle", "high"),
    4: ("low", "lower", "upper", "high"),
    5: ("low", "lower", "middle", "upper", "high"),
}
_NONE = "–"


def build_inequality(
    study: Study, name: str, spec: Inequality, result: Result, language: str, number: str
) -> Table:
    """A row a year: Dagum's Gini and Theil's T with their parts and shares; below, the Gini of each pair of groups."""
    order = [
        *_GINI,
        *(f"share/{k}" for k in _GINI[1:]),
        *_THEIL,
        *(f"share/{k}" for k in _THEIL[1:]),
    ]
    spans = (
        ("dagum", len(_GINI)),
        ("shares", len(_GINI) - 1),
        ("theils", len(_THEIL)),
        ("shares", len(_THEIL) - 1),
    )
    headings = (
        tuple(Heading(word(k, language), n) for k, n in spans),
        tuple(Heading(word(k.removeprefix("share/"), language)) for k in order),
    )
    rows = []
    for column in result.columns:
        if not column.key.startswith("groups/"):
            values = {t.name: t.estimate for t in column.terms}
            rows.append(
                Row(
                    column.key,
                    tuple(
                        Cell(
                            _share(values.get(k)) if k.startswith("share/") else decimal(values[k])
                        )
                        for k in order
                    ),
                )
            )
    rows += _group_rows(
        spec, [c for c in result.columns if c.key.startswith("groups/")], language, len(order)
    )
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("year", language),
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _group_rows(spec: Inequality, columns: list[Column], language: str, width: int) -> list[Row]:
    """Half matrices of the groups side by side, of the first year and of the last; on the diagonal a group's own Gini."""
    keys = list(dict.fromkeys(part for c in columns for t in c.terms for part in t.name.split("/")))
    names = [_group(spec, k, language) for k in keys]
    heads = [[f"{n} {c.key.removeprefix('groups/')}" for n in names] for c in columns]
    rows = [
        Row(word("between_groups", language), kind="panel", rule_above=True),
        _row("", [*heads[0], "", *heads[1]], width),
    ]
    for i, (row, name) in enumerate(zip(keys, names, strict=True)):
        halves = []
        for column in columns:
            values = {t.name: t.estimate for t in column.terms}
            halves.append(
                [decimal(values.get(f"{k}/{row}")) if j <= i else "" for j, k in enumerate(keys)]
            )
        rows.append(_row(name, [*halves[0], "", *halves[1]], width))
    return rows


def _group(spec: Inequality, key: str, language: str) -> str:
    return spec.labels[key].in_language(language) if key in spec.labels else word(key, language)


def build_convergence(
    study: Study, name: str, spec: Convergence, result: Result, language: str, number: str
) -> Table:
    """Sigma: first year, last year, trend; beta: coefficient, speed, half-life."""
    by = {c.key: c for c in result.columns}
    first, last = next(n.values["years"] for n in result.notes if n.code == "convergence")
    heads = [str(first), str(last), *(word(k, language) for k in ("trend", "error", "p"))]
    rows = [Row(word("sigma_convergence", language), kind="panel")]
    for key in ("log_sd", "variation"):
        t = by[key].term("trend")
        cells = [Cell(decimal(by[key].term(k).estimate)) for k in ("first", "last")]
        cells += [
            Cell(decimal(t.estimate), stars(t.p)),
            Cell(f"({decimal(t.se)})"),
            Cell(p_value(t.p)),
        ]
        rows.append(Row(word(key, language), tuple(cells)))
    rows.append(Row(word("beta_convergence", language), kind="panel", rule_above=True))
    rows.append(
        _row(
            "",
            [word(k, language) for k in ("b_growth", "error", "speed", "half_life", "n")],
            len(heads),
        )
    )
    for key in ("absolute", "conditional"):
        b, speed, half = (by[key].term(k) for k in ("b", "speed", "half_life"))
        cells = [
            Cell(decimal(b.estimate), stars(b.p)),
            Cell(f"({decimal(b.se)})"),
            Cell("" if speed.estimate is None else decimal(100 * speed.estimate, 2)),
            Cell(decimal(half.estimate, 1)),
            Cell(count(int(by[key].statistics["n"] or 0))),
        ]
        label = "conditional_controls" if by[key].statistics["controls"] else key
        rows.append(Row(word(label, language), tuple(cells)))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        (tuple(map(Heading, heads)),),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def build_moran(
    study: Study, name: str, spec: Moran, result: Result, language: str, number: str
) -> Table:
    """A row a year: Moran's I and Geary's C, each with z and its permutation p."""
    headings = tuple(
        Heading(word(k, language)) for s in ("moran", "geary") for k in (s, "z_score", "p")
    )
    rows = []
    for column in result.columns:
        cells = []
        for key in ("moran", "geary"):
            t = column.term(key)
            cells += [
                Cell(decimal(t.estimate), stars(t.p)),
                Cell(decimal(t.statistic, 2)),
                Cell(p_value(t.p)),
            ]
        rows.append(Row(column.key, tuple(cells)))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("year", language),
        (headings,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def build_markov(
    study: Study, name: str, spec: Markov, result: Result, language: str, number: str
) -> Table:
    """A block for all provinces and one for each class of the neighbours; the test that the blocks agree."""
    names = [word(f"class_{k}", language) for k in _CLASSES[spec.classes]]
    by = {c.key: c for c in result.columns}
    headings = (
        (Heading(""), Heading(word("class_next", language), len(names))),
        tuple(map(Heading, [word("moves", language), *names])),
    )
    rows: list[Row] = []
    for key, column in by.items():
        if key == "test":
            continue
        title = (
            word("all_provinces", language)
            if key == "all"
            else word("neighbours_class", language).format(
                name=names[int(key.removeprefix("lag/")) - 1]
            )
        )
        rows.append(Row(title, kind="panel", rule_above=bool(rows)))
        for i, label in enumerate(names, start=1):
            moves = count(column.term(f"count/{i}").estimate)
            rows.append(Row(label, (Cell(moves), *_probabilities(column, str(i), len(names)))))
        rows.append(
            Row(word("ergodic", language), (Cell(), *_probabilities(column, "ergodic", len(names))))
        )
    test, width = by["test"], len(names) + 1
    rows.append(Row(word("same_matrices", language), kind="panel", rule_above=True))
    rows += [
        _row(
            word("likelihood_ratio", language),
            [decimal(test.term("likelihood_ratio").estimate, 2)],
            width,
        ),
        _row(word("df", language), [count(test.term("df").estimate)], width),
        _row(word("p", language), [p_value(test.term("p").estimate) or _NONE], width),
    ]
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("class_now", language),
        headings,
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def _probabilities(column: Column, row: str, k: int) -> Iterable[Cell]:
    values = [column.term(f"{row}/{j}").estimate for j in range(1, k + 1)]
    return (Cell(_NONE if v is None else plain(v)) for v in values)


def _row(label: str, texts: list[str], width: int) -> Row:
    """A row whose first cells hold texts, the others nothing."""
    return Row(label, tuple(Cell(t) for t in [*texts, *[""] * (width - len(texts))]))


def _share(value: float | None) -> str:
    return percent(value).removesuffix("%")
