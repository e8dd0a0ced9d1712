"""The location of the quantiles is the baseline."""

import pytest

from tests.methods.estimated import result_of


def test_the_location_of_the_quantiles_is_the_baseline(demo, demo_panel):
    spec = demo.tables["tables/17_quantiles"].model_copy(update={"draws": 99})
    location = result_of(demo, demo_panel, spec).location
    baseline = result_of(demo, demo_panel, demo.tables["tables/02_baseline"]).columns[-1]
    assert location.value == pytest.approx(baseline.treatment.value, rel=1e-9)
