"""The stage by hand: four provinces, four years, every kind of variable and every refusal."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.construct.filling import fill_gaps
from pipeline.construct.run import construct, construct_imputed, read_values, run
from pipeline.panel.finding import Rejected, Where
from pipeline.panel.panel import read_panel
from pipeline.panel.provinces import PROVINCES
from pipeline.study.schema import Derived, Fill, IndexSpec, Lever

TEXT = {"en": "t", "zh": "t"}
KEPT = ["Beijing", "Tianjin", "Hebei", "Shanxi"]
YEARS = [2011, 2012, 2013, 2014]


def derived(formula):
    return Derived.model_validate({"label": TEXT, "formula": formula})


def index(*names):
    dimensions = {"d": {"label": TEXT, "indicators": dict.fromkeys(names, "+")}}
    return IndexSpec.model_validate({"label": TEXT, "weights": "equal", "dimensions": dimensions})


def lever(variable, timing):
    return Lever.model_validate({"label": TEXT, "variable": variable, "timing": timing})


def fill(variable, method="linear", **keys):
    return Fill(variable=variable, method=method, reason="a test", **keys)


@pytest.fixture
def study(demo):
    """gdp, pop and trade as raw variables; one derived, one index of it, no lever, no fill."""
    without = [p.en for p in PROVINCES if p.en not in KEPT]
    changes = {"years": [2011, 2014], "base_year": 2012, "provinces_without": without, "seed": 3}
    return replace(
        demo,
        spec=demo.spec.model_copy(update=changes),
        codebook={name: demo.codebook[name] for name in ("gdp", "pop", "trade")},
        derived={"per_head": derived("gdp / pop")},
        indices={"i": index("per_head", "trade")},
        levers={},
        fills=[],
    )


@pytest.fixture
def raw():
    rng = np.random.default_rng(4)
    return {name: rng.uniform(1, 2, (4, 4)) for name in ("gdp", "pop", "trade")}


def scaled(x):
    return (x - x.min()) / (x.max() - x.min())


def test_derived_variables_come_before_the_index_made_of_them(study, raw):
    study = replace(
        study,
        derived={"twice": derived("2 * per_head + i"), "per_head": derived("gdp / pop")},
    )
    panel = construct(study, raw)
    codes = [110000, 120000, 130000, 140000]
    assert list(panel.frame.index) == [(c, y) for c in codes for y in YEARS]
    assert panel.frame.index.names == ["province", "year"]
    ratio = raw["gdp"] / raw["pop"]
    np.testing.assert_allclose(panel.frame["per_head"], ratio.ravel(), rtol=1e-14)
    score = (scaled(ratio) + scaled(raw["trade"])) / 2
    np.testing.assert_allclose(panel.frame["i"], score.ravel(), rtol=1e-12)
    np.testing.assert_allclose(panel.frame["twice"], (2 * ratio + score).ravel(), rtol=1e-12)
    assert panel.weights == {"i": {"equal": {"per_head": 0.5, "trade": 0.5}}}
    assert set(panel.notes) == {"entropies"} and panel.filled == {}
    assert panel.notes["entropies"]["i"].keys() == {"per_head", "trade"}
    assert all(0.5 < e < 1 for e in panel.notes["entropies"]["i"].values())


def test_levers_are_of_the_base_year_of_the_year_before_or_of_the_year(study, raw):
    levers = {
        "c1": lever("trade", "base_year"),
        "p1": lever("per_head", "lag"),
        "p2": lever("trade", "current"),
    }
    frame = construct(replace(study, levers=levers), raw).frame
    trade, ratio = raw["trade"], raw["gdp"] / raw["pop"]
    wide = {name: frame[name].to_numpy().reshape(4, 4) for name in levers}
    np.testing.assert_array_equal(wide["c1"], trade[:, [1, 1, 1, 1]])
    np.testing.assert_array_equal(wide["p2"], trade)
    assert np.isnan(wide["p1"][:, 0]).all()
    np.testing.assert_allclose(wide["p1"][:, 1:], ratio[:, :3], rtol=1e-14)


def test_filled_cells_enter_what_is_made_of_them_and_are_listed(study, raw):
    raw["gdp"][2] = [1.0, np.nan, 2.0, 2.5]
    raw["trade"][0, 3] = np.nan
    panel = construct(replace(study, fills=[fill("gdp"), fill("trade")]), raw)
    assert panel.filled == {"gdp": [[130000, 2012]]} and "imputations" not in panel.notes
    assert panel.frame.loc[(130000, 2012), "gdp"] == 1.5
    assert panel.frame.loc[(130000, 2012), "per_head"] == 1.5 / raw["pop"][2, 1]
    assert np.isnan(panel.frame.loc[(110000, 2014), "i"])
    assert np.isnan(raw["gdp"][2, 1]), "the observed grid stays"


def long_study(study, fills):
    """The study over ten years, so that a gap can be imputed."""
    spec = study.spec.model_copy(update={"years": [2011, 2020]})
    return replace(study, spec=spec, fills=fills)


@pytest.fixture
def long_raw():
    rng = np.random.default_rng(5)
    walk = np.cumsum(0.05 + 0.05 * rng.standard_normal((3, 4, 10)), axis=2)
    grids = dict(zip(("gdp", "pop", "trade"), np.exp(walk), strict=True))
    grids["gdp"][1, 4] = grids["trade"][3, 6] = np.nan
    return grids


def test_every_panel_of_an_imputation_holds_one_draw_of_each_variable(study, long_raw):
    """As many panels as the largest fill asks for; a straight line is the same in all of them."""
    fills = [
        fill("gdp", "multiple", imputations=3),
        fill("trade", "multiple", imputations=5),
        fill("pop", "multiple", imputations=9),
    ]
    own = long_study(study, fills)
    assert len(construct_imputed(own, long_raw)) == 5, "pop has nothing to fill"
    mixed = long_study(study, [fill("gdp", "multiple", imputations=3), fill("trade")])
    panels = construct_imputed(mixed, long_raw)
    assert len(panels) == 3 and all(p.notes["imputations"] == 3 for p in panels)
    cells = {"gdp": [[120000, 2015]], "trade": [[140000, 2017]]}
    assert all(p.filled == cells for p in panels)
    gdp = [p.frame.loc[(120000, 2015), "gdp"] for p in panels]
    trade = {p.frame.loc[(140000, 2017), "trade"] for p in panels}
    assert len(set(gdp)) == 3
    assert trade == {(long_raw["trade"][3, 5] + long_raw["trade"][3, 7]) / 2}
    whole = construct(mixed, long_raw)
    assert whole.frame.loc[(120000, 2015), "gdp"] == pytest.approx(np.mean(gdp), rel=1e-14)
    assert whole.notes["imputations"] == 3
    again = construct_imputed(mixed, long_raw)
    assert [p.frame.loc[(120000, 2015), "gdp"] for p in again] == gdp
    assert construct_imputed(long_study(study, [fill("gdp")]), long_raw) == []


def test_cells_in_which_a_formula_has_no_value_are_all_told(study, raw):
    raw["pop"][1, 2] = 0.0
    raw["gdp"][3, 0] = raw["gdp"][3, 1] = -1.5
    study = replace(
        study,
        derived={
            "per_head": derived("gdp / pop"),
            "logged": derived("log(gdp)"),
            "after": derived("per_head + 1"),
        },
    )
    with pytest.raises(Rejected) as refused:
        construct(study, raw)
    found = {(f.where.variable, f.where.province, f.where.year): f for f in refused.value.findings}
    assert set(found) == {
        ("per_head", "Tianjin", 2013),
        ("logged", "Shanxi", 2011),
        ("logged", "Shanxi", 2012),
    }
    one = found["per_head", "Tianjin", 2013]
    assert (one.code, one.severity, one.expected) == ("undefined", "error", "a number")
    assert one.found == f"`gdp / pop` has no value with gdp = {raw['gdp'][1, 2]:g}, pop = 0"
    assert one.remedy == "correct the cell in the source, or the formula in variables.toml"


def test_a_function_without_an_answer_is_told_and_what_hangs_on_it_is_left(study, raw):
    """Two inputs that are one determine no frontier; the other formulas are tried all the same."""
    study = replace(
        study,
        derived={
            "cd": derived("frontier(gdp, [trade, trade])"),
            "per_head": derived("cd + gdp / pop"),
            "bad": derived("log(0 - gdp)"),
        },
    )
    with pytest.raises(Rejected) as refused:
        construct(study, raw)
    first = [f for f in refused.value.findings if f.code == "no-estimate"]
    assert [f.where for f in first] == [Where(key="variables.cd", variable="cd")]
    assert (first[0].severity, first[0].expected, first[0].remedy) == (
        "error",
        "data that the function can work with",
        "use another function or other inputs",
    )
    others = [f for f in refused.value.findings if f.code != "no-estimate"]
    assert {f.where.variable for f in others} == {"bad"} and len(others) == 16


def with_files(study, folder, cells):
    study = replace(study, paths=replace(study.paths, build=folder))
    rows = [(c, y, v, value) for (c, y, v), value in cells.items()]
    columns = ["province", "year", "variable", "value"]
    pd.DataFrame(rows, columns=columns).to_parquet(study.paths.values, index=False)
    return study


def test_values_are_read_as_grids_of_the_studys_units_and_years(study, tmp_path):
    """A province outside the study is left out; what no file has is missing."""
    cells = {
        (120000, 2012, "gdp"): 5.0,
        (110000, 2014, "gdp"): 7.0,
        (650000, 2012, "gdp"): 9.0,
        (140000, 2011, "pop"): 2.0,
    }
    grids = read_values(with_files(study, tmp_path, cells))
    assert list(grids) == ["gdp", "pop", "trade"]
    wanted = np.full((4, 4), np.nan)
    wanted[1, 1], wanted[0, 3] = 5, 7
    np.testing.assert_array_equal(grids["gdp"], wanted)
    assert grids["pop"][3, 0] == 2 and np.isnan(grids["trade"]).all()
    assert grids["trade"].shape == (4, 4)


def all_cells(raw, years):
    codes = [110000, 120000, 130000, 140000]
    return {
        (c, y, v): grid[i, t]
        for v, grid in raw.items()
        for i, c in enumerate(codes)
        for t, y in enumerate(years)
    }


def test_the_stage_writes_the_panel_its_draws_and_the_panel_without_filling(
    study, long_raw, tmp_path, capsys
):
    fills = [fill("gdp", "multiple", imputations=2), fill("trade")]
    own = with_files(long_study(study, fills), tmp_path, all_cells(long_raw, range(2011, 2021)))
    run(own)
    assert capsys.readouterr().out == (
        "construct: 6 variables, 40 province-years, 2 filled cells\n"
    )
    panel = read_panel(own.paths.panel, own.paths.panel_metadata)
    pd.testing.assert_frame_equal(panel.frame, construct(own, long_raw).frame)
    assert panel.filled == {"gdp": [[120000, 2015]], "trade": [[140000, 2017]]}
    draws = construct_imputed(own, long_raw)
    paths = own.paths.imputed_panels()
    assert paths == [own.paths.imputed(0), own.paths.imputed(1)]
    for path, draw in zip(paths, draws, strict=True):
        written = pd.read_parquet(path).set_index(["province", "year"])
        pd.testing.assert_frame_equal(written, draw.frame)
    bare = pd.read_parquet(own.paths.unfilled).set_index(["province", "year"])
    assert np.isnan(bare.loc[(120000, 2015), "gdp"]) and bare["gdp"].notna().sum() == 39
    plain = replace(own, fills=[])
    run(plain)
    assert plain.paths.imputed_panels() == [] and not plain.paths.unfilled.exists()
    assert json.loads(plain.paths.panel_metadata.read_text())["filled"] == {}
    assert capsys.readouterr().out.endswith("0 filled cells\n")


def test_draws_know_the_roles_that_are_not_made_from_what_is_filled(study, long_raw, monkeypatch):
    """Filled gdp: of outcome gdp, treatment trade and control pop, the latter two are known."""
    given = {}

    def watched(x, fill, rng, known=None):
        given[fill.variable] = known
        return fill_gaps(x, fill, rng, known)

    monkeypatch.setattr("pipeline.construct.run.fill_gaps", watched)
    roles = {"outcome": "gdp", "treatment": "trade", "mediators": [], "controls": ["pop"]}
    own = long_study(study, [fill("gdp", "multiple"), fill("trade")])
    spec = own.spec.model_copy(update={"roles": own.spec.roles.model_copy(update=roles)})
    construct(replace(own, spec=spec), long_raw)
    np.testing.assert_array_equal(given["gdp"], [long_raw["trade"], long_raw["pop"]])
    assert len(given["trade"]) == 2
