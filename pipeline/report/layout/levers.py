"""Tables with a row a lever or a quantity: the twelve rows, detectable effects, the elements of the theory."""

from pipeline.panel.result import Column, Result
from pipeline.report.layout.notes import notes
from pipeline.report.numbers import bounds, decimal, p_value, stars
from pipeline.report.table import Cell, Heading, Row, Table
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import Levers, Power, Theory


def build_levers(
    study: Study, name: str, spec: Levers, result: Result, language: str, number: str
) -> Table:
    """Two rows a lever: estimate, p-values, detectable effect, truth where known and verdict; proxy and interval below."""
    known = any(t.name == "truth" for c in result.columns for t in c.terms)
    heads = [
        "lever_estimate",
        "single_p",
        "adjusted_p",
        "detectable",
        *(["truth"] if known else []),
        "verdict",
    ]
    rows: list[Row] = []
    for column in result.columns:
        group = "challenges" if column.key.startswith("c") else "paths"
        if not any(r.label == word(group, language) for r in rows):
            rows.append(Row(word(group, language), kind="panel", rule_above=bool(rows)))
        rows += _lever_rows(study, column, known, language)
    headings = tuple(Heading(word(h, language)) for h in heads)
    return Table(
        name,
        number,
        spec.title.in_language(language),
        "",
        (headings,),
        tuple(rows),
        (*notes(study, spec, result, language), *_proxies(study, result, language)),
        language,
    )


def _lever_rows(study: Study, column: Column, known: bool, language: str) -> list[Row]:
    """The lever with its numbers; below, its proxy with the interval."""
    label, proxy = study.label(column.key, language), study.levers[column.key].variable
    verdict = Cell(word(str(column.statistics["verdict"]), language))
    below = f"\u2003{study.label(proxy, language)}" if proxy else ""
    if not column.terms:
        empty = (Cell(),) * (4 + known)
        return [Row(label, (*empty, verdict)), *([Row(below, (*empty, Cell()))] if below else [])]
    t = column.term("interaction")
    cells = [
        Cell(decimal(t.estimate), stars(column.term("adjusted_p").estimate)),
        Cell(p_value(column.term("wcr31_p").estimate)),
        Cell(p_value(column.term("adjusted_p").estimate)),
        Cell(decimal(column.term("detectable").estimate)),
    ]
    if known:
        cells.append(
            Cell(decimal(next((x.estimate for x in column.terms if x.name == "truth"), None)))
        )
    interval = Cell(bounds(t.low, t.high))
    return [Row(label, (*cells, verdict)), Row(below, (interval, *([Cell()] * len(cells))))]


def _proxies(study: Study, result: Result, language: str) -> list[str]:
    """Where each proxy comes from, and why a lever has none."""
    zh = language == "zh"
    texts = []
    for column in result.columns:
        lever = study.levers[column.key]
        if lever.untestable is not None:
            texts.append(f"{column.key.upper()} {lever.untestable.in_language(language)}")
        elif column.statistics["verdict"] == "untestable":
            texts.append(f"{column.key.upper()} {_reason(str(column.statistics['reason']), zh)}")
        elif lever.source is not None:
            texts.append(f"{column.key.upper()} {lever.source.in_language(language)}")
    return [
        ("代理变量来源：" + "；".join(texts) + "。")
        if zh
        else ("Sources of the proxies: " + "; ".join(texts) + ".")
    ]


def _reason(reason: str, zh: bool) -> str:
    """Why the panel cannot test a lever that has a proxy."""
    if "/" in reason:
        missing, of = reason.split("/")
        return f"{'缺失' if zh else 'missing in'} {missing}/{of}{'个省份—年份' if zh else ' province-years'}"
    words = {
        "lever-constant": ("does not vary in the sample", "在样本中没有变化"),
        "collinear": ("is explained by the controls and effects", "被控制变量与效应完全解释"),
    }
    return words[reason][zh]


def build_power(
    study: Study, name: str, spec: Power, result: Result, language: str, number: str
) -> Table:
    """One row a quantity: estimate, error, minimum detectable effect."""
    rows: list[Row] = []
    for column in result.columns:
        group = (
            "nqp_effect"
            if column.key == "total"
            else "interactions"
            if column.key in study.levers
            else "indirect_effects"
        )
        if not any(r.label == word(group, language) for r in rows):
            rows.append(Row(word(group, language), kind="panel", rule_above=bool(rows)))
        t = column.term("estimate")
        label = (
            word("total", language) if column.key == "total" else study.label(column.key, language)
        )
        error = f"({decimal(t.se, 3)})" if t.se is not None else ""
        cells = (
            Cell(decimal(t.estimate, 3)),
            Cell(error),
            Cell(decimal(column.term("detectable").estimate, 3)),
        )
        rows.append(Row(label, cells))
    headings = tuple(Heading(word(h, language)) for h in ("estimate", "error", "detectable"))
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("quantity", language),
        (headings,),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )


def build_theory(
    study: Study, name: str, spec: Theory, result: Result, language: str, number: str
) -> Table:
    """One row an element: its driver, what stands for it, a, b, a x b or the total with its interval, the reading."""
    level = f"{study.spec.bootstrap.level:.0%}"
    rows = []
    for column in result.columns:
        element = column.key.split("/")[0]
        first = element == column.key
        stands_for = study.label(str(column.outcome), language)
        head = (Cell(word(f"driver_{element}", language)) if first else Cell(), Cell(stands_for))
        effect = column.term("indirect" if element != "m5" else "total")
        arrows = [column.term(k) if element != "m5" else None for k in ("a", "b")]
        cells = [Cell(decimal(t.estimate, 3), stars(t.p)) if t else Cell() for t in arrows]
        cells += [
            Cell(decimal(effect.estimate, 3), stars(effect.p)),
            Cell(f"[{decimal(effect.low, 3)}, {decimal(effect.high, 3)}]"),
        ]
        reading = (
            Cell(word(str(column.statistics["pattern"]), language)) if element != "m5" else Cell()
        )
        rows.append(
            Row(
                word(element, language) if first else "",
                (*head, *cells, reading),
                rule_above=column.key == "m5",
            )
        )
    heads = (
        word("driver", language),
        word("stands_for", language),
        "a",
        "b",
        word("effect", language),
        word("interval", language).replace("{level}", level),
        word("pattern", language),
    )
    return Table(
        name,
        number,
        spec.title.in_language(language),
        word("element", language),
        (tuple(map(Heading, heads)),),
        tuple(rows),
        notes(study, spec, result, language),
        language,
    )
