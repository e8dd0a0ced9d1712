"""The catalogue of series, how headings are recognised, and where definitions change."""

from dataclasses import dataclass

import pytest

from pipeline.panel.concepts import (
    ORDERED,
    concept_of,
    definition_breaks,
    heading_key,
    known_breaks,
    known_variables,
    match_heading,
    propose_heading,
)
from pipeline.panel.units import find_unit


@dataclass
class Named:
    variable: str
    concept: str = ""


def test_a_series_is_read_field_by_field():
    gdp, share = known_variables()["gdp"], known_variables()["gdp_index"]
    assert (gdp.name, gdp.label_en, gdp.label_zh) == (
        "gdp",
        "Gross domestic product",
        "地区生产总值",
    )
    assert (gdp.unit, gdp.kind, gdp.use) == ("100m yuan", "amount", "scale")
    assert gdp.aliases[:2] == ("生产总值", "GDP") and "nominal gdp" in gdp.aliases
    assert (gdp.minimum, gdp.maximum, gdp.jump) == ("0", "", "2")
    assert (share.minimum, share.maximum, share.jump) == ("70", "140", "")


def test_the_catalogue_is_sound():
    known = known_variables()
    for name, v in known.items():
        assert find_unit(v.unit) is not None, name
        assert v.kind in ("amount", "signed", "share", "index"), name
        assert v.use in ("indicator", "scale") and "" not in v.aliases, name
        for number in (v.minimum, v.maximum, v.jump):
            assert number == "" or float(number) == float(number), name
    for smaller, larger in ORDERED:
        assert {smaller, larger} <= known.keys()
    assert all((b, a) not in ORDERED for a, b in ORDERED)


def test_a_break_is_read_field_by_field():
    found = next(b for b in definition_breaks() if b.id == "inc_rur_2013")
    assert (found.concepts, found.year) == (("income_rural",), 2013)
    assert (found.kind, found.status) == ("definition", "read")
    assert found.en.startswith("From 2013 the integrated") and found.zh.startswith("2013年起城乡")
    assert found.remedy_en.startswith("Splice by") and found.remedy_zh.startswith("用新旧口径")
    assert found.source.startswith("Zhejiang Statistical Yearbook")


def test_breaks_of_a_concept_by_year():
    assert [b.id for b in known_breaks("income_urban")] == ["inc_urb_2002", "inc_urb_2013"]
    assert known_breaks("") == [] and known_breaks("no_such") == []
    for b in definition_breaks():
        assert all(b in known_breaks(concept) for concept in b.concepts), b.id


def test_what_a_variable_measures():
    assert concept_of(Named("gdp")) == "gdp"
    assert concept_of(Named("mine", "gdp")) == "gdp" and concept_of(Named("gdp", "pop")) == "pop"
    assert concept_of(Named("mine")) == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("地区生产总值(亿元)", "地区生产总值"),
        ("ＧＤＰ 【亿元】", "gdp【亿元】"),
        ("Gross Domestic-Product [yuan]", "grossdomesticproduct"),
        ("指数（上年=100）", "指数"),
        ("人口(年末)", "人口年末"),
        ("a_b, c.d:e;f·g'h\"i/j&k", "abcdefghijk"),
    ],
)
def test_headings_without_their_dress(text, key):
    assert heading_key(text) == key


def test_headings_name_variables():
    assert match_heading("地区生产总值（亿元）") == ["gdp"]
    assert match_heading("Nominal  GDP") == ["gdp"] and match_heading("gdp_index") == ["gdp_index"]
    assert match_heading("no such heading") == []
    match_heading("GDP").append("spoilt")
    assert match_heading("GDP") == ["gdp"]
    for name, v in known_variables().items():
        for heading in (name, v.label_en, v.label_zh, *v.aliases):
            assert name in match_heading(heading), heading


def test_near_headings_are_proposed():
    assert match_heading("地区生产总値") == [] and propose_heading("地区生产总値")[0] == "gdp"
    assert propose_heading("某省全年居民消费价格指数变动情况表")[0] == "cpi"
    assert propose_heading("zzzz") == []
    assert propose_heading("生产总值") == ["gdp", "gdp_index"]
    long = "地区生产总值与居民消费价格指数与第一产业增加值与城镇居民人均可支配收入"
    assert len(propose_heading(long)) == 3, "no more than three, however many it contains"
