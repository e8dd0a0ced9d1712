"""How an index is made, in words."""

from itertools import product
from typing import get_args

import pytest

from pipeline.report.index_words import index_in_words, normalised
from pipeline.report.say import Say
from pipeline.study.schema import Aggregation, Period, Weighting


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "min-max values, entropy weights over all years, a weighted sum"),
        ("zh", "极差标准化、熵值法合并全部年份、加权求和"),
    ],
)
def test_normalisation_weights_and_aggregation_in_order(demo, language, words):
    assert index_in_words(demo.indices["nqp"], Say(demo, language, {})) == words


def test_every_choice_has_words_of_its_own(demo):
    choices = list(product(get_args(Weighting), get_args(Period), get_args(Aggregation)))
    for language in ("en", "zh"):
        said = {
            index_in_words(
                demo.indices["nqp"].model_copy(
                    update={"weights": w, "period": p, "aggregate": a, "normalise": "rank"}
                ),
                Say(demo, language, {}),
            )
            for w, p, a in choices
        }
        assert len(said) == len(choices)


def test_a_reference_period_is_named(demo):
    index = demo.indices["nqp"].model_copy(update={"reference": [2011, 2015]})
    assert normalised(index, Say(demo, "en", {})).endswith("on the range of 2011–2015")
    assert "2011–2015" in normalised(index, Say(demo, "zh", {}))
