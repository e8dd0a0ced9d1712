"""The forest of levers: one row a lever, its estimate with interval, its verdict at the right."""

from collections.abc import Mapping, Sequence
from typing import get_args

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.levers.levers.result import Result, Row
from pipeline.methods.levers.levers.spec import LeversFigure
from pipeline.methods.shown import Shown
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, INK, MUTED, WARM, panels, points
from pipeline.report.say import Say
from pipeline.study.schema import LeverGroup, lever_group

# Where an interval that is open ends: out of the figure.
_FAR = 1e3
# How wide a lever's name is, and how high a row of one line, in inches.
_NAME, _ROW = 2.8, 0.3


def figure(shown: Shown, spec: LeversFigure, say: Say) -> Figure:
    """Challenges above paths; the truth as a diamond where it is known."""
    result = shown.table(spec.table, Result)
    treatment = say.label(result.model.treatment)
    axis = fitted(say("axis", treatment=treatment, level=say.level()), 3.5, points(9))
    names = {row.lever: fitted(say.label(row.lever), _NAME, points(8)) for row in result.levers}
    rows = len(result.levers) + 2 + sum(map(_more, names.values()))
    picture, (axes,) = panels(7.2, _ROW * rows + 0.7 + beyond([axis], points(9)))
    # The text at the right is not cut.
    picture.set_layout_engine("constrained", w_pad=0.12)
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    _rows(axes, result, names, say)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(*_ends(result))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(axis)
    _beside(axes, 0.0, say("forest_key"), MUTED)
    if any(test.truth is not None for test in result.tests):
        _truth(axes, [], [], say("truth"))
        axes.legend(loc="lower right", fontsize=points(7.5))
    return picture


def _ends(result: Result) -> tuple[float, float]:
    """The range of all that is drawn, open ends left out, with a margin."""
    shown = [0.0]
    for test in result.tests:
        one = test.interaction
        shown += [x for x in (one.value, one.low, one.high, test.truth) if x is not None]
    margin = 0.05 * (max(shown) - min(shown)) or 1.0
    return min(shown) - margin, max(shown) + margin


def _more(name: str) -> float:
    """How many rows a name takes beyond one."""
    return beyond([name], points(8), lines=1) / _ROW


def _rows(axes: Axes, result: Result, of: Mapping[str, str], say: Say) -> None:
    """The rows from above, each group under its heading."""
    places: list[float] = []
    names: list[str] = []
    headings: list[int] = []
    y = 0.0
    for group in get_args(LeverGroup):
        own = [row for row in result.levers if lever_group(row.lever) == group]
        if not own:
            continue
        headings.append(len(names))
        names += [say(group), *(of[row.lever] for row in own)]
        places.append(y)
        y -= 1.0
        for row in own:
            more = _more(of[row.lever])
            places.append(y - more / 2)
            _row(axes, row, places[-1], say)
            y -= 1.0 + more
        y -= 0.2
    axes.set_yticks(places, names, fontsize=points(8))
    for i in headings:
        axes.get_yticklabels()[i].set(color=MUTED, style="italic")
    axes.set_ylim(y + 0.6, 0.6)


def _row(axes: Axes, row: Row, y: float, say: Say) -> None:
    if row.tested is not None:
        estimate = row.tested.interaction
        colour = MUTED
        if estimate.differs:
            colour = ACCENT if estimate.value > 0 else WARM
        low = -_FAR if estimate.low is None else estimate.low
        high = _FAR if estimate.high is None else estimate.high
        axes.plot([low, high], [y, y], color=colour, lw=1.6, solid_capstyle="butt")
        axes.plot(estimate.value, y, "o", color=colour, ms=4.5)
        if row.tested.truth is not None:
            _truth(axes, [row.tested.truth], [y])
    _beside(axes, y, _text(row, say), INK)


def _text(row: Row, say: Say) -> str:
    """The verdict with the adjusted p-value, and what could have been found where nothing was."""
    if row.tested is None:
        return say(row.verdict)
    told = say.clauses([say(row.verdict), say.p(row.tested.interaction.decides)])
    if row.verdict == "none" and row.tested.detectable is not None:
        return say("not_found", told=told, least=say.number(row.tested.detectable))
    return told


def _beside(axes: Axes, y: float, text: str, colour: str) -> None:
    at = axes.get_yaxis_transform()
    axes.text(1.01, y, text, transform=at, va="center", fontsize=points(7.2), color=colour)


def _truth(axes: Axes, x: Sequence[float], y: Sequence[float], label: str | None = None) -> None:
    axes.plot(x, y, "D", mfc="white", mec=WARM, ms=4.5, ls="none", label=label)
