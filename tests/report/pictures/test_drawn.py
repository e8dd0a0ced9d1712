"""What a figure says is read from its artists exactly, and a wrong number shows."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from pipeline.report.pictures.drawn import Scale, Words, drawn
from pipeline.report.pictures.render import render
from pipeline.report.pictures.shapes import Shape, numbers
from pipeline.report.pictures.style import ACCENT, MUTED, WARM, FigureStyle, panels


def forest(low, high, name="East"):
    """A small figure of coefficients: an interval, its point, the line at zero."""
    figure, (axes,) = panels(3, 2)
    axes.plot([low, high], [0, 0], color=ACCENT)
    axes.plot((low + high) / 2, 0, "o", color=WARM, label="estimate")
    axes.axvline(0, color=MUTED, ls="--")
    axes.set_yticks([0], [name])
    axes.set_ylim(-1, 1)
    axes.set_xlim(-0.5, 1)
    axes.set_xlabel("Coefficient")
    axes.set_title("Robustness", loc="left")
    axes.text(0.25, 0, "p = 0.03")
    axes.text(0.5, 0.9, "in the corner", transform=axes.transAxes)
    axes.legend(title="Key")
    return figure


def only_panel(figure):
    (panel,) = drawn(figure).panels
    return panel


def only_shape(figure):
    (shape,) = only_panel(figure).shapes
    return shape


def test_numbers_and_words_of_a_small_figure():
    panel = only_panel(forest(0.123456789, 0.7))
    assert panel.shapes == (
        Shape("line", (0.123457, 0.7), (0.0, 0.0), ("#1f5a85",), False, ""),
        Shape("points o", (0.411728,), (0.0,), ("#b5482a",), False, "estimate"),
        Shape("line", (0.0, 0.0), (0.0, 1.0), ("#888888",), True, ""),
    )
    assert panel.title == "Robustness"
    assert panel.x == Scale("Coefficient", (-0.5, 1.0), (), ())
    assert panel.y == Scale("", (-1.0, 1.0), (0.0,), ("East",))
    assert panel.words == (Words("p = 0.03", (0.25, 0.0)), Words("in the corner", None))
    assert panel.legend == ("Key", "estimate")


def test_ends_that_are_swapped_or_a_label_that_is_wrong_show():
    right = drawn(forest(0.1, 0.7))
    assert right == drawn(forest(0.1, 0.7))
    assert right != drawn(forest(0.7, 0.1))
    assert right != drawn(forest(0.1, 0.7, "West"))


def test_it_goes_through_json():
    found = asdict(drawn(forest(0.1, np.nan)))
    assert found["panels"][0]["shapes"][0]["x"] == (0.1, None)
    assert json.loads(json.dumps(found, allow_nan=False))["panels"][0]["title"] == "Robustness"


def test_rounding_error_around_zero_is_zero_and_six_digits_are_kept():
    assert numbers([3e-17, -2e-16, 1e-4, 1234567.0], 1.0) == (0.0, 0.0, 1e-4, 1234570.0)
    assert numbers([3e-17], 1e-16) == (3e-17,)
    assert str(numbers([-0.0], 1.0)) == "(0.0,)"


def test_what_is_nothing_on_one_axis_is_something_on_the_other():
    figure, (axes,) = panels(3, 2)
    axes.plot([1e-12, -1], [1e-12, 1e-11])
    axes.set_xlim(-1, 0)
    assert only_shape(figure).x == (0.0, -1.0) and only_shape(figure).y == (1e-12, 1e-11)


def test_points_coloured_by_a_number_show_it():
    figure, (axes,) = panels(3, 2)
    axes.scatter([1, 2], [1, 2], c=[0, 1], cmap="gray")
    assert only_shape(figure).colours == ("#000000", "#ffffff")


def test_colours_are_those_of_the_active_style():
    with FigureStyle(accent="#00aa00").active():
        assert only_panel(forest(0.1, 0.7)).shapes[0].colours == ("#00aa00",)


def test_words_of_the_whole_figure_are_those_outside_the_panels():
    figure = forest(0.1, 0.7)
    figure.supxlabel("Shaded: 95%")
    figure.text(0, 0, "unseen", visible=False)
    figure.legend(title="All panels")
    assert drawn(figure).words == ("Shaded: 95%", "All panels", "estimate")


def test_what_is_not_seen_is_not_said():
    figure = forest(0.1, 0.7)
    (axes,) = figure.axes
    axes.lines[0].set_visible(False)
    axes.axis("off")
    panel = only_panel(figure)
    assert [s.kind for s in panel.shapes] == ["points o", "line"]
    assert panel.x == Scale("", (-0.5, 1.0), (), ())
    assert panel.y == Scale("", (-1.0, 1.0), (), ())
    assert panel.title == "Robustness"
    axes.set_visible(False)
    assert drawn(figure).panels == ()


def test_names_of_ticks_that_another_panel_shows_are_left_out():
    figure, (left, _) = panels(4, 2, across=2, share_y=True)
    left.set_yticks([1, 2], ["a", "b"])
    assert [p.y.names for p in drawn(figure).panels] == [("a", "b"), ()]
    assert [p.y.ticks for p in drawn(figure).panels] == [(1.0, 2.0), (1.0, 2.0)]


def test_bars_are_extents():
    figure, (axes,) = panels(3, 2)
    axes.bar([1], [5], width=0.5, bottom=2, color="#5b7f4b", label="gain")
    assert only_shape(figure) == Shape("bar", (0.75, 1.25), (2.0, 7.0), ("#5b7f4b",), False, "")


def test_boxes_and_arrows_are_read_without_their_points_of_type():
    figure, (axes,) = panels(3, 2)
    axes.add_patch(FancyBboxPatch((1, 2), 3, 4, boxstyle="round,pad=0.5", facecolor="white"))
    axes.add_patch(FancyArrowPatch((0, 1), (2, 3), color="#b5482a", linestyle=(0, (4, 3))))
    axes.set(xlim=(0, 5), ylim=(0, 7))
    assert only_panel(figure).shapes == (
        Shape("box", (1.0, 4.0), (2.0, 6.0), ("#ffffff",), False, ""),
        Shape("arrow", (0.0, 2.0), (1.0, 3.0), ("#b5482a",), True, ""),
    )


def test_an_ellipse_without_filling_shows_its_turn_and_its_edge():
    turned = []
    for angle in (30, -30):
        figure, (axes,) = panels(3, 2)
        axes.add_patch(Ellipse((0, 0), 4, 2, angle=angle, fill=False, edgecolor="#b5482a"))
        turned.append(only_shape(figure))
    assert turned[0].kind == "area" and turned[0].colours == ("#b5482a",)
    assert turned[0] != turned[1]


def test_intervals_bands_and_scattered_points():
    figure, (axes,) = panels(3, 2)
    axes.vlines([1, 2], [3, 4], [5, 6], color="#888888", ls="--")
    axes.fill_between([0, 1], [0, 0], [1, 2], color="#1f5a85", alpha=0.2)
    axes.scatter([1, np.nan], [2, 3], c=["#111111", "#222222"], label="units")
    lines, band, points = only_panel(figure).shapes
    assert lines == Shape(
        "segments",
        (1.0, 1.0, None, 2.0, 2.0),
        (3.0, 5.0, None, 4.0, 6.0),
        ("#888888",),
        True,
        "",
    )
    assert (band.kind, band.colours, max(band.x), max(band.y)) == ("band", ("#1f5a85",), 1.0, 2.0)
    assert points.x == (1.0, None) and points.colours == ("#111111", "#222222")
    assert (points.kind, points.label) == ("points", "units")


def test_a_note_beside_a_point_keeps_the_point():
    figure, (axes,) = panels(3, 2)
    axes.annotate("BJ", (0.25, 0.5), (3, 4), textcoords="offset points")
    axes.annotate("above", (0.5, 1), xycoords="axes fraction")
    assert only_panel(figure).words == (Words("BJ", (0.25, 0.5)), Words("above", None))


def test_an_artist_that_cannot_be_read_is_refused():
    figure, (axes,) = panels(3, 2)
    axes.imshow([[1, 2], [3, 4]])
    with pytest.raises(TypeError, match="AxesImage"):
        drawn(figure)


def test_rendering_changes_no_number():
    figure = forest(0.1, 0.7)
    before = drawn(figure)
    render(figure, "Synthetic")
    assert drawn(figure).panels == before.panels
    assert drawn(figure).words == ("Synthetic",)


def test_a_panel_without_a_legend_has_no_words_of_one():
    figure = forest(0.1, 0.7)
    figure.axes[0].get_legend().remove()
    assert only_panel(figure).legend == ()
