"""Maps of the gains by unit."""

from matplotlib.figure import Figure

from pipeline.methods.levers.scenario.result import Result
from pipeline.methods.levers.scenario.spec import ScenarioMapFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import LEAST, panels, points
from pipeline.report.pictures.tiles import draw_tiles
from pipeline.report.say import Say

_ACROSS = 3


def figure(shown: Shown, spec: ScenarioMapFigure, say: Say) -> Figure:
    """One map a move: gains in thousandths of the outcome; red loses, blue gains."""
    columns = {c.variable: c for c in shown.table(spec.table, Result).columns}
    across = min(_ACROSS, len(spec.moves))
    down = -(-len(spec.moves) // across)
    width = max(LEAST, 2.5 * across)
    labels = {key: columns[key].label for key in spec.moves}
    titles = [
        fitted(own.in_language(say.language) if own else say.label(key), 2.2, points(8))
        for key, own in labels.items()
    ]
    picture, every = panels(width, (2.45 + beyond(titles, points(8))) * down, down, across)
    for axes in every[len(spec.moves) :]:
        axes.axis("off")
    gains = {
        key: {code: 1000 * gain.value for code, gain in columns[key].gains.items()}
        for key in spec.moves
    }
    most = max(abs(v) for values in gains.values() for v in values.values()) or 1.0
    for axes, key, title in zip(every, spec.moves, titles, strict=False):
        draw_tiles(axes, gains[key], say, "RdBu", lambda v: 0.5 + 0.42 * v / most, 0.5)
        axes.set_title(title, fontsize=points(8))
    return picture
