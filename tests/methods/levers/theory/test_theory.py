"""The theory shows what the mechanism table shows, in the spec's words or the study's."""

import pytest
from matplotlib.patches import FancyArrowPatch

from pipeline.methods.levers.theory.figure import figure
from pipeline.methods.levers.theory.spec import TheoryFigure, TheoryTable
from pipeline.methods.shown import Named, Shown
from pipeline.report.notes import BELOW
from tests.methods.estimated import TITLE, say_in, table_of, words_of

NAME = "tables/22_theory"
SHOWN = ("03_mechanisms", "20_levers", "07_parallel")


def test_effects_are_those_of_the_mechanism_table(study, found):
    theory = found(NAME)
    single = {m.mediator: m.second.effects for m in found("tables/03_mechanisms").mechanisms}
    wanted = study.tables[NAME].elements
    assert {e.key: e.mechanism for e in theory.elements} == wanted
    for element in theory.elements:
        assert element.effects == single[element.mechanism]


def test_dimensions_are_those_of_the_regressions(study, found):
    regressions = found("tables/04_dimensions").columns
    wanted = {c.model.outcome: c.treatment for c in regressions}
    theory = found(NAME)
    assert [p.variable for p in theory.dimensions] == study.tables[NAME].dimensions(study)
    for part in theory.dimensions:
        assert part.total.value == pytest.approx(wanted[part.variable].value, rel=1e-9)
        assert part.total.error == pytest.approx(wanted[part.variable].error, rel=1e-9)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_elements_are_named_by_the_spec_where_it_has_words(study, found, language):
    spec = study.tables[NAME]
    table = table_of(study, found(NAME), spec, language)
    rows = {row.key: row for row in table.rows}
    assert rows["m1"].label == spec.labels["m1"].in_language(language)
    assert rows["m1"].cells[0].text == spec.drivers["m1"].in_language(language)
    assert rows["uri"].label == spec.labels["outcome"].in_language(language)
    assert rows["uri"].rule_above and rows["uri_people"].label == ""
    assert rows["m2"].cells[4].estimate == found(NAME).elements[1].effects.indirect


def test_without_words_elements_are_named_as_what_stands_for_them(study, found):
    spec = study.tables[NAME].model_copy(update={"labels": {}, "drivers": {}})
    table = table_of(study, found(NAME), spec)
    rows = {row.key: row for row in table.rows}
    assert rows["m1"].label == study.label("efficiency", "en") == rows["m1"].cells[0].text
    assert rows["uri"].label == study.label("uri", "en")
    assert table.columns == 6


def test_no_errors_are_printed_and_none_promised(study, found):
    table = table_of(study, found(NAME), study.tables[NAME])
    assert BELOW not in table.notes
    assert "the bootstrap's" not in words_of(table)
    assert words_of(table).startswith("Errors are clustered by province (CRV1, G = 31")


def test_specs_refuse_elements_that_are_no_mechanisms(study):
    def codes(**keys):
        table = TheoryTable.model_validate({"kind": "theory", "title": TITLE, **keys})
        return [f.code for f in table.problems(study, "x.toml", True)]

    assert codes(elements={"m1": "efficiency", "m7": "services"}) == []
    assert codes(elements={"m1": "openness"}) == ["unknown-mechanism"]
    assert codes(elements={"m1": "services", "m2": "services"}) == ["role-twice"]
    words = {"m2": TITLE, "outcome": TITLE}
    assert codes(elements={"m1": "services"}, labels=words) == ["unknown-element"]
    assert codes(elements={"m1": "services"}, drivers=words) == ["unknown-element"]


@pytest.fixture(scope="module")
def shown(study, found):
    named = {
        stem: Named(stem, "1", study.tables[f"tables/{stem}"], found(f"tables/{stem}"))
        for stem in SHOWN
    }
    return Shown(None, named)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_diagram_has_every_arrow_and_every_lever(study, found, shown, language):
    spec = study.figures["figures/15_theory"]
    (axes,) = figure(shown, spec, say_in(study, spec, language)).axes
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    mechanisms = found("tables/03_mechanisms").mechanisms
    total = mechanisms[0].second.effects.total
    estimates = [e for m in mechanisms for e in (m.second.effects.a, m.second.effects.b)]
    solid = [arrow.get_linestyle() in ("-", "solid") for arrow in arrows]
    assert solid == [e.differs for e in (*estimates, total)]
    texts = [text.get_text().split()[0] for text in axes.texts]
    assert {key.upper() for key in study.levers} <= set(texts)


def test_the_diagram_needs_neither_levers_nor_parallel_mechanisms(study, shown):
    spec = TheoryFigure(kind="theory_diagram", title=TITLE, table="03_mechanisms")
    assert list(spec.problems(study, "x.toml", True)) == []
    (axes,) = figure(shown, spec, say_in(study, spec)).axes
    words = " ".join(text.get_text() for text in axes.texts)
    assert "Total" in words and "Direct" not in words and "Boxes" not in words


def test_the_diagram_refuses_other_tables(study):
    def codes(**keys):
        spec = TheoryFigure(kind="theory_diagram", title=TITLE, **keys)
        return [f.code for f in spec.problems(study, "x.toml", True)]

    assert codes(table="02_baseline") == ["figure-table"]
    assert codes(table="03_mechanisms", levers="21_power") == ["figure-table"]
    assert codes(table="03_mechanisms", parallel="03_mechanisms") == ["figure-table"]
