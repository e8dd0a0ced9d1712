"""p-values that few clusters do not spoil, over every sign vector by brute force."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline.inference.draws import generator
from pipeline.models import few_clusters
from pipeline.models.effects import effects
from pipeline.models.few_clusters import judged, of_columns, of_rows, p_value
from pipeline.models.prepared import prepare
from pipeline.models.replicates import replicate
from pipeline.models.sample import select
from pipeline.panel.provinces import PROVINCES
from pipeline.results.estimate import SIGNS, Estimate, sign_vectors
from tests.models.small import MODEL, net, regression, small_frame, task_of, wild_p

TWO_WAY = ["province", "year"]


def p_of(task, model, test):
    """The p-value of a model's treatment; None where no unit effects are absorbed."""
    question = of_rows(select(task.panel.frame, model.sample, model.variables, "x"), model)
    return None if question is None else p_value(task, question, test)


def ruled(demo, decides):
    """The study with another test that decides."""
    inference = demo.spec.inference.model_copy(update={"decides": decides})
    return replace(demo, spec=demo.spec.model_copy(update={"inference": inference}))


@pytest.mark.parametrize("absorbed", [TWO_WAY, ["province"]])
@pytest.mark.parametrize("controls", [["c"], ["c", "m"], []])
def test_both_bootstraps_of_the_treatment(demo, absorbed, controls):
    frame = small_frame()
    task = task_of(demo, frame)
    model = replace(MODEL, effects=absorbed, controls=controls)
    time = "year" in absorbed
    assert p_of(task, model, "wcr11") == wild_p(frame, "y", "x", controls, time)
    wanted = wild_p(frame, "y", "x", controls, time, transformed=True)
    assert p_of(task, model, "wcr31") == wanted


def crv3_p(frame, controls, time):
    """The jackknife's p: slopes on the panel without each unit in turn."""

    def slope(part):
        y, x = net(part, ["y", "x"], controls, time).T
        return x @ y / (x @ x)

    units = frame.index.get_level_values("province").unique()
    gaps = np.array([slope(frame.drop(index=u)) for u in units]) - slope(frame)
    error = np.sqrt((len(units) - 1) / len(units) * (gaps**2).sum())
    return 2 * stats.t.cdf(-abs(slope(frame)) / error, len(units) - 1)


@pytest.mark.parametrize("absorbed", [TWO_WAY, ["province"]])
@pytest.mark.parametrize("controls", [["c"], ["c", "m"], []])
def test_the_jackknife_of_the_treatment(demo, absorbed, controls):
    frame = small_frame()
    model = replace(MODEL, effects=absorbed, controls=controls)
    found = p_of(task_of(demo, frame), model, "crv3")
    assert found == pytest.approx(crv3_p(frame, controls, "year" in absorbed), rel=1e-8)


def test_the_jackknife_of_a_unit_that_cannot_be_left_out(demo):
    """One unit alone carries the treatment: without it there is no coefficient, and no p-value."""
    frame = small_frame()
    alone = frame.index.get_level_values("province") == frame.index[0][0]
    task = task_of(demo, frame.assign(x=frame["x"].where(alone, 0.0)))
    assert p_of(task, MODEL, "crv3") is None


@pytest.mark.parametrize("absorbed", [[], ["year"]])
def test_models_without_unit_effects_have_none(demo, absorbed):
    task = task_of(demo, small_frame())
    assert p_of(task, replace(MODEL, effects=absorbed), "wcr11") is None


def test_how_many_weight_vectors_a_test_uses():
    """All sign vectors up to 16 clusters (65,536)."""
    assert (SIGNS, sign_vectors(8), sign_vectors(16)) == (99_999, 256, 65_536)
    assert sign_vectors(17) == 99_999


@pytest.mark.parametrize("decides", ["wcr11", "wcr31", "crv3", "cr2"])
def test_an_estimate_gets_the_p_that_decides(demo, decides):
    frame = small_frame()
    task = task_of(ruled(demo, decides), frame)
    question = of_columns(prepare(task, MODEL, ["m"]), "y", "m", ["x", "c"])
    found = judged(task, question, Estimate(0.5, 0.1, p=0.01))
    assert (found.value, found.error, found.p, found.test) == (0.5, 0.1, 0.01, decides)
    wanted = {
        "wcr11": lambda: wild_p(frame, "y", "m", ["x", "c"]),
        "wcr31": lambda: wild_p(frame, "y", "m", ["x", "c"], transformed=True),
        "crv3": lambda: p_value(task, question, "crv3"),
        "cr2": lambda: few_clusters.cr2(question, 0.95).p,
    }
    assert found.few == wanted[decides]()


def test_by_t_nothing_is_added(demo):
    task = task_of(ruled(demo, "t"), small_frame())
    question = of_columns(prepare(task, MODEL, ["m"]), "y", "m", ["x", "c"])
    assert judged(task, question, Estimate(0.5, 0.1, p=0.01)) == Estimate(0.5, 0.1, p=0.01)


def panel_of(units, years=6, seed=3):
    """A balanced panel of independent noise; x is y's own in the first unit alone."""
    rng = np.random.default_rng(seed)
    codes = [p.code for p in PROVINCES[:units]]
    index = pd.MultiIndex.from_product([codes, range(2011, 2011 + years)])
    index.names = ["province", "year"]
    return pd.DataFrame(rng.normal(size=(len(index), 4)), index, ["y", "x", "c", "m"])


