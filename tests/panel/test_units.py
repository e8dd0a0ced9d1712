import pytest

from pipeline.panel.units import conversion_factor, find_unit, known_units


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("万元", "亿元", 1e-4),
        ("%", "share", 0.01),
        ("亿元", "yuan", 1e8),
        ("千公顷", "10k ha", 0.1),
        ("人", "万人", 1e-4),
        ("万 元", "万元", 1.0),
        ("‰", "%", 0.1),
        ("10,000 persons", "万人", 1.0),
        ("100 million yuan", "亿元", 1.0),
        ("元/人", "yuan per person", 1.0),
        ("件/万人", "件/人", 1e-4),
        ("万元/平方公里", "元/平方公里", 1e4),
        ("亩", "公顷", 1 / 15),
        ("千克", "吨", 1e-3),
        ("billion yuan", "亿元", 10.0),
        ("元/人", "元", None),
        ("美元", "元", None),
        ("台", "人", None),
        ("公顷/人", "平方公里/人", None),
    ],
)
def test_factors(source, target, factor):
    found = conversion_factor(source, target)
    assert found == (pytest.approx(factor, rel=1e-15) if factor else None)


def test_units_of_other_dimensions_do_not_convert():
    assert conversion_factor("万元", "万人") is None
    assert conversion_factor("km", "km2") is None


def test_every_unit_converts_to_itself():
    for name in known_units():
        assert find_unit(name) is not None
        assert conversion_factor(name, name) == 1.0
