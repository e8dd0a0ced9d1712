"""The specification curve: every combination, one of them by hand, what the figure says."""

from dataclasses import fields, replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pipeline.inference.moments import codes
from pipeline.inference.within import within_fit
from pipeline.methods.mechanisms.specification_curve.figure import figure
from pipeline.methods.shown import Shown
from tests.methods.estimated import say_in

NAME = "figures/07_curve"


@pytest.fixture(scope="module")
def result(found):
    return found(NAME)


def test_it_holds_every_combination_sorted(result, demo):
    spec = demo.figures[NAME]
    parts = (spec.outcomes, spec.treatments, spec.samples, spec.effects)
    count = int(np.prod([len(part) for part in parts])) * 2 ** len(spec.controls)
    models = result.specifications
    values = [m.estimate.value for m in models]
    assert len(models) == count
    assert values == sorted(values)
    choices = {(m.outcome, m.treatment, m.sample, m.effects, *m.controls) for m in models}
    assert len(choices) == count
    assert result.median == np.median(values)
    assert 0 < result.joint.p_median <= 1


def test_one_model_is_the_regression(result, demo, demo_panel):
    spec, names = demo.figures[NAME], ["nqp", "openness", "finance"]
    every = [*spec.outcomes, *spec.treatments, *spec.controls]
    rows = demo_panel.frame[every].dropna()
    province, year = (codes(rows.index.get_level_values(k)) for k in ("province", "year"))
    fit = within_fit(rows["uri"].to_numpy(), rows[names].to_numpy(), province, year, province)
    ratio = rows["nqp"].std() / rows["uri"].std()
    wanted = ("uri", "nqp", "all", "two-way", "openness", "finance")
    (model,) = (
        m
        for m in result.specifications
        if (m.outcome, m.treatment, m.sample, m.effects, *m.controls) == wanted
    )
    assert model.estimate.value == pytest.approx(fit.beta[0] * ratio, rel=1e-9)
    error = np.sqrt(fit.covariance[0, 0]) * ratio
    assert model.estimate.error == pytest.approx(error, rel=1e-9)


def painted(study, result, language):
    """The figure laid out, and its canvas."""
    spec = study.figures[NAME]
    picture = figure(Shown(result, {}), spec, say_in(study, spec, language))
    canvas = FigureCanvasAgg(picture)
    canvas.draw()
    return picture, canvas


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_joint_test_stands_in_the_figure_whole(demo, result, language):
    """Also where every label is long and the axes are narrow, and numbers have many digits."""
    long = {
        "en": "A control whose label is rather long, in percent",
        "zh": "名称颇长的控制变量" * 3,
    }

    class Long(type(demo)):
        def label(self, variable, language):
            return f"{long[language]} {variable}"

    wordy = Long(**{f.name: getattr(demo, f.name) for f in fields(demo)})
    for study in (demo, wordy):
        picture, canvas = painted(study, result, language)
        title = picture._suptitle
        assert say_in(demo, demo.figures[NAME]).p(result.joint.p_median) in title.get_text()
        assert f"{result.differing}/{len(result.specifications)}" in title.get_text()
        box = title.get_window_extent(canvas.get_renderer())
        assert picture.bbox.x0 <= box.x0 < box.x1 <= picture.bbox.x1
        assert picture.bbox.y0 <= box.y0 < box.y1 <= picture.bbox.y1
        top = picture.axes[0].get_tightbbox(canvas.get_renderer())
        assert box.y0 >= top.y1 - 1


def test_colours_follow_the_test_of_each_model(demo, result):
    weak = [
        replace(m, estimate=replace(m.estimate, p=0.5 if i % 2 else m.estimate.p))
        for i, m in enumerate(result.specifications)
    ]
    changed = replace(result, specifications=weak)
    picture, _ = painted(demo, changed, "en")
    clear, unclear = (line for line in picture.axes[0].lines if line.get_marker() == ".")
    assert len(clear.get_xdata()) == changed.differing
    assert len(unclear.get_xdata()) == len(weak) - changed.differing


def test_marks_stand_under_the_models_that_make_the_choice(demo, result):
    picture, _ = painted(demo, result, "en")
    marks = picture.axes[1]
    names = [label.get_text() for label in marks.get_yticklabels()]
    lines = [line for line in marks.lines if line.get_marker() == "|"]
    at = names.index(demo.label("finance", "en"))
    wanted = [i for i, m in enumerate(result.specifications) if "finance" in m.controls]
    assert list(lines[at].get_xdata()) == wanted
