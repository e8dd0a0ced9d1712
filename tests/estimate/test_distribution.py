"""Tables and figures of distribution: the numeric core's numbers on the demo panel, sums, missing cells, refusals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pipeline.estimate.distribution import (
    autocorrelation,
    convergence,
    ellipses,
    inequality,
    transitions,
)
from pipeline.estimate.distribution.cells import grid_of
from pipeline.inference.distribution.convergence import beta, sigma
from pipeline.inference.distribution.dagum import dagum
from pipeline.inference.distribution.ellipse import ellipse
from pipeline.inference.distribution.markov import quantile_classes, spatial_markov
from pipeline.inference.distribution.moran import geary, moran
from pipeline.panel.capitals import CAPITALS
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import BY_CODE, PROVINCES, REGIONS, contiguity
from pipeline.report.layout.distribution import build_inequality, build_markov, build_moran
from pipeline.study.kinds import Convergence, EllipseFigure, Inequality, Markov, Moran, MoranScatter

TEXT = {"en": "x", "zh": "x"}
YEARS = list(range(2011, 2024))


def spec(schema, **keys):
    return schema.model_validate({"title": TEXT, "variable": "uri", **keys})


def with_cells(panel, cells, variable="uri"):
    """The panel with some cells of a variable replaced: (code, year) -> value."""
    frame = panel.frame.copy()
    for key, value in cells.items():
        frame.loc[key, variable] = value
    return replace(panel, frame=frame)


@pytest.fixture(scope="module")
def uri(demo_panel):
    return demo_panel.frame["uri"].to_numpy().reshape(31, 13)


def test_inequality_is_the_core_and_its_parts_add_up(demo, demo_panel, uri):
    result = inequality.estimate(demo, demo_panel, "tables/x", spec(Inequality, kind="inequality"))
    regions = np.array([REGIONS.index(p.region) for p in PROVINCES])
    assert [c.key for c in result.columns] == [*map(str, YEARS), "groups/2011", "groups/2023"]
    for t, column in enumerate(result.columns[:13]):
        v = {k.name: k.estimate for k in column.terms}
        core = dagum(uri[:, t], regions)
        assert v["gini"] == core.gini and v["transvariation"] == core.transvariation
        assert v["gini_within"] + v["gini_between"] + v["transvariation"] == pytest.approx(
            v["gini"]
        )
        assert v["theil_between"] + v["theil_within"] == pytest.approx(v["theil"])
        for parts in (
            ("gini_within", "gini_between", "transvariation"),
            ("theil_between", "theil_within"),
        ):
            assert sum(v[f"share/{k}"] for k in parts) == pytest.approx(1)
        r = uri[:, t] / uri[:, t].mean()
        assert v["theil"] == pytest.approx((r * np.log(r)).mean())
    last = result.columns[-1]
    assert last.term("east/west").estimate == dagum(uri[:, -1], regions).between[0, 2]


def test_merged_groups_and_regions_left_out(demo, demo_panel):
    groups = {"coast": ["east"], "inland": ["central", "west"]}
    labels = {"coast": {"en": "Coast", "zh": "沿海"}, "inland": {"en": "Inland", "zh": "内陆"}}
    s = spec(Inequality, kind="inequality", groups=groups, labels=labels)
    result = inequality.estimate(demo, demo_panel, "tables/x", s)
    assert result.columns[0].statistics["provinces"] == 28
    assert [t.name for t in result.columns[-1].terms] == [
        "coast/coast",
        "coast/inland",
        "inland/inland",
    ]
    table = build_inequality(demo, "tables/x", s, result, "en", "1")
    assert [r.label for r in table.rows[-2:]] == ["Coast", "Inland"] and "North-east" in " ".join(
        table.notes
    )


def test_convergence_is_the_core(demo, demo_panel, uri):
    result = convergence.estimate(
        demo, demo_panel, "tables/x", spec(Convergence, kind="convergence")
    )
    by = {c.key: c for c in result.columns}
    spread = sigma(uri)
    assert by["log_sd"].term("first").estimate == spread.log_sd[0]
    assert by["variation"].term("trend").estimate == spread.trends[1]
    t = by["log_sd"].term("trend")
    assert t.p == pytest.approx(2 * stats.t.sf(abs(t.estimate / t.se), 30))
    controls = np.stack([grid_of(demo_panel, c).values for c in demo.spec.roles.controls], axis=2)
    for key, core in (
        ("absolute", beta(uri, province_effects=False)),
        ("conditional", beta(uri, controls)),
    ):
        assert (by[key].term("b").estimate, by[key].term("b").se) == (core.b, core.error)
        assert by[key].term("speed").estimate == pytest.approx(-np.log1p(core.b))
        assert by[key].term("half_life").estimate == pytest.approx(core.half_life)
        assert by[key].statistics["n"] == 31 * 12
    alone = convergence.estimate(
        demo, demo_panel, "tables/x", spec(Convergence, kind="convergence", controls=[])
    )
    assert (
        alone.columns[-1].term("b").estimate == beta(uri).b
        and not alone.columns[-1].statistics["controls"]
    )


def test_a_province_with_a_gap_is_left_out_of_sigma_and_named(demo, demo_panel, uri):
    panel = with_cells(demo_panel, {(540000, 2015): np.nan})
    result = convergence.estimate(demo, panel, "tables/x", spec(Convergence, kind="convergence"))
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Tibet"]
    assert result.columns[0].term("last").estimate == pytest.approx(sigma(uri[rows]).log_sd[-1])
    assert next(n for n in result.notes if n.code == "convergence").values["dropped"] == [540000]
    assert result.columns[2].statistics["n"] == 31 * 12 - 2


def test_moran_is_the_core_and_small_once_permuted(demo, demo_panel, uri):
    s = spec(Moran, kind="moran", draws=199)
    result = autocorrelation.table(demo, demo_panel, "tables/x", s)
    for t, column in enumerate(result.columns):
        for key, core in (("moran", moran), ("geary", geary)):
            known = core(uri[:, t], contiguity(), demo.spec.seed, f"tables/x/{YEARS[t]}", 199)
            term = column.term(key)
            assert (term.estimate, term.statistic, term.p) == (
                known.value,
                known.z_randomisation,
                known.p_permutation,
            )
    frame = demo_panel.frame.copy()
    frame["uri"] = uri[np.random.default_rng(1).permutation(31)].ravel()
    shuffled = autocorrelation.table(demo, replace(demo_panel, frame=frame), "tables/x", s)
    assert all(abs(c.term("moran").estimate) < 0.25 for c in shuffled.columns)
    assert result.columns[0].term("moran").estimate > 0.3


def test_moran_of_a_year_leaves_the_missing_out_and_says_so(demo, demo_panel, uri):
    panel = with_cells(demo_panel, {(440000, 2011): np.nan})
    s = spec(Moran, kind="moran", draws=99)
    result = autocorrelation.table(demo, panel, "tables/x", s)
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Guangdong"]
    w = contiguity([PROVINCES[i].code for i in rows])
    assert result.columns[0].term("moran").estimate == moran(uri[rows, 0], w, 1, "x", 99).value
    text = " ".join(build_moran(demo, "tables/x", s, result, "en", "1").notes)
    assert (
        "Guangdong 2011" in text and "weights are zero: 2011 Hainan" in text and "n = 30–31" in text
    )
    assert "广东2011年" in " ".join(build_moran(demo, "tables/x", s, result, "zh", "1").notes)


def test_scatter_has_the_slope_of_moran(demo, demo_panel, uri):
    result = autocorrelation.scatter(
        demo, demo_panel, "figures/x", spec(MoranScatter, kind="moran_scatter", years=[2015])
    )
    value, lag = ([t.estimate for t in c.terms] for c in result.columns)
    slope = result.columns[0].statistics["moran"]
    assert slope == pytest.approx(moran(uri[:, 4], contiguity(), 1, "x", 99).value)
    assert slope == pytest.approx(np.polyfit(value, lag, 1)[0])


@pytest.mark.parametrize("relative", [False, True])
def test_markov_is_the_core_and_its_blocks_add_up(demo, demo_panel, uri, relative):
    s = spec(Markov, kind="markov", relative=relative)
    result = transitions.estimate(demo, demo_panel, "tables/x", s)
    by = {c.key: c for c in result.columns}
    values = uri / uri.mean(axis=0) if relative else uri
    core = spatial_markov(
        quantile_classes(values, 4)[0], quantile_classes(contiguity() @ values, 4)[0], 4, 4
    )
    assert by["all"].term("1/2").estimate == core.all.probabilities[0, 1]
    assert by["lag/3"].term("count/2").estimate == core.given[2].counts[1].sum()
    assert by["test"].term("likelihood_ratio").estimate == pytest.approx(core.test.likelihood_ratio)
    assert (
        sum(by[f"lag/{c}"].statistics["moves"] for c in range(1, 5))
        == by["all"].statistics["moves"]
        == 372
    )
    for i in range(1, 5):
        assert sum(by["all"].term(f"{i}/{j}").estimate for j in range(1, 5)) == pytest.approx(1)
    rows = build_markov(demo, "tables/x", s, result, "en", "1").rows
    assert [r.label for r in rows[1:6]] == [
        "Low",
        "Lower middle",
        "Upper middle",
        "High",
        "Ergodic distribution",
    ]


def test_ellipses_are_the_core_and_drop_a_province_from_all_years(demo, demo_panel, uri):
    s = spec(EllipseFigure, kind="ellipse", years=[2011, 2013])
    result = ellipses.estimate(
        demo, with_cells(demo_panel, {(650000, 2012): np.nan}), "figures/x", s
    )
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Xinjiang"]
    at = [CAPITALS[PROVINCES[i].en] for i in rows]
    core = ellipse([c.longitude for c in at], [c.latitude for c in at], uri[rows, 2])
    last = next(c for c in result.columns if c.key == "2013")
    assert (
        last.term("major").estimate == core.major
        and last.term("longitude").estimate == core.longitude
    )
    assert [c.key for c in result.columns] == [
        "2011",
        "2011/outline",
        "2012",
        "2013",
        "2013/outline",
        "provinces",
    ]
    assert sum(t.estimate for t in result.columns[-1].terms) == pytest.approx(1)


def test_unfit_values_are_refused_by_province_and_year(demo, demo_panel):
    negative = with_cells(demo_panel, {(540000, 2013): -0.2, (110000, 2020): 0.0})
    with pytest.raises(Rejected, match=r"Beijing 2020 \(0\), Tibet 2013 \(-0.2\)"):
        convergence.estimate(demo, negative, "tables/x", spec(Convergence, kind="convergence"))
    with pytest.raises(Rejected, match=r"negative in Tibet 2013 \(-0.2\)"):
        inequality.estimate(demo, negative, "tables/x", spec(Inequality, kind="inequality"))
    with pytest.raises(Rejected, match="negative in Tibet 2013"):
        ellipses.estimate(
            demo, negative, "figures/x", spec(EllipseFigure, kind="ellipse", years=[2011, 2013])
        )
    with pytest.raises(Rejected, match="zero or negative in Beijing 2020"):
        transitions.estimate(demo, negative, "tables/x", spec(Markov, kind="markov", relative=True))
    constant = with_cells(demo_panel, {(p.code, 2014): 0.5 for p in PROVINCES})
    with pytest.raises(Rejected, match=r"2014: .*not all the same"):
        autocorrelation.table(demo, constant, "tables/x", spec(Moran, kind="moran", draws=99))
    empty = with_cells(demo_panel, {(c, y): np.nan for c in BY_CODE for y in YEARS[1:]})
    with pytest.raises(Rejected, match="1 years with 4 provinces"):
        transitions.estimate(demo, empty, "tables/x", spec(Markov, kind="markov"))
