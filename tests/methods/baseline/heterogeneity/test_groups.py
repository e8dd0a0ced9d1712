"""Groups of every kind: what each one is, how their differences are tested, what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from pipeline.methods.baseline.heterogeneity.spec import HeterogeneityTable
from pipeline.methods.run import estimate
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES
from tests.methods.estimated import TITLE, result_of, table_of, words_of

# North of the Qinling and the Huaihe, by whole provinces.
NORTHERN = (
    "Beijing",
    "Tianjin",
    "Hebei",
    "Shanxi",
    "Inner Mongolia",
    "Liaoning",
    "Jilin",
    "Heilongjiang",
    "Shandong",
    "Henan",
    "Shaanxi",
    "Gansu",
    "Qinghai",
    "Ningxia",
    "Xinjiang",
)
WEST_OF_HU = ["Tibet", "Xinjiang", "Qinghai", "Gansu", "Ningxia", "Inner Mongolia"]
GROUPS = {
    "sides": {"a": {"side": "north"}, "b": {"side": "south"}},
    "hu": {"a": {"side": "southeast_of_hu"}, "b": {"provinces": WEST_OF_HU}},
    "periods": {
        "a": {"years": [2011, 2016]},
        "b": {"years": [2017, 2019]},
        "c": {"years": [2020, 2023]},
    },
    "lever": {"a": {"high": ["p1"]}, "b": {"low": ["p1"]}},
}


def spec_of(groups, **keys):
    named = {"kind": "heterogeneity", "title": TITLE, "groups": groups, "draws": 99}
    return HeterogeneityTable.model_validate(
        {**named, "labels": dict.fromkeys(groups, TITLE), **keys}
    )


def is_regression(demo, group, rows):
    """The group's coefficient is that of linearmodels on its rows."""
    names = ["nqp", *demo.spec.roles.controls]
    model = PanelOLS(rows["uri"], rows[names], entity_effects=True, time_effects=True)
    wanted = model.fit().params["nqp"]
    assert group.regression.treatment.value == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("name", GROUPS)
def test_groups_of_every_kind(demo, demo_panel, name):
    result = result_of(demo, demo_panel, spec_of(GROUPS[name]))
    tests, periods = result.equality, name == "periods"
    assert (tests.permutation_p is None) == (tests.wald is None) == periods
    assert tests.p == (tests.bootstrap_p if periods else tests.permutation_p)
    rows = [group.regression.rows for group in result.groups]
    assert sum(r.observations for r in rows) == len(demo_panel.frame)
    a, b, *_ = result.groups
    wanted = b.regression.treatment.value - a.regression.treatment.value
    assert a.difference is None and b.difference.value == pytest.approx(wanted, rel=1e-8)


def test_the_north_is_north_of_qinling_and_huaihe(demo, demo_panel):
    north, _ = result_of(demo, demo_panel, spec_of(GROUPS["sides"])).groups
    codes = [p.code for p in PROVINCES if p.en in NORTHERN]
    is_regression(demo, north, demo_panel.frame.loc[codes])


def test_high_is_above_the_median_of_province_means(demo, demo_panel):
    high, low = result_of(demo, demo_panel, spec_of(GROUPS["lever"])).groups
    assert (high.regression.rows.units, low.regression.rows.units) == (15, 16)
    means = demo_panel.frame["p1"].groupby(level="province").mean()
    is_regression(demo, high, demo_panel.frame.loc[means.index[means > means.median()]])


@pytest.mark.parametrize("variable", ["p1", "c3"])
def test_halves_say_when_their_variable_is_measured(demo, demo_panel, variable):
    spec = spec_of({"a": {"high": [variable]}, "b": {"low": [variable]}})
    result = result_of(demo, demo_panel, spec)
    assert result.halves == [variable]
    fixed = demo.levers[variable].timing == "base_year"
    told = {k: words_of(table_of(demo, result, spec, k)) for k in ("en", "zh")}
    assert ("of the base year 2011" in told["en"], "read with care" in told["en"]) == (
        fixed,
        not fixed,
    )
    assert ("2011年的值" in told["zh"], "宜谨慎解读" in told["zh"]) == (fixed, not fixed)


def refused(demo, panel, a, b, **keys):
    with pytest.raises(Rejected) as raised:
        estimate(demo, panel, "tables/x", spec_of({"a": a, "b": b}, **keys))
    return raised.value.findings


def test_a_group_of_five_provinces_is_too_small(demo, demo_panel):
    five = {"provinces": ["Beijing", "Tianjin", "Hebei", "Shanxi", "Jilin"]}
    (found,) = refused(demo, demo_panel, five, ["west"])
    assert (found.code, found.found) == ("group-too-small", "5 provinces")
    assert found.where.key == "groups.a" and "at least 6 (minimum_provinces)" in found.expected


def test_overlapping_groups_are_named(demo, demo_panel):
    (found,) = refused(demo, demo_panel, {"side": "north"}, ["west"])
    assert (found.code, found.where.key) == ("group-overlap", "groups.b") and "`a`" in found.found
    (found,) = refused(demo, demo_panel, {"years": [2011, 2017]}, {"years": [2017, 2023]})
    assert found.code == "group-overlap"


def test_all_problems_of_groups_at_once(demo, demo_panel):
    few = {"provinces": ["Sichuan", "Gansu", "Qinghai"]}
    findings = refused(demo, demo_panel, few, ["west"])
    assert [f.code for f in findings] == ["group-too-small", "group-overlap"]


@pytest.mark.parametrize("name", ["periods", "sides"])
def test_the_p_value_is_no_matter_of_how_groups_are_named(demo, demo_panel, name):
    groups = GROUPS[name]
    other = dict(zip(["x", "y", "z"], groups.values(), strict=False))
    first, second = (
        result_of(demo, demo_panel, spec_of(g)).equality.interaction for g in (groups, other)
    )
    np.testing.assert_allclose((first.f, first.p), (second.f, second.p), rtol=1e-10)


def test_a_province_that_alone_carries_a_groups_treatment_is_said(demo, demo_panel):
    here = demo_panel.frame.index.get_level_values("province") == 110000
    nqp = demo_panel.frame["nqp"].where(here, 0.1)
    lonely = replace(demo_panel, frame=demo_panel.frame.assign(nqp=nqp))
    spec = spec_of({"a": {"years": [2011, 2016]}, "b": {"years": [2017, 2023]}})
    result = result_of(demo, lonely, spec)
    assert [g.regression.carrier for g in result.groups] == [110000, 110000]
    assert words_of(table_of(demo, result, spec)).count("Beijing alone carries") == 1
