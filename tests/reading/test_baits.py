"""Whatever text a file holds, each function that looks at one is done with it at once."""

import time

import pytest

from pipeline.intake.propose import source_names
from pipeline.panel import concepts, csv_text, places, prefectures, provinces, units
from pipeline.reading import cells, headers, roles, rows, series, titles
from pipeline.study import closed, toml

N = 50_000
BAITS = {
    "digits": "9" * N,
    "digits, then none": "9" * N + "x",
    "blanks before": " " * N + "x",
    "blanks inside": "x" + " " * N + "x",
    "open brackets": "(" * N,
    "thousands": "1," * N,
    "thousands, then none": "1," * N + "x",
    "full width": "９" * N,
    "marks": "①" * N + "x",
    "signs": "东" * N,
    "signs and blanks": "东 " * N + "x",
    "years": "2011年" * N,
    "spans": "2011-" * N,
    "yearbooks": "2011年鉴" * N,
    "dots": "a." * N,
    "a formula": "=" + "1" * N + "x",
    "a signed number": "+" + "1," * N + "x",
    "accents out of order": "a" + "\u0315\u0300" * N,
    "one sign that becomes many": "\ufdfa" * N,
    "divisions": " per " * N,
    "a unit": "单位:" + "x " * N,
    "brackets": "x (" * N,
    "ends of lines": "\n" * N + "x",
    "strokes": "a_" * N + "!",
    "powers": "1e" * N,
    "an indicator": "指标" + " " * N + "x",
}


def number(text):
    try:
        return cells.parse_number(text)
    except cells.CellError:
        return None


FUNCTIONS = [
    cells.fold,
    cells.unmarked,
    number,
    cells.parse_quantity,
    cells.parse_year,
    cells.split_heading,
    rows.is_number,
    rows.unit_in,
    lambda text: rows.look([text, "x", 1]),
    lambda text: headers.is_title(rows.look([text, "x"])),
    lambda text: headers.stem_years([headers.Column(0, None, None, (text,), None, (0, 0))]),
    roles.role_of,
    titles.year_in,
    titles._says,
    series._UNITLESS.search,
    places.find_place,
    units.find_unit,
    provinces.find_province,
    provinces.nearest_names,
    prefectures.find_prefecture,
    prefectures.former_name,
    prefectures.nearest_prefectures,
    concepts.heading_key,
    concepts.match_heading,
    concepts.propose_heading,
    csv_text.safe_cell,
    csv_text.plain_cell,
    lambda text: source_names([text]),
    closed.on_one_line,
    lambda text: toml.line_of(text, ["a", "b"]),
]


@pytest.mark.parametrize("bait", BAITS)
def test_no_text_takes_long(bait):
    for function in FUNCTIONS:
        function("x")  # what it looks up is read once
        start = time.process_time()
        function(BAITS[bait])
        assert time.process_time() - start < 0.2, function


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("-1 234.5%", True),
        ("+1,2e-3 *", True),
        ("-.5", True),
        ("-1 .", False),
        ("-", False),
        ("+1e", False),
        ("-1%2", False),
        ("=1", False),
    ],
)
def test_which_texts_are_numbers_to_a_spreadsheet(cell, safe):
    assert csv_text.safe_cell(cell) == (cell if safe else f"'{cell}")
