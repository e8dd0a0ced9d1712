"""What the report's first page says of regression tables: the headline, and how far other columns
move it."""

from pipeline.methods.baseline.regression.result import Result
from pipeline.methods.shown import Named
from pipeline.report import notes
from pipeline.report.numbers import percent
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE, Estimate, can_reject
from pipeline.results.rows import Regression
from pipeline.study.headline import Place, headline


def summary(named: Named, say: Say) -> list[str]:
    """The headline and the other columns of its table; for other tables the range or the list of
    their columns."""
    result = named.result
    assert isinstance(result, Result)
    place = headline(say.study)
    if place == Place(f"tables/{named.stem}", place.column if place else 0):
        assert place is not None
        return _headline(named, result, place.column, say)
    outcomes = {c.model.outcome for c in result.columns}
    same = len(result.columns) > 1 and (len(outcomes) == 1 or getattr(named.spec, "align", False))
    return [_range(named, result.columns, say) if same else _listed(named, result.columns, say)]


def _headline(named: Named, result: Result, position: int, say: Say) -> list[str]:
    column = result.columns[position - 1]
    t = column.treatment
    first = say(
        "headline",
        treatment=say.label(column.model.treatment),
        outcome=say.label(column.model.outcome),
        answer=say(_answer(column)),
        place=_place(named, position, column, say),
        value=say.number(t.value),
        error=say.number(t.error),
        level=say.level(),
        interval=say.interval(t.interval) if t.interval else "",
        tests=_tests(t, say),
        observations=column.rows.observations,
        provinces=column.rows.units,
    )
    alone = [str(n) for n in notes.carried(say, [column.carrier])]
    told = say.sentences([first, *(alone or _leverage(column, say))])
    return [told, *_others(named, result, column, say)]


def _leverage(column: Regression, say: Say) -> list[str]:
    """Which unit carries most of the treatment, and how many clusters that is worth."""
    found = column.leverage
    if found is None:
        return []
    told = say(
        "leverage" if found.df is not None else "leverage_alone",
        unit=say.province(found.unit),
        share=percent(found.share, 0),
        beside=say("net_of_controls" if column.model.controls else "net_of_effects"),
        effective=say.number(found.effective, 1),
        clusters=column.rows.units,
        df=say.number(found.df, 1),
        p=say.p(found.p),
    )
    return [told]


def _answer(column: Regression) -> str:
    """What the estimate says by the test that decides; nothing where this cannot tell."""
    t = column.treatment
    if column.carrier is not None:
        return "not_read"
    if not can_reject(t, column.rows.units):
        return "cannot_reject"
    if t.differs:
        return "positive" if t.value > 0 else "negative"
    clustered = t.few is not None and Estimate(t.value, p=t.p).differs
    if not clustered:
        return "no_evidence"
    return "positive_by_clusters" if t.value > 0 else "negative_by_clusters"


def _tests(t: Estimate, say: Say) -> str:
    """The p-values by name: of the t-test with clustered errors, and of the one that decides."""
    shown = [say("p_of", test=say("name_t"), p=say.p(t.p))]
    if t.few is not None:
        shown.append(say("p_of", test=say(f"name_{t.test}"), p=say.p(t.few)))
    return say.list(shown)


def _place(named: Named, position: int, column: Regression, say: Say) -> str:
    place = say(
        "place",
        table=say("table_ref", number=named.number),
        column=say("column_ref", column=position),
    )
    label = column.model.label
    if label is None:
        return place
    return say("place_label", place=place, label=label.in_language(say.language))


def _others(named: Named, result: Result, column: Regression, say: Say) -> list[str]:
    """The same coefficient in the table's other columns, and whether its sign depends on them."""
    wanted = (column.model.outcome, column.model.treatment)
    same = [
        (i, c)
        for i, c in enumerate(result.columns, start=1)
        if (c.model.outcome, c.model.treatment) == wanted
    ]
    if len(same) < 2:
        return []
    shown = [f"({i}) {say.number(c.treatment.value)}" for i, c in same]
    values = [c.treatment.value for _, c in same]
    key = "path_flips" if min(values) < 0 < max(values) else "path"
    return [say(key, table=say("table_ref", number=named.number), columns=say.list(shown))]


def _range(named: Named, columns: list[Regression], say: Say) -> str:
    values = [c.treatment.value for c in columns]
    clear = [i for i, c in enumerate(columns, start=1) if c.treatment.differs]
    text = say(
        "range",
        table=say("table_ref", number=named.number),
        title=named.spec.title.in_language(say.language),
        columns=len(columns),
        low=say.number(min(values)),
        high=say.number(max(values)),
        clear=len(clear),
        size=say.level(SIZE),
    )
    if not min(values) < 0 < max(values):
        return text
    odd = [i for i, v in enumerate(values, start=1) if (v < 0) != (values[0] < 0)]
    return say.sentences([text, say("range_flips", columns=say.list(f"({i})" for i in odd))])


def _listed(named: Named, columns: list[Regression], say: Say) -> str:
    shown = [
        say(
            "listed_clear" if c.treatment.differs else "listed_one",
            column=f"({i})",
            outcome=say.label(c.model.outcome),
            value=say.number(c.treatment.value),
        )
        for i, c in enumerate(columns, start=1)
    ]
    return say(
        "listed",
        table=say("table_ref", number=named.number),
        title=named.spec.title.in_language(say.language),
        treatment=say.labels(dict.fromkeys(c.model.treatment for c in columns)),
        columns=say.clauses(shown),
    )
