"""The mechanism diagram: treatment, mechanisms, outcome, with the estimates on the arrows."""

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipeline.panel.result import Result, Term
from pipeline.report.figures.style import ACCENT, INK, MUTED, WARM
from pipeline.report.numbers import decimal, stars, typographic
from pipeline.report.wording import word
from pipeline.study import Study
from pipeline.study.kinds import PathFigure


def draw(study: Study, spec: PathFigure, results: dict[str, Result], language: str) -> Figure:
    """Left the treatment, in the middle one box a mechanism with a x b and its interval, right the outcome.

    An arrow is solid where its coefficient differs from zero at 5%, dashed where it does not; blue up, red down.
    """
    columns = results[f"tables/{spec.table}"].columns
    n = len(columns)
    figure, axes = plt.subplots(figsize=(7.2, 1.05 * n + 0.9), layout="constrained")
    middle = (n - 1) / 2
    roles = study.spec.roles
    _box(axes, 0.0, middle, _wrap(study.label(roles.treatment, language)), 1.15)
    _box(axes, 7.4, middle, _wrap(study.label(roles.outcome, language)), 1.15)
    for k, column in enumerate(columns):
        y = float(n - 1 - k)
        t = column.term("indirect")
        text = (
            f"{study.label(column.key, language)}\na×b = {_number(t.estimate)} "
            f"[{_number(t.low)}, {_number(t.high)}]{word('colon', language)}{word(str(column.statistics['pattern']), language)}"
        )
        _box(axes, 3.7, y, text, 3.3, size=6.8)
        _arrow(axes, (0.6, middle), (2.03, y), column.term("a"), "a")
        _arrow(axes, (5.37, y), (6.8, middle), column.term("b"), "b")
    total = columns[0].term("total")
    label = f"{word('total', language)}{word('colon', language)}{_number(total.estimate)}{stars(total.p)} ({decimal(total.se, 3)})"
    axes.text(3.7, -0.72, label, ha="center", va="center", fontsize=8.5)
    axes.text(
        3.7, -1.02, word("path_key", language), ha="center", va="center", fontsize=7, color=MUTED
    )
    axes.set_xlim(-0.75, 8.15)
    axes.set_ylim(-1.15, n - 0.35)
    axes.axis("off")
    return figure


def _number(value: float | None) -> str:
    return typographic(decimal(value, 3))


def _wrap(label: str) -> str:
    return label.replace(" ", "\n", 1)


def _box(axes: Axes, x: float, y: float, text: str, width: float, size: float = 8.5) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.27),
            width,
            0.54,
            boxstyle="round,pad=0.02,rounding_size=0.08",
            facecolor="white",
            edgecolor=MUTED,
            lw=1.0,
            zorder=2,
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], t: Term, name: str
) -> None:
    assert t.estimate is not None and t.p is not None
    colour = (ACCENT if t.estimate >= 0 else WARM) if t.p < 0.05 else MUTED
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=10,
            color=colour,
            lw=1.3,
            linestyle="-" if t.p < 0.05 else (0, (4, 3)),
            shrinkA=0,
            shrinkB=0,
        )
    )
    axes.text(
        (start[0] + end[0]) / 2,
        (start[1] + end[1]) / 2,
        f"{name} = {_number(t.estimate)}{stars(t.p)}",
        ha="center",
        va="center",
        fontsize=7.2,
        color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
        zorder=4,
    )
