"""Spatial autocorrelation: the core's numbers, missing provinces, what decides the stars."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inference.distribution.moran import geary, moran
from pipeline.methods.distribution.moran.spec import MoranTable
from pipeline.panel.finding import Rejected
from pipeline.panel.provinces import PROVINCES, contiguity
from tests.methods.estimated import TITLE, result_of, table_of, with_cells, words_of


def spec(draws=199):
    return MoranTable.model_validate(
        {"kind": "moran", "title": TITLE, "variable": "uri", "draws": draws}
    )


def test_it_is_the_core_and_the_permutations_decide(demo, demo_panel, uri):
    result = result_of(demo, demo_panel, spec())
    for t, of in enumerate(result.years):
        for found, core in ((of.moran, moran), (of.geary, geary)):
            known = core(uri[:, t], contiguity(), demo.spec.seed, "draws", 199)
            assert (found.value, found.statistic) == (known.value, known.z_randomisation)
            assert found.decides == known.p_permutation and found.test == "permutation"


def test_it_is_small_once_provinces_are_permuted(demo, demo_panel, uri):
    frame = demo_panel.frame.copy()
    frame["uri"] = uri[np.random.default_rng(1).permutation(31)].ravel()
    shuffled = result_of(demo, replace(demo_panel, frame=frame), spec())
    assert all(abs(y.moran.value) < 0.25 for y in shuffled.years)
    assert result_of(demo, demo_panel, spec()).years[0].moran.value > 0.3


def test_a_year_leaves_the_missing_out_and_says_so(demo, demo_panel, uri):
    panel = with_cells(demo_panel, {(440000, 2011): np.nan})
    result = result_of(demo, panel, spec(99))
    rows = [i for i, p in enumerate(PROVINCES) if p.en != "Guangdong"]
    w = contiguity([PROVINCES[i].code for i in rows])
    assert result.years[0].moran.value == moran(uri[rows, 0], w, 1, "x", 99).value
    text = words_of(table_of(demo, result, spec()))
    assert "Guangdong 2011" in text and "n = 30–31" in text
    assert "weights are zero: 2011 Hainan" in text
    assert "广东2011年" in words_of(table_of(demo, result, spec(), "zh"))


def test_a_year_of_one_value_is_refused(demo, demo_panel):
    constant = with_cells(demo_panel, {(p.code, 2014): 0.5 for p in PROVINCES})
    with pytest.raises(Rejected, match=r"2014: .*not all the same"):
        result_of(demo, constant, spec(99))
