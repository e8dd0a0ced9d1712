"""Every unit and multiple against its size in plain words, every spelling against its unit."""

import pytest

from pipeline.panel.units import conversion_factor, find_unit, known_units

# Size of each unit of a codebook in the first unit of its line.
SIZES = [
    {"yuan": 1, "10k yuan": 1e4, "100m yuan": 1e8},
    {"person": 1, "10k persons": 1e4},
    {"person-year": 1},
    {"household": 1, "10k households": 1e4},
    {"piece": 1, "10k": 1e4},
    {"km": 1, "10k km": 1e4},
    {"km2": 1, "10k km2": 1e4},
    {"kw": 1, "10k kw": 1e4},
    {"tonne": 1, "10k tonnes": 1e4},
    {"tce": 1, "10k tce": 1e4},
    {"bed": 1, "10k beds": 1e4},
    {"hectare": 1, "1000 ha": 1e3, "10k ha": 1e4},
    {"m3": 1, "100m m3": 1e8},
    {"year": 1},
    {"share": 1, "%": 0.01, "per mille": 0.001},
    {"ratio": 1},
    {"index": 1},
    {"previous year = 100": 1},
]
# What a yearbook prints, in another unit.
WORTH = [
    ("米", "km", 1e-3),
    ("m", "公里", 1e-3),
    ("平方米", "km2", 1e-6),
    ("m2", "平方公里", 1e-6),
    ("sq.m", "sq.km", 1e-6),
    ("亩", "ha", 1 / 15),
    ("mu", "hectares", 1 / 15),
    ("瓦", "kw", 1e-3),
    ("公斤", "吨", 1e-3),
    ("千克", "kg", 1),
    ("克", "t", 1e-6),
    ("斤", "公斤", 0.5),
    ("升", "立方米", 1e-3),
    ("分钟", "小时", 1 / 60),
    ("度", "kwh", 1),
    ("次", "个", 1),
    ("岁", "年", 1),
    ("倍", "ratio", 1),
    ("床", "张", 1),
    ("天", "日", 1),
    ("us$", "dollars", 1),
    ("人次", "person-times", 1),
    ("man-years", "人年", 1),
    ("吨标准煤", "tons of sce", 1),
    ("平方千米", "平方公里", 1),
    ("人民币", "rmb", 1),
    ("吨公里", "吨公里", 1),
    ("人公里", "人公里", 1),
    ("kilowatt-hours", "千瓦时", 1),
]
MULTIPLES = {
    "万亿": 1e12,
    "trillion ": 1e12,
    "十亿": 1e9,
    "billion ": 1e9,
    "亿": 1e8,
    "100 million ": 1e8,
    "100m ": 1e8,
    "100 000 000 ": 1e8,
    "千万": 1e7,
    "百万": 1e6,
    "million ": 1e6,
    "万": 1e4,
    "10,000 ": 1e4,
    "10 000 ": 1e4,
    "10000 ": 1e4,
    "10k ": 1e4,
    "ten thousand ": 1e4,
    "千": 1e3,
    "thousand ": 1e3,
    "1,000 ": 1e3,
    "1 000 ": 1e3,
    "1000 ": 1e3,
    "百": 1e2,
    "100 ": 1e2,
}


def test_the_units_of_a_codebook():
    listed = {name for line in SIZES for name in line}
    assert set(known_units()) <= listed and known_units() == sorted(known_units())
    for line in SIZES:
        first = next(iter(line))
        for name, size in line.items():
            assert conversion_factor(name, first) == pytest.approx(size, rel=1e-15), name
    dimensions = [find_unit(next(iter(line))).dimension for line in SIZES]
    assert len(set(dimensions)) == len(SIZES), "no two lines convert into one another"


@pytest.mark.parametrize(("source", "target", "factor"), WORTH)
def test_what_yearbooks_print(source, target, factor):
    assert conversion_factor(source, target) == pytest.approx(factor, rel=1e-14)


@pytest.mark.parametrize("multiple", MULTIPLES)
def test_multiples(multiple):
    """Of rare words of counting and of dollars, which have no unit of their own in the table."""
    base = "us dollars" if multiple.isascii() else "美元"
    found = find_unit(multiple + base)
    assert found.dimension == "money in US$"
    assert found.factor == pytest.approx(MULTIPLES[multiple], rel=1e-15)
    assert (found.en, found.zh) == (multiple + base, multiple + base)


def test_words_of_counting_are_one_dimension():
    for word in "件个项台部辆所家座处套艘册只头篇种条路":
        assert conversion_factor(f"万{word}", "piece") == 1e4, word
    for word in ("piece", "pieces", "unit", "units", "sets", "items", "cases", "台(部)", "台/部"):
        assert conversion_factor(word, "件") == 1, word


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("元 / 人", "money/persons", 1),
        ("万元每人", "money/persons", 1e4),
        ("yuan per 100 persons", "money/persons", 0.01),
        ("册/百人", "count/persons", 0.01),
        (" 亿元／万人 ", "money/persons", 1e4),
    ],
)
def test_one_division_is_worked_out(text, dimension, factor):
    found = find_unit(text)
    assert (found.dimension, found.factor) == (dimension, pytest.approx(factor, rel=1e-14))
    assert (found.en, found.zh) == (text.strip(), text.strip())


@pytest.mark.parametrize("text", ["", "万", "元/", "/人", "元/人/户", "万万元", "furlong", "元/斗"])
def test_what_is_no_unit(text):
    assert find_unit(text) is None
    assert conversion_factor(text, "yuan") is None and conversion_factor("yuan", text) is None


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("％", "%"),
        ("上年同期=100", "previous year = 100"),
        ("Prev.  Year=100", "previous year = 100"),
        ("RMB", "yuan"),
        ("千公顷", "1000 ha"),
        ("万户数", "10k households"),
        ("项", "piece"),
    ],
)
def test_spellings_are_their_unit(spelling, name):
    assert find_unit(spelling) == find_unit(name) and name in known_units()


def test_how_a_table_prints_units():
    printed = {
        name: (find_unit(name).en, find_unit(name).zh) for name in ("10k ha", "km2", "ratio")
    }
    assert printed == {
        "10k ha": ("10k ha", "万公顷"),
        "km2": ("km²", "平方公里"),
        "ratio": ("ratio", "比值"),
    }
