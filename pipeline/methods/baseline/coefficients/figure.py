"""The figure of coefficients: points with intervals, one row for each column of the tables
named."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pipeline.methods.baseline.coefficients.spec import CoefficientsFigure
from pipeline.methods.shown import Shown
from pipeline.panel.finding import Finding, Rejected, Where
from pipeline.report.pictures.lines import beyond, fitted
from pipeline.report.pictures.style import ACCENT, MUTED, panels, points, set_key
from pipeline.report.say import Say
from pipeline.results.points import HasPoints, Point

# Of names and the axis, and the height of a row, in inches.
_WIDTH, _ROW = 2.9, 0.26


@dataclass(frozen=True)
class Block:
    """The points of one table under its title."""

    title: str
    points: list[Point]


@dataclass(frozen=True)
class Row:
    """A row at a height: a point, or the heading of a block."""

    y: float
    name: str
    point: Point | None


def figure(shown: Shown, spec: CoefficientsFigure, say: Say) -> Figure:
    """Rows grouped by table, in the tables' order. Raises Rejected where no table has a term."""
    blocks = _blocks(shown, spec, say)
    rows, y = _rows(blocks, say)
    axis = fitted(_axis(shown, spec, say), _WIDTH, points(9))
    headless = len(blocks) == 1  # which leaves as much room as a heading
    height = _ROW * (headless - y) + 0.9 + beyond([axis], points(9))
    picture, (axes,) = panels(6.4, height)
    for row in rows:
        if row.point is not None:
            _draw(axes, row.point, row.y)
    _finish(axes, rows, y)
    axes.set_xlabel(axis)
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


def _rows(blocks: list[Block], say: Say) -> tuple[list[Row], float]:
    """Rows from above, as high as their names ask for, and where the next would stand."""
    rows, y = list[Row](), 0.0
    for block in blocks:
        of: list[tuple[str, Point | None]] = [(_label(p, say), p) for p in block.points]
        if len(blocks) > 1:
            y -= 0.35 if rows else 0.0
            of.insert(0, (block.title, None))
        for label, point in of:
            name = fitted(label, _WIDTH, points(9))
            more = beyond([name], points(9), lines=1) / _ROW
            rows.append(Row(y - more / 2, name, point))
            y -= 1.0 + more
    return rows, y


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


def _finish(axes: Axes, rows: list[Row], y: float) -> None:
    axes.axvline(0, color=MUTED, lw=0.8, zorder=0)
    axes.set_yticks([row.y for row in rows], [row.name for row in rows])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        if row.point is None:
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
