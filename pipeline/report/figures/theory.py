"""The theory as a diagram: NQP, its mechanisms and integration, every arrow with its estimate, levers on their arrows."""

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipeline.panel.result import Column, Result, Term
from pipeline.report.figures.style import ACCENT, INK, MUTED, WARM, wrapped
from pipeline.report.numbers import bounds, decimal, stars, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import TheoryFigure

_LEFT, _MIDDLE, _RIGHT = (
    1.3,
    5.35,
    9.3,
)  # where NQP ends, the mechanisms' centre, where integration begins
_CHIPS = 5  # chips in a row under the direct arrow


def draw(study: Study, spec: TheoryFigure, results: dict[str, Result], language: str) -> Figure:
    """A row a mechanism: arrow a, box with a x b, arrow b; below it the levers of arrow a. The last row is the direct effect."""
    mechanisms = results[f"tables/{spec.table}"].columns
    levers = results[f"tables/{spec.levers}"].columns
    roles = study.spec.roles
    by_arrow: dict[str, list[Column]] = {}
    for column in levers:
        by_arrow.setdefault(study.levers[column.key].moves, []).append(column)
    direct = by_arrow.get("direct", [])
    rows = -(-len(direct) // _CHIPS)
    bottom = -1.45 * len(mechanisms) - 0.6 * rows - 0.25
    figure, axes = plt.subplots(figsize=(7.6, 0.46 * (1.0 - bottom) + 0.6), layout="constrained")
    for x0, variable in ((0.0, roles.treatment), (_RIGHT, roles.outcome)):
        _box(axes, x0, bottom, 1.3, 0.5 - bottom, wrapped(study.label(variable, language), 10), 8.5)
    for k, column in enumerate(mechanisms):
        y = -1.45 * k
        t = column.term("indirect")
        text = f"{wrapped(study.label(column.key, language), 30)}\na×b = {_number(t)}\n{word(str(column.statistics['pattern']), language)}"
        _box(axes, _MIDDLE - 1.2, y - 0.5, 2.4, 1.0, text, 6.2)
        _arrow(axes, _LEFT, _MIDDLE - 1.2, y, column.term("a"), "a")
        _arrow(axes, _MIDDLE + 1.2, _RIGHT, y, column.term("b"), "b")
        for i, lever in enumerate(by_arrow.get(column.key, [])):
            _chip(axes, _LEFT + 0.08 + 1.38 * i, y - 0.72, lever, "arrow")
    y = -1.45 * len(mechanisms)
    shared = mechanisms[0].term("total")
    _arrow(
        axes, _LEFT, _RIGHT, y, shared, word("total", language), _direct(spec, results, language)
    )
    for i, lever in enumerate(direct):
        _chip(
            axes,
            _LEFT + 0.35 + 1.5 * (i % _CHIPS),
            y - 0.66 - 0.6 * (i // _CHIPS),
            lever,
            "interaction",
        )
    axes.text(
        5.3,
        bottom - 0.4,
        word("theory_key", language),
        ha="center",
        va="center",
        fontsize=6.6,
        color=MUTED,
    )
    axes.set_xlim(-0.1, 10.7)
    axes.set_ylim(bottom - 0.75, 0.65)
    axes.axis("off")
    return figure


def _number(t: Term) -> str:
    return typographic(f"{decimal(t.estimate, 3)} [{decimal(t.low, 3)}, {decimal(t.high, 3)}]")


def _box(
    axes: Axes, x: float, y: float, width: float, height: float, text: str, size: float
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle="round,pad=0.02,rounding_size=0.08",
            facecolor="white",
            edgecolor=MUTED,
            lw=1.0,
            zorder=2,
        )
    )
    axes.text(
        x + width / 2,
        y + height / 2,
        text,
        ha="center",
        va="center",
        fontsize=size,
        color=INK,
        zorder=3,
    )


def _direct(spec: TheoryFigure, results: dict[str, Result], language: str) -> str:
    """The direct effect given all mechanisms, where the figure names the table that has it."""
    if spec.parallel is None:
        return ""
    column = next(c for c in results[f"tables/{spec.parallel}"].columns if c.key == "together")
    return f"{word('semicolon', language)}{word('path_direct', language)} = {_number(column.term('direct'))}"


def _arrow(
    axes: Axes, start: float, end: float, y: float, t: Term, name: str, more: str = ""
) -> None:
    clear = t.p is not None and t.p < 0.05
    colour = (ACCENT if (t.estimate or 0) >= 0 else WARM) if clear else MUTED
    axes.add_patch(
        FancyArrowPatch(
            (start, y),
            (end, y),
            arrowstyle="-|>",
            mutation_scale=10,
            color=colour,
            lw=1.3,
            linestyle="-" if clear else (0, (4, 3)),
            shrinkA=1,
            shrinkB=0,
        )
    )
    text = f"{name} = {typographic(decimal(t.estimate, 3))}{stars(t.p)} {typographic(bounds(t.low, t.high))}{more}"
    axes.text(
        (start + end) / 2 - 0.05,
        y + 0.17,
        text,
        ha="center",
        va="center",
        fontsize=6.4,
        color=colour,
        zorder=4,
    )


def _chip(axes: Axes, x: float, y: float, lever: Column, term: str) -> None:
    """A lever under its arrow: what it changes there with its interval, framed in colour where p is below 5%.

    term: `arrow`, the change of a with its own p, or `interaction`, that of the effect on the outcome with the adjusted p.
    """
    colour, clear = MUTED, False
    if lever.terms:
        t = lever.term(term)
        p = t.p if term == "arrow" else lever.term("adjusted_p").estimate
        clear = p is not None and p < 0.05
        colour = (ACCENT if (t.estimate or 0) > 0 else WARM) if clear else MUTED
        text = f"{lever.key.upper()} {typographic(decimal(t.estimate, 3))}{stars(p)}\n{typographic(bounds(t.low, t.high))}"
    else:
        text = f"{lever.key.upper()} —"
    axes.add_patch(
        FancyBboxPatch(
            (x, y),
            1.24,
            0.42,
            boxstyle="round,pad=0.02,rounding_size=0.06",
            facecolor="#f7f7f7",
            edgecolor=colour,
            lw=1.0 if clear else 0.6,
            zorder=2,
            linestyle="-" if clear else (0, (3, 2)),
        )
    )
    axes.text(x + 0.62, y + 0.21, text, ha="center", va="center", fontsize=5.6, color=INK, zorder=3)
