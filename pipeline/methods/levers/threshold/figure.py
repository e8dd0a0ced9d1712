"""The likelihood ratio along the candidates of each threshold."""

from matplotlib.figure import Figure

from pipeline.methods.levers.threshold.result import Result
from pipeline.methods.levers.threshold.spec import LikelihoodRatioFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, LEAST, MUTED, WARM, panels, points, set_key
from pipeline.report.say import Say

_ACROSS = 3


def figure(shown: Shown, spec: LikelihoodRatioFigure, say: Say) -> Figure:
    """One panel a threshold: dashed the critical value, dotted the estimate."""
    result = shown.table(spec.table, Result)
    drawn = [
        (column.lever, k, threshold)
        for column in result.columns
        for k, threshold in enumerate(column.thresholds, start=1)
    ]
    across = min(_ACROSS, len(drawn))
    down = -(-len(drawn) // across)
    width = max(LEAST, 2.4 * across)
    titles = [
        fitted(
            say.clauses([say.label(lever), say("threshold", number=k)]),
            width / across - 0.7,
            points(7.5),
        )
        for lever, k, _ in drawn
    ]
    picture, every = panels(width, (2.2 + beyond(titles, points(7.5))) * down, down, across)
    for axes in every[len(drawn) :]:
        axes.axis("off")
    for axes, (_, _, threshold), title in zip(every, drawn, titles, strict=False):
        axes.plot(threshold.candidates, threshold.ratios, color=ACCENT, lw=1.1)
        axes.axhline(result.critical, color=MUTED, lw=0.8, ls="--")
        axes.axvline(threshold.value, color=WARM, lw=0.8, ls=":")
        axes.set_title(title, fontsize=points(7.5))
        axes.tick_params(labelsize=points(7))
    for axes in every[::across]:
        axes.set_ylabel(say("ratio_axis"), fontsize=points(7.5))
    set_key(picture, say("ratio_key", level=say.level()))
    return picture
