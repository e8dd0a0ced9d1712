"""The figure of coefficients: points with intervals, one row for each column of the tables
named."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.baseline.coefficients.spec import CoefficientsFigure
from pipeline.methods.shown import Shown
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.report.pictures.style import ACCENT, MUTED, panels, set_key, wrapped
from pipeline.report.say import Say
from pipeline.results.points import HasPoints, Point

_WIDTH = 46  # of headings and the axis, in signs


@dataclass(frozen=True)
class Block:
    """The points of one table under its title."""

    title: str
    points: list[Point]


def figure(shown: Shown, spec: CoefficientsFigure, say: Say) -> Figure:
    """Rows grouped by table, in the tables' order. Raises Rejected where no table has a term."""
    blocks = _blocks(shown, spec, say)
    rows = sum(len(b.points) for b in blocks)
    picture, (axes,) = panels(6.4, 0.26 * (rows + len(blocks)) + 0.9)
    y, headed = 0.0, len(blocks) > 1
    ticks: list[tuple[float, str, bool]] = []
    for block in blocks:
        if headed:
            y -= 0.35 if ticks else 0.0
            ticks.append((y, wrapped(block.title, _WIDTH), True))
            y -= 1.0
        for point in block.points:
            _draw(axes, point, y)
            ticks.append((y, _label(point, say), False))
            y -= 1.0
    _finish(axes, ticks, y)
    axes.set_xlabel(wrapped(_axis(shown, spec, say), _WIDTH))
    if any(_hollow(point) for block in blocks for point in block.points):
        set_key(picture, say("key"))
    return picture


def _blocks(shown: Shown, spec: CoefficientsFigure, say: Say) -> list[Block]:
    blocks = []
    for stem in spec.tables:
        named = shown.tables[stem]
        assert isinstance(named.result, HasPoints), f"{stem} has no points"
        title = named.spec.title.in_language(say.language)
        blocks.append(Block(title, named.result.points(spec.terms)))
    if not any(block.points for block in blocks):
        where = Where(file=", ".join(spec.tables), key="terms")
        found = f"no term {' or '.join(spec.terms)} in these tables"
        remedy = "correct `terms` in the figure's spec"
        expected = "a term that the tables estimate"
        raise Rejected([Finding("empty-figure", "error", where, found, expected, remedy)])
    return blocks


def _label(point: Point, say: Say) -> str:
    return point.label.in_language(say.language) if point.label else say.label(point.variable)


def _draw(axes: Axes, point: Point, y: float) -> None:
    """A point with its interval; one that does not differ from zero is hollow."""
    estimate = point.estimate
    if estimate.low is not None and estimate.high is not None:
        ends = [estimate.low, estimate.high]
        axes.plot(ends, [y, y], color=ACCENT, lw=1.6, solid_capstyle="butt")
    face = "white" if _hollow(point) else ACCENT
    axes.plot(estimate.value, y, "o", color=ACCENT, mfc=face, ms=4.5)


def _hollow(point: Point) -> bool:
    """Whether a test says that the estimate does not differ from zero."""
    return point.estimate.decides is not None and not point.estimate.differs


def _finish(axes: Axes, ticks: list[tuple[float, str, bool]], y: float) -> None:
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks([at for at, _, _ in ticks], [text for _, text, _ in ticks])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    for label, (_, _, heading) in zip(axes.get_yticklabels(), ticks, strict=True):
        if heading:
            label.set(color=MUTED, fontsize=8, style="italic")
    axes.set_ylim(y + 0.4, 0.7)
    axes.tick_params(axis="y", length=0)


def _axis(shown: Shown, spec: CoefficientsFigure, say: Say) -> str:
    """What the axis measures: the coefficient of the one variable drawn, or estimates of several
    things."""
    names = [name for name in spec.terms if name in say.study.variables]
    if spec.terms == ["treatment"]:
        return say("treatment_axis", level=say.level())
    if len(names) == len(spec.terms) == 1:
        return say("coefficient_axis", variable=say.label(names[0]), level=say.level())
    return say("estimate_axis", level=say.level())
