"""Golden figures: what each figure draws, from small stored results, compared exactly; and as a
picture, with a tolerance.

A method's folder `golden_figure/` beside its tests, and any other whose name begins so, holds

    spec.toml        a figure spec of the method; tables that it shows are named by their golden
                     folder (`mechanisms/mediation/golden`), whose stored results it draws
    result.json      its own result, where it estimates; where it is missing, REGENERATE=1 makes it
    changes.json     what the result has instead, as for pages
    drawn.en.json    the numbers and words of its artists; drawn.zh.json: the words alone
    picture.png      how it looks, small

    REGENERATE=1 .venv/bin/python -m pytest tests/methods/test_golden_figures.py -k threshold

writes them anew.
"""

import json
from dataclasses import asdict
from pathlib import Path

from matplotlib.text import Text

from pipeline.methods.discover import Method, by_kind, methods
from pipeline.methods.shown import Named, Shown
from pipeline.panel.finding import Finding
from pipeline.report.pictures.drawn import Drawn, drawn
from pipeline.report.pictures.render import overflow, render
from pipeline.report.pictures.style import FigureStyle
from pipeline.report.say import Say, catalogue
from pipeline.results.result import Plain, from_json, plain
from pipeline.study.specs import FigureSpec
from pipeline.study.toml import read_kind
from tests.methods import golden
from tests.report.pictures.compare import difference

SMALL = FigureStyle(dots_per_inch=50)


def drawing_methods() -> list[Method]:
    """The methods that draw figures."""
    return [m for m in methods() if m.figure_spec is not None]


def folders() -> dict[str, Path]:
    """Every folder of golden figures by its name in tests; each method that draws has one."""
    found = {}
    for method in drawing_methods():
        first = golden.folder(method, "golden_figure")
        for folder in {first, *first.parent.glob("golden_figure*")}:
            found[f"{method.name}{folder.name.removeprefix('golden_figure')}"] = folder
    return dict(sorted(found.items()))


def read_spec(folder: Path) -> FigureSpec:
    """The spec of a folder of golden figures; fails with its problems."""
    problems: list[Finding] = []
    schemas = {kind: m.figure_spec for kind, m in by_kind().items() if m.figure_spec}
    spec = read_kind(folder / "spec.toml", schemas, problems)
    assert spec is not None, "\n".join(map(str, problems))
    return spec


def estimates(folder: Path) -> bool:
    """Whether the figure has a result of its own."""
    method = by_kind()[read_spec(folder).kind]
    return method.has("estimate") and method.table_spec is None


def shown(folder: Path) -> Shown:
    """What the figure is given: its own result or those of the golden folders that it names."""
    spec = read_spec(folder)
    own = _result(folder, spec.kind) if estimates(folder) else None
    return Shown(own, {stem: _named(stem) for stem in spec.shows()})


def _named(stem: str) -> Named:
    folder = golden.HERE / stem
    spec = golden.read_spec(folder)
    return Named(stem, "1", spec, _result(folder, spec.kind))


def _result(folder: Path, kind: str):
    text = (folder / "result.json").read_text(encoding="utf-8")
    return from_json(by_kind()[kind].result, text)


def say_of(folder: Path, study, language: str) -> Say:
    """The words of the figure's method."""
    return Say(study, language, catalogue(by_kind()[read_spec(folder).kind].words))


def draw(folder: Path, say: Say):
    """The figure of a folder, as matplotlib holds it before it is rendered."""
    spec = read_spec(folder)
    with SMALL.active():
        return by_kind()[spec.kind].function("figure")(shown(folder), spec, say)


def check_golden(folder: Path, study, language: str) -> None:
    """Compare a figure with its golden files, or write them; fails with what differs."""
    figure = draw(folder, say_of(folder, study, language))
    whole = drawn(figure)
    kept = plain(asdict(whole)) if language == "en" else words(whole)
    text = json.dumps(kept, ensure_ascii=False, indent=None, separators=(",", ":"))
    # A line a panel, a shape, a text: so that differences can be read.
    text = text.replace("},{", "},\n{").replace("],[", "],\n[") + "\n"
    _check_text(folder / f"drawn.{language}.json", text)
    if language == "en":
        _check_picture(folder / "picture.png", render(figure, None, SMALL)["png"])
    assert cut(figure) == 0


def cut(figure) -> float:
    """How far a figure reaches beyond its edges, inches."""
    with SMALL.active():
        figure.draw_without_rendering()
        # Also the texts that the layout is told to leave out.
        texts = [t for axes in figure.axes for t in axes.texts if t.get_visible()]
        return max([overflow(figure), *(_beyond(figure, t) for t in texts)])


def _beyond(figure, text: Text) -> float:
    box, whole = text.get_window_extent(), figure.bbox
    over = max(whole.x0 - box.x0, whole.y0 - box.y0, box.x1 - whole.x1, box.y1 - whole.y1, 0.0)
    return float(over) / figure.dpi


def words(whole: Drawn) -> Plain:
    """The words of a figure, panel by panel."""
    panels: list[Plain] = [
        [p.title, p.x.label, p.y.label, *p.x.names, *p.y.names, *(w.text for w in p.words)]
        + list(p.legend)
        for p in whole.panels
    ]
    return [list(whole.words), *panels]


def _check_text(file: Path, text: str) -> None:
    if golden.regenerate():
        file.write_text(text, encoding="utf-8", newline="")
    assert file.exists(), f"{file} is missing: run with REGENERATE=1, look at it, commit it"
    different = golden.difference(file, text)
    assert not different, "\n".join(different)


def _check_picture(file: Path, png: bytes) -> None:
    if golden.regenerate():
        file.write_bytes(png)
    assert file.exists(), f"{file} is missing: run with REGENERATE=1, look at it, commit it"
    apart = difference(file.read_bytes(), png)
    assert apart.within(), f"{file} looks different: {apart}"
