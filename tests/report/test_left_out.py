"""Cells that a method leaves out, in words."""

import pytest

from pipeline.report.left_out import left_out, spans
from pipeline.report.say import Say


@pytest.mark.parametrize(
    ("years", "text"),
    [
        ([2013], "2013"),
        ([2013, 2014, 2015, 2018], "2013–2015/2018"),
        ([2011, 2013, 2014], "2011/2013–2014"),
    ],
)
def test_successive_years_become_spans(years, text):
    assert spans(years) == text


def test_units_with_the_same_years_are_named_together(demo):
    cells = {110000: [2011, 2012], 120000: [2011, 2012], 540000: [2020]}
    note = {language: left_out(Say(demo, language, {}), cells) for language in ("en", "zh")}
    assert note["en"][0].endswith(": Beijing, Tianjin 2011–2012; Tibet 2020.")
    assert note["zh"][0].endswith("：北京、天津2011–2012年；西藏2020年。")


def test_long_lists_are_cut_and_nothing_is_said_of_nothing(demo):
    say = Say(demo, "en", {})
    codes = [p.code for p in demo.provinces]
    assert left_out(say, {}) == []
    assert left_out(say, {c: [2011] for c in codes})[0].endswith(": all provinces 2011.")
    assert "Jilin" not in left_out(say, {c: [2011] for c in codes[:8]})[0]
    assert left_out(say, {c: [2011] for c in codes[:8]})[0].endswith("and 2 more 2011.")
    many = {c: [2011 + i] for i, c in enumerate(codes[:8])}
    assert left_out(say, many)[0].endswith("Liaoning 2016 and more.")
