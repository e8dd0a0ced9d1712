"""A style reaches the figure, and nothing of the machine does."""

from pathlib import Path

import matplotlib
import pytest
from matplotlib import font_manager
from matplotlib.colors import to_hex

from pipeline.report.pictures.render import overflow
from pipeline.report.pictures.style import (
    ACCENT,
    FAMILIES,
    GROUPS,
    INK,
    MUTED,
    WARM,
    FigureStyle,
    panels,
    points,
    set_key,
)

ROOT = Path(__file__).resolve().parents[3]


def test_only_bundled_fonts_are_known():
    bundled = (Path(matplotlib.get_data_path()), ROOT / "pipeline/report/fonts")
    files = [Path(f.fname) for f in font_manager.fontManager.ttflist]
    assert files and all(any(f.is_relative_to(b) for b in bundled) for f in files)
    for family in FAMILIES:
        assert font_manager.findfont(family, fallback_to_default=False)


def test_a_font_that_does_not_ship_is_refused():
    with pytest.raises(ValueError, match=r"\['SimSun'\] do not ship; there are \['DejaVu Sans'"):
        FigureStyle(families=("SimSun", "DejaVu Sans"))


def test_an_active_style_sets_type_and_colours_and_leaves_no_trace():
    before = dict(matplotlib.rcParams)
    style = FigureStyle(
        font_size=12, families=("DejaVu Serif",), ink="#000011", muted="#777777", accent="#00aa00"
    )
    assert to_hex(ACCENT) == "#1f5a85"
    with style.active():
        _, (axes,) = panels(3, 2)
        text = axes.text(0, 0, "a")
        legend = axes.legend(handles=axes.plot([1], label="b"))
        assert [to_hex(c) for c in (INK, MUTED, ACCENT, WARM, GROUPS[1])] == [
            "#000011",
            "#777777",
            "#00aa00",
            "#b5482a",
            "#c98a1b",
        ]
        assert points(7.5) == pytest.approx(10)
    found = text.get_fontsize(), text.get_fontfamily(), text.get_color()
    assert found == (12, ["DejaVu Serif"], "#000011")
    seen = [side for side, spine in axes.spines.items() if spine.get_visible()]
    assert seen == ["left", "bottom"]
    assert to_hex(axes.spines["left"].get_edgecolor()) == "#777777"
    ticks = [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label]
    assert {t.get_color() for t in ticks} == {"#000011"}
    assert not legend.get_frame_on()
    assert dict(matplotlib.rcParams) == before and points(7.5) == 7.5
    assert to_hex(ACCENT) == "#1f5a85"


def test_panels_run_row_by_row_and_share_what_they_are_told_to():
    figure, axes = panels(6, 4, down=2, across=2, share_y=True, heights=(2, 1))
    assert len(axes) == 4 and figure.get_size_inches().tolist() == [6, 4]
    axes[0].set_ylim(0, 7)
    axes[0].set_xlim(0, 7)
    assert axes[3].get_ylim() == (0, 7) and axes[3].get_xlim() == (0, 1)
    boxes = [a.get_subplotspec() for a in axes]
    assert [(b.rowspan.start, b.colspan.start) for b in boxes] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert boxes[0].get_gridspec().get_height_ratios() == (2, 1)


def test_the_key_stands_in_muted_small_type():
    figure, _ = panels(3, 2)
    with FigureStyle(font_size=18).active():
        set_key(figure, "Shaded: 95%")
    (key,) = figure.texts
    assert (key.get_text(), key.get_color()) == ("Shaded: 95%", MUTED)
    assert key.get_fontsize() == pytest.approx(13.2)


def test_a_long_key_takes_lines_for_which_the_figure_grows():
    figure, _ = panels(3, 2)
    set_key(figure, "Shaded: the interval with clustered errors. " * 5)
    assert figure.texts[0].get_text().count("\n") == 3
    assert figure.get_figheight() == pytest.approx(2 + 3 * 1.28 * 6.6 / 72)
    figure.draw_without_rendering()
    assert overflow(figure) == 0
