"""The theory as a diagram: NQP, its mechanisms and integration, every arrow with its estimate, levers on their arrows."""

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipeline.panel.result import Column, Result, Term
from pipeline.report.figures.style import ACCENT, INK, MUTED, WARM, wrapped
from pipeline.report.numbers import decimal, stars, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import TheoryFigure

_LEFT, _MIDDLE, _RIGHT = 1.3, 5.35, 9.3  # where NQP ends, the mechanisms' centre, where integration begins
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
    bottom = -1.45 * len(mechanisms) - 0.62 * rows + 0.1
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
            _chip(axes, _LEFT + 0.08 + 1.38 * i, y - 0.72, lever, language)
    y = -1.45 * len(mechanisms)
    shared = mechanisms[0].term("total")
    _arrow(axes, _LEFT, _RIGHT, y, shared, word("total", language))
    for i, lever in enumerate(direct):
        _chip(axes, _LEFT + 0.35 + 1.5 * (i % _CHIPS), y - 0.66 - 0.6 * (i // _CHIPS), lever, language)
    axes.text(5.3, bottom - 0.4, word("theory_key", language), ha="center", va="center", fontsize=6.6, color=MUTED)
    axes.set_xlim(-0.1, 10.7)
    axes.set_ylim(bottom - 0.75, 0.65)
    axes.axis("off")
    return figure


def _number(t: Term) -> str:
    return typographic(f"{decimal(t.estimate, 3)} [{decimal(t.low, 3)}, {decimal(t.high, 3)}]")


def _box(axes: Axes, x: float, y: float, width: float, height: float, text: str, size: float) -> None:
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0.02,rounding_size=0.08", facecolor="white",
                                  edgecolor=MUTED, lw=1.0, zorder=2))  # fmt: skip
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _arrow(axes: Axes, start: float, end: float, y: float, t: Term, name: str) -> None:
    clear = t.p is not None and t.p < 0.05
    colour = (ACCENT if (t.estimate or 0) >= 0 else WARM) if clear else MUTED
    axes.add_patch(FancyArrowPatch((start, y), (end, y), arrowstyle="-|>", mutation_scale=10, color=colour, lw=1.3,
                                   linestyle="-" if clear else (0, (4, 3)), shrinkA=1, shrinkB=0))  # fmt: skip
    text = f"{name} = {typographic(decimal(t.estimate, 3))}{stars(t.p)} {typographic(f'[{decimal(t.low, 3)}, {decimal(t.high, 3)}]')}"
    axes.text((start + end) / 2 - 0.05, y + 0.17, text, ha="center", va="center", fontsize=6.4, color=colour, zorder=4)


def _chip(axes: Axes, x: float, y: float, lever: Column, language: str) -> None:
    """A lever under its arrow: estimate and interval, framed in colour where its adjusted p-value is below 5%."""
    verdict = str(lever.statistics["verdict"])
    colour = {"weakens": WARM, "strengthens": ACCENT}.get(verdict, MUTED)
    if lever.terms:
        t = lever.term("interaction")
        name = f"{lever.key.upper()} {typographic(decimal(t.estimate))}{stars(lever.term('adjusted_p').estimate)}"
        text = f"{name}\n{typographic(f'[{decimal(t.low, 3)}, {decimal(t.high, 3)}]')}"
    else:
        text = f"{lever.key.upper()}\n{wrapped(word('untestable', language), 16)}"
    axes.add_patch(FancyBboxPatch((x, y), 1.24, 0.42, boxstyle="round,pad=0.02,rounding_size=0.06", facecolor="#f7f7f7",
                                  edgecolor=colour, lw=1.0 if verdict in ("weakens", "strengthens") else 0.6, zorder=2,
                                  linestyle="-" if verdict in ("weakens", "strengthens") else (0, (3, 2))))  # fmt: skip
    axes.text(x + 0.62, y + 0.21, text, ha="center", va="center", fontsize=5.6, color=INK, zorder=3)
