"""Mediation: numbers against linearmodels, identities, the two designs, what is said of them."""

import numpy as np
import pytest
from linearmodels.panel import PanelOLS
from scipy import stats

from pipeline.methods.mechanisms.mediation.spec import MediationTable, PathFigure
from pipeline.methods.shown import Named, Shown
from pipeline.report.pictures.drawn import drawn
from pipeline.report.table import Panel
from pipeline.results.estimate import SIZE
from tests.methods.estimated import TITLE, result_of, say_in, table_of, words_of

THREE = "tables/03_mechanisms"


def spec(**keys):
    return MediationTable.model_validate({"kind": "mediation", "title": TITLE, **keys})


def figure_of(study, result, language="en"):
    from pipeline.methods.mechanisms.mediation.figure import figure

    own = PathFigure.model_validate({"kind": "path", "title": TITLE, "table": "x"})
    shown = Shown(None, {"x": Named("x", "3", spec(), result)})
    return drawn(figure(shown, own, say_in(study, own, language)))


def sentences(study, result, own, language="en"):
    from pipeline.methods.mechanisms.mediation.summary import summary

    return summary(Named("x", "3", own, result), say_in(study, own, language))


@pytest.fixture(scope="module")
def result(found):
    return found(THREE)


def test_paths_equal_linearmodels(demo, demo_panel, result):
    frame, controls = demo_panel.frame, demo.spec.roles.controls

    def fitted(outcome, names):
        x = frame[names + controls]
        return PanelOLS(frame[outcome], x, entity_effects=True, time_effects=True).fit().params

    for m in result.mechanisms:
        own = m.second.effects
        assert own.a.value == pytest.approx(fitted(m.mediator, ["nqp"])["nqp"], rel=1e-9)
        assert own.total.value == pytest.approx(fitted("uri", ["nqp"])["nqp"], rel=1e-9)
        both = fitted("uri", [m.mediator, "nqp"])
        assert own.b.value == pytest.approx(both[m.mediator], rel=1e-9)
        assert own.direct.value == pytest.approx(both["nqp"], rel=1e-9)


def test_the_decomposition_is_exact(result):
    assert result.rows.observations == 403
    for m in result.mechanisms:
        own = m.second.effects
        assert m.a == own.a
        assert own.direct.value + own.indirect.value == pytest.approx(own.total.value, rel=1e-12)
        assert own.indirect.low < own.indirect.value < own.indirect.high
        assert own.share == own.indirect.value / own.total.value


def test_readings_follow_the_deciding_tests_of_a_and_b_and_the_ellipse(result):
    """One mechanism suppresses, as simulation.toml declares; one transmits. The ellipse of the
    first holds a zero although permuted paths reject; of the last b does not differ from zero."""
    assert {m.mediator: m.second.effects.reading for m in result.mechanisms} == {
        "efficiency": "none",
        "upgrading": "suppression",
        "information": "transmission",
        "services": "none",
    }
    efficiency = result.mechanisms[0].second.effects
    assert efficiency.joint_p < SIZE and efficiency.indirect.interval.holds(0.0)
    assert efficiency.b.decides == efficiency.b.few
    assert not result.mechanisms[3].second.effects.b.differs


def test_sobels_p_is_that_of_the_delta_method(result):
    for m in result.mechanisms:
        a, b = m.second.effects.a, m.second.effects.b
        error = np.hypot(a.value * b.error, b.value * a.error)
        z = abs(a.value * b.value) / error
        assert m.second.sobel_p == pytest.approx(2 * stats.norm.sf(z), rel=1e-12)


def test_a_mechanism_that_one_province_moves_has_no_interval(demo, demo_panel, replaced):
    """A draw in three is without it."""
    frame = demo_panel.frame
    here = frame.index.get_level_values("province") == 110000
    lonely = replaced(services=np.where(here, frame["services"], 1.0))
    own = spec(design="three-step", mediators=["services"], intervals=["percentile", "bca"])
    result = result_of(demo, lonely, own)
    second = result.mechanisms[0].second
    assert [(i.low, i.high) for i in second.intervals] == [(None, None)] * 2
    assert result.draws.withheld == "dropped-draws" and second.effects.reading == "withheld"
    assert "More than 5% of the draws" in words_of(table_of(demo, result, own))


@pytest.mark.parametrize("count", [3, 5])
def test_three_to_five_provinces_have_no_interval_and_no_reading(demo, demo_panel, count):
    """Most draws of three units hold two distinct ones, whose clustered errors vanish."""
    provinces = ["Beijing", "Hebei", "Sichuan", "Fujian", "Hubei"][:count]
    own = spec(
        design="three-step",
        mediators=["services"],
        model={"controls": [], "sample": {"provinces": provinces}},
        intervals=["percentile", "studentised"],
    )
    result = result_of(demo, demo_panel, own)
    second = result.mechanisms[0].second
    assert [(i.low, i.high) for i in second.intervals] == [(None, None)] * 2
    assert result.draws.withheld == "few-clusters" and second.effects.reading == "withheld"
    for language, said in {"en": "Fewer than", "zh": "省份少于"}.items():
        assert said in words_of(table_of(demo, result, own, language))


