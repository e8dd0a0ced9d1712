"""Notes that all methods share, word for word."""

import pytest

from pipeline.report import notes
from pipeline.report.say import Say
from pipeline.report.table import About
from pipeline.results.estimate import Draws
from pipeline.results.result import DataFacts
from pipeline.results.rows import Fit, Rows


@pytest.fixture
def english(demo):
    return Say(demo, "en", {})


@pytest.fixture
def chinese(demo):
    return Say(demo, "zh", {})


def rows(units):
    return Rows(10 * units, units, 2011, 2020)


def test_missing_cells_and_synthetic_data(english, chinese):
    facts = DataFacts(synthetic=True, filled={}, missing={"gdp": 2, "pop": 1})
    missing, synthetic = notes.data(english, facts)
    assert missing == (
        "Cells missing or left out in the source, and so absent from the models: "
        f"{english.label('gdp')} (2), {english.label('pop')} (1)."
    ), missing
    assert synthetic == "Synthetic data: drawn from a declared process, not real statistics."
    assert f"{chinese.label('gdp')} (2)" in notes.data(chinese, facts)[0]
    assert notes.data(english, DataFacts(False, {}, {})) == []


@pytest.mark.parametrize(("pooled", "words"), [(True, "pooled over 5"), (False, "mean of 5")])
def test_imputations(english, pooled, words):
    (note,) = notes.data(english, DataFacts(False, {}, {}, imputations=5, pooled=pooled))
    assert words in note


def test_few_clusters_and_units_that_carry_the_treatment(english):
    assert notes.few(english, [rows(50), rows(12)]) == []
    (note,) = notes.few(english, [rows(50), rows(11)])
    assert note.startswith("As few as 11 clusters")
    assert notes.carried(english, [None, None]) == []
    once = notes.carried(english, [110000, None, 110000])
    assert len(once) == 1 and once[0].startswith("Beijing alone")


def test_degrees_of_freedom_are_those_of_every_column_or_said_in_general(english):
    below, one = notes.clustered(english, [rows(31), rows(31)])
    assert below is notes.BELOW and "G = 31 clusters" in one and "t(30)" in one
    (several,) = notes.clustered(english, [rows(31), rows(10)], below=False)
    assert "G = 10–31 clusters" in several and "t(G−1)" in several


def test_r2_is_explained_where_effects_are_absorbed(english):
    inside, pooled = Fit(0.5, 0.9, 0, 1), Fit(None, 0.9, 0, 1)
    (note,) = notes.r2(english, [pooled, inside])
    assert isinstance(note, About) and note.rows == ("r2_within", "r2")
    assert notes.r2(english, [pooled]) == []


def test_dropped_draws_are_told(english):
    (note,) = notes.bootstrap(english, Draws(asked=999, used=990, seed=7))
    assert "(999 draws, seed 7)" in note and "9" in note.split("seed 7)")[1]
    (whole,) = notes.bootstrap(english, Draws(asked=999, used=999, seed=7))
    assert whole.endswith("seed 7).")
