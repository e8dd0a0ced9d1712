"""A style reaches the figure, and nothing of the machine does."""

from pathlib import Path

import matplotlib
import pytest
from matplotlib import font_manager

from pipeline.report.pictures.style import FigureStyle, panels, set_key, wrapped

ROOT = Path(__file__).resolve().parents[3]


def test_only_bundled_fonts_are_known():
    bundled = (Path(matplotlib.get_data_path()), ROOT / "pipeline/report/fonts")
    files = [Path(f.fname) for f in font_manager.fontManager.ttflist]
    assert files and all(any(f.is_relative_to(b) for b in bundled) for f in files)
    for family in ("DejaVu Sans", "DejaVu Serif", "Noto Sans SC", "Noto Serif SC"):
        assert font_manager.findfont(family, fallback_to_default=False)


def test_an_active_style_sets_type_and_colour_and_leaves_no_trace():
    before = dict(matplotlib.rcParams)
    with FigureStyle(font_size=12, families=("DejaVu Serif",), ink="#000011").active():
        _, (axes,) = panels(3, 2)
        text = axes.text(0, 0, "a")
    assert (text.get_fontsize(), text.get_fontfamily(), text.get_color()) == (
        12,
        ["DejaVu Serif"],
        "#000011",
    )
    assert dict(matplotlib.rcParams) == before


def test_sizes_keep_their_proportion_to_the_type():
    assert FigureStyle().points(7.5) == 7.5
    assert FigureStyle(font_size=12).points(7.5) == pytest.approx(10)


def test_panels_run_row_by_row_and_share_what_they_are_told_to():
    figure, axes = panels(6, 4, down=2, across=2, share_y=True, heights=(2, 1))
    assert len(axes) == 4 and figure.get_size_inches().tolist() == [6, 4]
    axes[0].set_ylim(0, 7)
    axes[0].set_xlim(0, 7)
    assert axes[3].get_ylim() == (0, 7) and axes[3].get_xlim() == (0, 1)
    boxes = [a.get_subplotspec() for a in axes]
    assert [(b.rowspan.start, b.colspan.start) for b in boxes] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert boxes[0].get_gridspec().get_height_ratios() == (2, 1)


def test_labels_break_at_spaces_but_chinese_ones_do_not():
    assert wrapped("Minimum living standard, urban / rural") == (
        "Minimum living standard,\nurban / rural"
    )
    assert wrapped("城乡最低生活保障标准之比（城镇与农村居民的比值，上年）") == (
        "城乡最低生活保障标准之比（城镇与农村居民的比值，上年）"
    )


def test_the_key_stands_in_muted_small_type():
    figure, _ = panels(3, 2)
    set_key(figure, "Shaded: 95%", FigureStyle(font_size=18, muted="#777777"))
    (key,) = figure.texts
    assert (key.get_text(), key.get_color()) == ("Shaded: 95%", "#777777")
    assert key.get_fontsize() == pytest.approx(13.2)
