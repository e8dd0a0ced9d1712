"""What tests of methods share: a result as the report reads it, its table, its sentences."""

from dataclasses import replace

from pipeline.methods.discover import by_kind
from pipeline.methods.run import estimate
from pipeline.methods.shown import Named
from pipeline.report.say import Say, catalogue
from pipeline.results.result import from_json, to_json

TITLE = {"en": "x", "zh": "x"}


def result_of(study, panel, spec, name="tables/x"):
    """The result of a spec, written as JSON and read again without a loss."""
    text = to_json(estimate(study, panel, name, spec))
    result = from_json(by_kind()[spec.kind].result, text)
    assert to_json(result) == text
    return result


def say_in(study, spec, language="en"):
    """The words of a spec's method in a language."""
    return Say(study, language, catalogue(by_kind()[spec.kind].words))


def table_of(study, result, spec, language="en"):
    """The table of a result; KeyError where a word is missing."""
    say = say_in(study, spec, language)
    return by_kind()[spec.kind].function("table")(result, spec, say)


def words_of(table):
    """The notes of a table that the method itself words, as one text."""
    return " ".join(note for note in table.notes if isinstance(note, str))


def cautions_of(study, result, spec, language="en", number="7"):
    """What the report says of a result among its cautions, as one text."""
    caution = by_kind()[spec.kind].function("summary", "cautions")
    named = Named("x", number, spec, result)
    return " ".join(caution(named, say_in(study, spec, language)))


def only(study, kind):
    """Name and spec of the first table of a kind."""
    return next((n, spec) for n, spec in study.tables.items() if spec.kind == kind)


def with_cells(panel, cells, variable="uri"):
    """The panel with some cells of a variable replaced: (code, year) -> value."""
    frame = panel.frame.copy()
    for key, value in cells.items():
        frame.loc[key, variable] = value
    return replace(panel, frame=frame)
