"""A treatment that one province alone moves is said under every table that rests on it."""

import numpy as np
import pytest

from tests.methods.estimated import result_of, table_of, words_of

SAID = {"en": "Beijing alone carries the treatment's variation", "zh": "变动仅来自北京"}


@pytest.fixture(scope="module")
def lonely(demo_panel, replaced):
    here = demo_panel.frame.index.get_level_values("province") == 110000
    return replaced(nqp=np.where(here, demo_panel.frame["nqp"], 0.1))


@pytest.mark.parametrize("kind", ["mediation", "parallel", "sensitivity", "multiple_tests"])
def test_the_province_that_alone_carries_the_treatment_is_said(demo, lonely, chapter, found, kind):
    name, spec = next((n, s) for n, s in chapter.items() if s.kind == kind)
    result = result_of(demo, lonely, spec, name)
    assert result.carrier == 110000
    assert found(name).carrier is None
    for language, said in SAID.items():
        assert said in words_of(table_of(demo, result, spec, language))
        assert said not in words_of(table_of(demo, found(name), spec, language))
