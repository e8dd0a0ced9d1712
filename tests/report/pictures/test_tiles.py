"""The tile map: every unit has a place of its own, near its neighbours, and its value in it."""

import pytest

from pipeline.panel.provinces import PROVINCES
from pipeline.report.pictures.style import FigureStyle, panels, points
from pipeline.report.pictures.tiles import TILES, draw_tiles
from pipeline.report.say import Say


def test_every_unit_has_a_tile_inside_the_map():
    assert set(TILES) == {p.en for p in PROVINCES} and len(set(TILES.values())) == len(TILES)
    columns, rows = zip(*TILES.values(), strict=True)
    assert (min(columns), max(columns), min(rows), max(rows)) == (0, 7, 0, 7)


def test_neighbours_stand_near_each_other_and_capitals_where_they_are():
    """The map is a sketch of the real one, so its order north to south and west to east is."""
    x, y = ({name: place[i] for name, place in TILES.items()} for i in (0, 1))
    assert y["Heilongjiang"] < y["Jilin"] < y["Liaoning"] < y["Shandong"] < y["Hainan"]
    assert x["Xinjiang"] < x["Qinghai"] < x["Shaanxi"] < x["Henan"] < x["Jiangsu"]
    gaps = [max(abs(x[p.en] - x[q]), abs(y[p.en] - y[q])) for p in PROVINCES for q in p.neighbours]
    assert sum(gap <= 2 for gap in gaps) / len(gaps) > 0.85


@pytest.mark.parametrize(("size", "type_size"), [(1.0, 7.0), (0.8, 5.04)])
def test_each_tile_holds_name_and_value(demo, size, type_size):
    value = {110000: 0.25}
    with FigureStyle().active():
        _, (axes,) = panels(4, 4)
        draw_tiles(axes, value, Say(demo, "en", {}), "viridis", lambda v: v, size)
    texts = {t.get_text(): t for t in axes.texts}
    number = texts["0.250" if size == 1 else "0"]
    assert number.get_fontsize() == pytest.approx(points(type_size))
    column, row = TILES["Beijing"]
    assert number.get_position()[1] == pytest.approx(-row + 0.22)
    assert column < number.get_position()[0] < column + 1
    assert len(axes.patches) == len(PROVINCES)