def test_permuted_paths_are_whole_paths_of_other_units(demo):
    """Against refits with the treatment's paths handed to other units, in the same orders."""
    frame, units = panel_of(8), 8
    task = task_of(demo, frame)
    found = p_of(task, MODEL, "paths")
    rng = generator(task.seed, "wild/permutation")
    orders = np.argsort(rng.random((9_999, units)), axis=1)

    def slope(x):
        y, own = net(frame.assign(x=x), ["y", "x"], ["c"], True).T
        return own @ y / (own @ own)

    paths = frame["x"].to_numpy().reshape(units, -1)
    here = abs(slope(frame["x"]))
    some = [abs(slope(paths[order].ravel())) for order in orders[:200]]
    share = np.mean(np.array(some) >= here)
    assert found == pytest.approx(share, abs=4 * np.sqrt(0.25 / 200))
    fitted = few_clusters.regression(task, MODEL).treatment
    assert (fitted.few, fitted.test) == (found, "paths")


@pytest.mark.parametrize(
    ("change", "test"),
    [
        (lambda f: f, "paths"),
        (lambda f: f.iloc[1:], "paths"),
        (lambda f: f.drop(index=[f.index[0], f.index[-1]]), "wcr31"),
        (lambda f: f.loc[: PROVINCES[5].code], "wcr31"),
    ],
    ids=["complete", "seven complete units", "six complete units", "six units"],
)
def test_where_paths_cannot_be_exchanged_wcr31_decides(demo, change, test):
    frame = change(panel_of(8).sort_index())
    assert few_clusters.regression(task_of(demo, frame), MODEL).treatment.test == test


def test_products_have_no_paths_that_could_be_exchanged(demo):
    task = task_of(demo, panel_of(8))
    prepared = prepare(task, MODEL, ["m"])
    question = of_columns(prepared, "y", "m", ["x", "c"], paths=False)
    assert judged(task, question, Estimate(0.5, 0.1, p=0.01)).test == "wcr31"


def test_the_effects_of_a_mechanism(demo):
    """M on X; Y on M and X; Y on X: coefficients and errors by dummies, p by brute force."""
    frame = small_frame()
    frame["other"] = frame["z"] - frame["x"]
    prepared = prepare(task_of(ruled(demo, "wcr11"), frame), MODEL, ["other", "m"])
    replicates = replicate(prepared)
    found = effects(prepared, replicates, 1)
    models = {
        "a": ("m", ["x", "c"], 0),
        "total": ("y", ["x", "c"], 0),
        "b": ("y", ["m", "x", "c"], 0),
        "direct": ("y", ["m", "x", "c"], 1),
    }
    for name, (outcome, names, place) in models.items():
        one = getattr(found, name)
        beta, errors = regression(frame, outcome, names)
        assert (one.value, one.error) == pytest.approx((beta[place], errors[place]), rel=1e-9)
        others = [n for i, n in enumerate(names) if i != place]
        assert one.few == wild_p(frame, outcome, names[place], others), name
        assert one.test == "wcr11"
    assert found.indirect.value == pytest.approx(found.a.value * found.b.value)
    assert found.total.value == pytest.approx(found.direct.value + found.indirect.value)
    draws = replicates.draws.a[1] * replicates.draws.b[1]
    assert found.indirect.error == pytest.approx(draws.std(ddof=1))
    a, b = ([], [])
    for unit in frame.index.get_level_values("province").unique():
        left = frame.drop(index=unit)
        a.append(regression(left, "m", ["x", "c"])[0][0])
        b.append(regression(left, "y", ["m", "x", "c"])[0][0])
    share = 7 / 8
    v_a, v_b = (
        share * ((np.array(one) - own) ** 2).sum()
        for one, own in ((a, found.a.value), (b, found.b.value))
    )
    t = stats.t.ppf(0.975, 7)
    turn = np.linspace(0, 2 * np.pi, 100_001)
    products = (found.a.value + t * np.sqrt(v_a) * np.cos(turn)) * (
        found.b.value + t * np.sqrt(v_b) * np.sin(turn)
    )
    assert found.indirect.interval.kind == "ellipse"
    assert (found.indirect.low, found.indirect.high) == pytest.approx(
        (products.min(), products.max()), rel=1e-6
    )
    assert found.share_set.shape in ("interval", "complement", "line")


def test_who_carries_the_treatment(demo):
    """Shares of the squared residuals of the treatment on everything else, by dummies."""
    frame = small_frame()
    found = few_clusters.regression(task_of(demo, frame), MODEL)
    (left,) = net(frame, ["x"], ["c"]).T
    squares = pd.Series(left**2, frame.index).groupby(level="province").sum()
    shares = squares / squares.sum()
    assert found.leverage.unit == shares.idxmax()
    assert found.leverage.share == pytest.approx(shares.max())
    assert found.leverage.effective == pytest.approx(1 / (shares**2).sum())
    assert 1 < found.leverage.df < 7
    assert (
        few_clusters.regression(task_of(demo, frame), replace(MODEL, effects=[])).leverage is None
    )


def test_controls_are_judged_by_cr2(demo):
    frame = small_frame()
    task = task_of(demo, frame)
    control = few_clusters.regression(task, MODEL).coefficients["c"]
    question = of_columns(prepare(task, MODEL), "y", "c", ["x"])
    assert (control.few, control.test) == (few_clusters.cr2(question, 0.95).p, "cr2")
    by_t = few_clusters.regression(task_of(ruled(demo, "t"), frame), MODEL)
    assert all(e.few is None for e in by_t.coefficients.values())