def test_a_model_has_one_interval_and_one_p_wherever_it_stands(demo, demo_panel):
    own = spec(design="three-step", mediators=["services"])
    one, other = (result_of(demo, demo_panel, own, n).mechanisms for n in ("tables/x", "tables/y"))
    assert one == other


def test_two_steps_are_the_first_and_the_cited_evidence(demo, demo_panel, result):
    cited = {"services": {"en": "A study (2020)", "zh": "某研究（2020）"}}
    own = spec(evidence=cited)
    first = result_of(demo, demo_panel, own)
    assert own.design == "two-step"
    assert [m.a for m in first.mechanisms] == [m.a for m in result.mechanisms]
    assert first.draws is None
    assert all(m.second is None for m in first.mechanisms)
    for language, study in (("en", "A study (2020)"), ("zh", "某研究（2020）")):
        table = table_of(demo, first, own, language)
        assert sum(isinstance(row, Panel) for row in table.rows) == 1
        assert not any("a × b" in row.label for row in table.rows)
        text = words_of(table)
        assert study in text
        assert "a × b" not in text
        told = sentences(demo, first, own, language)
        assert len(told) == 4
        assert not any("a × b" in sentence for sentence in told)
        (panel,) = figure_of(demo, first, language).panels
        assert not any(w.text.startswith("b = ") for w in panel.words)
        assert sum(shape.kind == "arrow" for shape in panel.shapes) == 4
        key = panel.words[-1].text
        assert ("Dotted: not estimated" in key) == (language == "en")


def test_one_mechanism_with_roles_of_its_own_says_its_labels_everywhere(demo, demo_panel):
    own = spec(
        design="three-step",
        mediators=["services"],
        model={"outcome": "uri_people", "treatment": "nqp_digital"},
    )
    result = result_of(demo, demo_panel, own)
    labels = {v: demo.label(v, "en") for v in ("nqp_digital", "uri_people", "nqp", "uri")}
    table = table_of(demo, result, own)
    said = [
        *(row.label for row in table.rows),
        words_of(table),
        *(w.text.replace("\n", " ") for w in figure_of(demo, result).panels[0].words),
    ]
    text = " ".join(said)
    assert labels["nqp_digital"] in text
    assert labels["uri_people"] in text
    assert labels["nqp"] not in text
    assert labels["uri"] not in text
    assert "shares do not add up" not in text
    (sentence,) = sentences(demo, result, own)
    assert sentence.startswith(demo.label("services", "en"))
    assert "Table 3, column (1)" in sentence
    for language in ("en", "zh"):
        assert table_of(demo, result, own, language).columns == 1


def test_the_table_says_what_the_result_holds(demo, result):
    own = demo.tables[THREE]
    for language in ("en", "zh"):
        table = table_of(demo, result, own, language)
        rows = {row.key: row for row in table.rows if not isinstance(row, Panel)}
        assert table.columns == 4
        for k, m in enumerate(result.mechanisms):
            effects = m.second.effects
            assert rows["b"].cells[k].estimate == effects.b
            assert rows["b/decides"].cells[k].value == effects.b.few
            assert rows["joint/decides"].cells[k].value == effects.joint_p
            assert rows["share"].cells[k].value == effects.share
            assert rows["interval/bca"].cells[k].low == m.second.intervals[1].low
            assert rows["detectable"].cells[k].value == m.second.detectable
    readings = [c.text for c in rows["reading"].cells]
    assert readings == ["无充分证据", "遮掩", "传导", "无充分证据"]


def test_arrows_are_solid_where_the_deciding_test_says_so(demo, result):
    (panel,) = figure_of(demo, result).panels
    arrows = [shape for shape in panel.shapes if shape.kind == "arrow"]
    wanted = [e for m in result.mechanisms for e in (m.second.effects.a, m.second.effects.b)]
    assert [arrow.dashed for arrow in arrows] == [not e.differs for e in wanted]
    assert [arrow.dashed for arrow in arrows] == [False] * 7 + [True]
    words = [w.text for w in panel.words]
    assert any(w.startswith("b = 0.108\np < 0.001") for w in words)
    assert any("by permuted paths" in w for w in words)


def test_every_mechanism_has_a_sentence_with_both_tests(demo, result):
    told = sentences(demo, result, demo.tables[THREE])
    for k, (sentence, m) in enumerate(zip(told, result.mechanisms, strict=True), start=1):
        say = say_in(demo, demo.tables[THREE])
        own = m.second.effects
        assert result.rows.observations == 403
        assert sentence.startswith(
            f"{demo.label(m.mediator, 'en')} (Table 3, column ({k}), N = 403)"
        )
        for p in (own.a.few, own.b.few, own.a.p, own.b.p):
            assert say.p(p) in sentence
        assert say.interval(own.indirect.interval) in sentence
        assert ("with probability 80%" in sentence) == (own.reading == "none" and not own.vetoed)
        assert ("holds zero" in sentence) == own.vetoed
    assert len(sentences(demo, result, demo.tables[THREE], "zh")) == 4


def test_figures_of_coefficients_find_the_terms(result):
    points = result.points(["a", "indirect"])
    assert [p.key for p in points[:2]] == ["efficiency", "efficiency"]
    assert points[1].estimate == result.mechanisms[0].second.effects.indirect
