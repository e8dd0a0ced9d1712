"""No label of a figure is read as mathematics or as TeX: its signs are drawn as they are."""

import json
import re
from html import unescape

import pytest
from matplotlib.text import Text as Drawn

from pipeline.report.pictures.render import render
from pipeline.results.result import from_json
from tests.methods import golden_figures
from tests.report.texts import dressed, dressed_study

SIGNS = r"$x_1$ \alpha ^ _ { } % # & ~"
# Controls are blanks; what XML forbids has a sign in its place.
GIVEN = SIGNS.replace(" ", "\n\x0b\x1b") + "\ufffe"
# These print no label of the study.
WITHOUT = {"baseline.tilemap", "distribution.ellipse"}


@pytest.fixture
def draw(demo, monkeypatch):
    """A function from a folder to its figure, with the signs in every label."""
    study = dressed_study(demo, GIVEN)

    def result(folder, kind):
        stored = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        method = golden_figures.by_kind()[kind]
        return from_json(method.result, json.dumps(dressed(stored, GIVEN)))

    read_spec = golden_figures.read_spec
    monkeypatch.setattr(golden_figures, "_result", result)
    monkeypatch.setattr(
        golden_figures, "read_spec", lambda folder: dressed(read_spec(folder), GIVEN)
    )
    return lambda folder: golden_figures.draw(folder, golden_figures.say_of(folder, study, "en"))


def texts(figure):
    """Every text of a figure, titles, legends, ticks and annotations among them."""
    with golden_figures.SMALL.active():
        figure.draw_without_rendering()
    return [t for t in figure.findobj(Drawn) if t.get_text()]


@pytest.mark.parametrize("name", golden_figures.folders())
def test_labels_are_drawn_as_they_are(name, draw):
    found = texts(draw(golden_figures.folders()[name]))
    assert not any(t.get_usetex() for t in found)
    assert [t._preprocess_math(t.get_text()) for t in found] == [
        (t.get_text(), False) for t in found
    ]
    said = re.sub(r"\s", "", "".join(t.get_text() for t in found))
    assert (SIGNS.replace(" ", "") + "\ufffd" in said) != (name in WITHOUT)


def test_files_of_a_figure_with_any_signs(draw):
    figure = draw(golden_figures.folders()["baseline.coefficients"])
    files = render(figure, SIGNS, golden_figures.SMALL)
    assert SIGNS in unescape(files["svg"].decode()) and files["pdf"][:4] == b"%PDF"
