"""One drawing, three files: the same in every run, whole, with the words as they were written."""

import io
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from pipeline.report.pictures.render import overflow, render
from pipeline.report.pictures.style import ACCENT, HOUSE, WARM, FigureStyle, panels, set_key
from tests.report.pictures.compare import difference

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "$x_1^2$ & 50%"

PROGRAM = """
import hashlib
from pipeline.report.pictures.render import render
from pipeline.report.pictures.lines import fitted
from pipeline.report.pictures.style import panels, set_key
figure, axes = panels(5.03, 3.07, across=2, share_y=True)
for a in axes:
    a.plot([2011, 2015, 2020], [0.1, 12345.6789, -3], label="城乡")
    a.fill_between([2011, 2020], [0, 0], [1, 2], alpha=0.3)
    a.set_title(fitted("A title that is long enough to be broken", 1.8, 10))
    a.legend()
set_key(figure, "τ √ −")
for form, content in render(figure, "合成数据").items():
    print(form, hashlib.sha256(content).hexdigest())
"""


def lines(label="a", height=(1, 2)):
    figure, (axes,) = panels(3, 2)
    axes.bar([0, 1], height, color=ACCENT)
    axes.set_xlabel(label)
    return figure


def run(folder, **environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_same_bytes_whatever_the_run(tmp_path):
    """Other hash seed, folder, language, time zone, and a matplotlibrc that wants it otherwise."""
    (tmp_path / "matplotlibrc").write_text("font.size: 30\ntext.usetex: true\nsvg.fonttype: none\n")
    here = run(ROOT, PYTHONHASHSEED="1", LC_ALL="C.UTF-8", TZ="UTC")
    there = run(tmp_path, PYTHONHASHSEED="2", LC_ALL="de_DE.UTF-8", TZ="Asia/Shanghai")
    assert here == there and here.count("\n") == 3


def test_three_files_of_the_figures_size():
    files = render(lines(), None)
    assert list(files) == ["svg", "pdf", "png"]
    assert Image.open(io.BytesIO(files["png"])).size == (600, 400)
    (box,) = re.findall(rb"/MediaBox ?\[([^]]+)\]", files["pdf"])
    assert [float(v) for v in box.split()] == pytest.approx([0, 0, 216, 144], abs=0.01)
    assert b'viewBox="0 0 216 143.9964"' in files["svg"]
    assert b"CreationDate" not in files["pdf"] and b"<dc:date>" not in files["svg"]


def test_a_style_decides_the_resolution():
    files = render(lines(), None, FigureStyle(dots_per_inch=300))
    assert Image.open(io.BytesIO(files["png"])).size == (900, 600)


def test_png_shows_what_the_svg_says():
    low, high, again = (render(lines(height=h), None)["png"] for h in [(1, 2), (2, 1), (1, 2)])
    assert low == again
    assert not difference(low, high).within()


def test_words_stand_as_they_were_written():
    """No sign makes a label a formula: every letter is drawn, none is swallowed."""
    with_label, without = (render(lines(label), None)["svg"].decode() for label in (HOSTILE, ""))
    assert "<!-- $x_1^2$ &amp; 50% -->" in with_label
    glyphs = [len(re.findall(r"<use [^>]*#DejaVuSans-", svg)) for svg in (with_label, without)]
    assert glyphs[0] - glyphs[1] == len(HOSTILE)


def test_chinese_greek_and_signs_have_glyphs():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = render(lines("城乡融合 τβσρ √ − × ≥ → ℓ"), "合成数据")["svg"].decode()
    assert len(set(re.findall(r'id="(NotoSansSC-Regular-\w+)"', svg))) == 7


def test_the_mark_stands_below_the_key():
    figure = lines()
    set_key(figure, "Shaded: 95%")
    svg = render(figure, "Synthetic")["svg"].decode()
    key, mark = figure.texts
    assert (key.get_text(), mark.get_text(), mark.get_color()) == (
        "Shaded: 95%",
        "Synthetic",
        WARM,
    )
    assert mark.get_window_extent().y1 <= key.get_window_extent().y0
    (axes,) = figure.axes
    assert key.get_window_extent().y1 <= axes.xaxis.label.get_window_extent().y0
    assert "<!-- Synthetic -->" in svg


def test_no_mark_no_strip():
    bare, marked = lines(), lines()
    assert b"Synthetic" not in render(bare, None)["svg"]
    render(marked, "Synthetic")
    strip = marked.axes[0].get_position().y0 - bare.axes[0].get_position().y0
    assert strip == pytest.approx(0.16 / 2, abs=2e-4)


def test_the_layout_is_rounded():
    """The solver's last bits differ between runs."""
    figure = lines()
    render(figure, None)
    bounds = figure.axes[0].get_position().bounds
    assert bounds == pytest.approx([round(b, 4) for b in bounds], abs=1e-12)


def test_a_figure_laid_out_by_hand_keeps_its_places():
    figure = Figure((3, 2))
    figure.add_axes((0.25, 0.25, 0.5, 0.5))
    render(figure, None)
    assert figure.axes[0].get_position().bounds == (0.25, 0.25, 0.5, 0.5)


@pytest.mark.parametrize("loc", ["left", "right"])
def test_a_title_that_leaves_the_figure_is_noticed(loc):
    figure, beyond = lines(), lines()
    for drawing, title in ((figure, "short"), (beyond, "long " * 20)):
        drawing.axes[0].set_title(title, loc=loc)
        render(drawing, "Synthetic")
    assert overflow(figure) == 0
    assert overflow(beyond) > 1


@pytest.mark.parametrize("size", [(7.5, 4.9), (3.04, 6.135), (7.375, 10.155), (4.835, 5.69)])
def test_no_thin_line_is_lost_between_pixels(size):
    """Typst can leave out one column or row of pixels of an svg."""
    figure, (axes,) = panels(*size)
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.axis("off")
    width, height = (round(v * HOUSE.dots_per_inch) for v in size)
    across, down = np.arange(3.5, width - 4, 7), np.arange(3.5, height - 4, 7)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.vlines(across, 0, height / 2, color="black", lw=0.36)
    axes.hlines(down, 0, 2, color="black", lw=0.36)
    png = np.asarray(Image.open(io.BytesIO(render(figure, None)["png"])).convert("L"))
    ink = 1 - png / 255
    row = ink[10, : 7 * len(across)].reshape(-1, 7).sum(axis=1)
    column = ink[: 7 * len(down), 0].reshape(-1, 7).sum(axis=1)
    assert row.min() > 0.8 and column.min() > 0.8
