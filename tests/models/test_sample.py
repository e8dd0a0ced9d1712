"""Which rows a sample keeps, by keys of units and years and by halves."""

import numpy as np
import pandas as pd
import pytest

from pipeline.models.sample import keeps_province, keeps_year, rows_of, select
from pipeline.panel.provinces import PROVINCES
from pipeline.results.rows import Rows
from pipeline.study.choices import Sample
from tests.models.small import CODES, refused, small_frame, told


def kept(**keys):
    return {p.en for p in PROVINCES if keeps_province(Sample(**keys), p)}


EVERY = {p.en for p in PROVINCES}
NORTH_OF_HU = {"Inner Mongolia", "Tibet", "Gansu", "Qinghai", "Ningxia", "Xinjiang"}
NORTH = {
    *("Beijing", "Tianjin", "Hebei", "Shanxi", "Liaoning", "Jilin", "Heilongjiang"),
    *("Shandong", "Henan", "Shaanxi", "Inner Mongolia", "Gansu", "Qinghai", "Ningxia", "Xinjiang"),
}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ({}, EVERY),
        ({"without": ["Beijing", "天津市"]}, EVERY - {"Beijing", "Tianjin"}),
        ({"provinces": ["Beijing", "西藏"]}, {"Beijing", "Tibet"}),
        ({"provinces": ["Beijing", "Tibet"], "without": ["Tibet"]}, {"Beijing"}),
        ({"regions": ["northeast"]}, {"Liaoning", "Jilin", "Heilongjiang"}),
        ({"regions": ["northeast"], "provinces": ["Jilin", "Hebei"]}, {"Jilin"}),
        ({"side": "north"}, NORTH),
        ({"side": "south"}, EVERY - NORTH),
        ({"side": "northwest_of_hu"}, NORTH_OF_HU),
        ({"side": "southeast_of_hu"}, EVERY - NORTH_OF_HU),
        ({"side": "south", "regions": ["northeast"]}, set()),
        ({"high": ["x"], "low": ["c"]}, EVERY),
    ],
)
def test_provinces(keys, wanted):
    assert kept(**keys) == wanted


def test_years():
    sample = Sample(years=[2012, 2015], without_years=[2013])
    assert [y for y in range(2010, 2018) if keeps_year(sample, y)] == [2012, 2014, 2015]
    assert keeps_year(Sample(), 1949)


def units_of(rows):
    return sorted(set(rows.index.get_level_values("province")))


@pytest.fixture
def frame():
    return small_frame()


def test_rows_with_every_variable_are_kept(frame):
    frame.iloc[3, frame.columns.get_loc("c")] = np.nan
    frame.iloc[5, frame.columns.get_loc("m")] = np.nan
    rows = select(frame, Sample(), ["y", "c", "y"], "x.toml")
    pd.testing.assert_frame_equal(rows, frame[["y", "c"]].drop(index=frame.index[3]))
    part = Sample(without=["Hebei"], years=[2013, 2016], without_years=[2015])
    rows = select(frame, part, ["y"], "x.toml")
    wanted = [(c, y) for c in CODES if c != 130000 for y in (2013, 2014, 2016)]
    assert list(rows.index) == wanted


def test_halves_are_by_the_median_of_the_means(frame):
    """Means 0 to 7: the median 3.5 parts them; of seven units the median unit is not above."""
    frame["h"] = np.repeat(np.arange(8.0), 5) + np.tile([-2, -1, 0, 1, 2], 8)
    assert units_of(select(frame, Sample(high=["h"]), ["y"], "x")) == CODES[4:]
    assert units_of(select(frame, Sample(low=["h"]), ["y"], "x")) == CODES[:4]
    seven = Sample(high=["h"], without=["Beijing"])
    assert units_of(select(frame, seven, ["y"], "x")) == CODES[5:]
    seven = Sample(low=["h"], without=["Beijing"])
    assert units_of(select(frame, seven, ["y"], "x")) == CODES[1:5]


def test_halves_are_over_the_rows_that_other_keys_leave(frame):
    """Unit 0 is highest in 2012 alone; a unit without a value is in neither half."""
    frame["h"] = np.repeat(np.arange(8.0), 5)
    frame.loc[(CODES[0], 2012), "h"] = 1000
    frame.loc[CODES[7], "h"] = np.nan
    assert units_of(select(frame, Sample(high=["h"]), ["y"], "x")) == [CODES[0], *CODES[5:7]]
    later = {"years": [2013, 2016]}
    assert units_of(select(frame, Sample(high=["h"], **later), ["y"], "x")) == CODES[4:7]
    assert units_of(select(frame, Sample(low=["h"], **later), ["y"], "x")) == CODES[:4]
    frame["g"] = np.repeat([0.0, 1, 2, 10, 20, 20, 20, 20], 5)
    both = Sample(low=["h", "g"], **later)
    assert units_of(select(frame, both, ["y"], "x")) == CODES[:4], "halves narrow no other half"


def test_three_provinces_and_two_years_are_enough(frame):
    least = Sample(provinces=["Beijing", "Tianjin", "Hebei"], years=[2012, 2013])
    assert rows_of(select(frame, least, ["y"], "x")) == Rows(6, 3, 2012, 2013)


def test_a_smaller_sample_is_refused(frame):
    frame.loc[(slice(None), [2012, 2013, 2014, 2015]), "c"] = np.nan
    frame.loc[(110000, 2012), "y"] = np.nan
    (finding,) = refused(select, frame, Sample(), ["y", "x", "c"], "specs/x.toml")
    assert told(finding) == (
        "sample-too-small",
        "x.toml",
        None,
        "8 provinces and 1 year left; fullest to emptiest variable: x 40, y 39, c 8",
        "at least 3 provinces and 2 years with all variables",
        "widen the sample, or supply the emptiest variable",
    )
    two = Sample(provinces=["Beijing", "Tianjin"])
    (finding,) = refused(select, frame, two, ["y", "x"], "specs/x.toml")
    assert finding.found.startswith("2 provinces and 5 years left")
    (finding,) = refused(select, frame, Sample(provinces=["Beijing"]), [], "specs/x.toml")
    assert (finding.found, finding.remedy) == ("1 province and 5 years left", "widen the sample")


def test_a_sample_of_nothing_is_refused(frame):
    (finding,) = refused(select, frame, Sample(provinces=["Tibet"]), ["y"], "specs/x.toml")
    assert told(finding) == (
        "sample-too-small",
        "x.toml",
        None,
        "the sample keeps no province-year",
        "at least 3 provinces and 2 years",
        "widen the sample",
    )
