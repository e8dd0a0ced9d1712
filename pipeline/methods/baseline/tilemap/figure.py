"""The tile map: one tile a unit, placed roughly as on a map."""

from bisect import bisect_left
from itertools import pairwise

from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pipeline.methods.baseline.tilemap.result import Result
from pipeline.methods.baseline.tilemap.spec import TileMapFigure
from pipeline.methods.shown import Shown
from pipeline.report.numbers import plain
from pipeline.report.pictures.lines import fitted
from pipeline.report.pictures.style import MUTED, panels
from pipeline.report.pictures.tiles import draw_tiles
from pipeline.report.say import Say

_COLOURS = "YlGnBu"
# Where the four classes stand on the colour map.
_QUARTERS = (0.1, 0.32, 0.58, 0.85)


def figure(shown: Shown, spec: TileMapFigure, say: Say) -> Figure:
    """Tiles coloured by the value, or by its quarter with the bounds in a legend."""
    result = shown.mine(Result)
    low, high = min(result.values.values()), max(result.values.values())
    picture, (axes,) = panels(5.6, 5.0)
    if not result.cuts:
        draw_tiles(
            axes, result.values, say, _COLOURS, lambda v: 0.08 + 0.8 * (v - low) / (high - low), 1.0
        )
        return picture
    cuts = result.cuts
    draw_tiles(axes, result.values, say, _COLOURS, lambda v: _QUARTERS[bisect_left(cuts, v)], 1.0)
    texts = [f"{plain(a)} – {plain(b)}" for a, b in pairwise([low, *cuts, high])]
    faces = [colormaps[_COLOURS](q) for q in _QUARTERS]
    keys = [Patch(facecolor=face, edgecolor=MUTED, lw=0.4) for face in faces]
    title = fitted(say("quarters", label=say.label(result.variable)), 2.9, 8)
    axes.legend(
        keys,
        texts,
        title=title,
        ncols=1 if title.count("\n") < 3 else 2,
        loc="upper left",
        fontsize=8,
        title_fontsize=8,
        alignment="left",
    )
    return picture
