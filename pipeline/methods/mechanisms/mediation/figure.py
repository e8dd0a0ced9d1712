"""The mechanism diagram: treatment, mechanisms, outcome, with the estimates on the arrows."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipeline.methods.mechanisms.mediation.result import Mechanism, Result
from pipeline.methods.mechanisms.mediation.spec import PathFigure
from pipeline.methods.shown import Shown
from pipeline.report.numbers import typographic
from pipeline.report.pictures.lines import beyond, fitted, height
from pipeline.report.pictures.style import ACCENT, INK, MUTED, WARM, panels
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE, Estimate

# Where the boxes stand, in units of the axes, and how wide they are.
_TREATMENT, _MIDDLE, _OUTCOME = 0.0, 3.7, 7.4
_SIDE, _WIDE = 1.15, 3.3
_HALF = 0.27
_UNIT = 1.04  # inches of height
# Inches of a line in a side box, in a box in the middle, below both.
_SIDE_LINE, _WIDE_LINE, _LINE = 0.84, 2.5, 6.8


def figure(shown: Shown, spec: PathFigure, say: Say) -> Figure:
    """Left the treatment, in the middle one box a mechanism with a x b and its interval, right the
    outcome.

    An arrow is solid where its coefficient differs from zero by the test that decides, dashed where
    it does not; blue up, red down. In the two-step design nothing leads from the mechanisms to the
    outcome but a grey line.
    """
    result = shown.table(spec.table, Result)
    n = len(result.mechanisms)
    total, key = fitted(_total(result, say), _LINE, 8.5), fitted(_key(result, say), _LINE, 6.6)
    # Further lines below the diagram, in its units.
    more = beyond([total], 8.5, lines=1) / _UNIT, beyond([key], 6.6, lines=1) / _UNIT
    picture, (axes,) = panels(7.2, 1.05 * n + 0.9 + sum(more) * _UNIT)
    middle = (n - 1) / 2
    _side(axes, _TREATMENT, middle, say.label(result.model.treatment))
    _side(axes, _OUTCOME, middle, say.label(result.model.outcome))
    for k, mechanism in enumerate(result.mechanisms):
        _mechanism(axes, mechanism, n - 1.0 - k, middle, say)
    axes.text(_MIDDLE, -0.68 - more[0] / 2, total, ha="center", va="center", fontsize=8.5)
    at = -1.02 - more[0] - more[1] / 2
    axes.text(_MIDDLE, at, key, ha="center", va="center", fontsize=6.6, color=MUTED)
    axes.set_xlim(-0.75, 8.15)
    axes.set_ylim(-1.15 - sum(more), n - 0.35)
    axes.axis("off")
    for text in axes.texts:  # a long line does not make the diagram small
        text.set_in_layout(False)
    return picture


def _mechanism(axes: Axes, mechanism: Mechanism, y: float, middle: float, say: Say) -> None:
    """One mechanism's box and its two arrows."""
    left, right = _MIDDLE - _WIDE / 2, _MIDDLE + _WIDE / 2
    start, end = (_TREATMENT + 0.6, middle), (_OUTCOME - 0.6, middle)
    label, second = fitted(say.label(mechanism.mediator), _WIDE_LINE, 6.8), mechanism.second
    _arrow(axes, start, (left - 0.02, y), "a", mechanism.a, say)
    if second is None:
        _box(axes, _MIDDLE, y, label, _WIDE, 6.8)
        _line(axes, (right + 0.02, y), end)
        return
    own = second.effects
    text = say(
        "path_box",
        mediator=label,
        value=say.number(own.indirect.value),
        interval=f" {say.interval(own.indirect.interval)}" if own.indirect.interval else "",
        reading=say(own.reading),
    )
    _box(axes, _MIDDLE, y, typographic(text), _WIDE, 6.8)
    _arrow(axes, (right + 0.02, y), end, "b", own.b, say)


def _total(result: Result, say: Say) -> str:
    """The total effect in words, where it is estimated."""
    model, total = result.model, result.total
    if total is None:
        return ""
    labels = {"treatment": say.label(model.treatment), "outcome": say.label(model.outcome)}
    value, error = say.number(total.value), say.number(total.error)
    told = say("total", **labels)
    return typographic(say("path_total", total=told, value=value, error=error))


def _key(result: Result, say: Say) -> str:
    """What lines and colours mean."""
    paths = [e for m in result.mechanisms for e in (m.a, m.second and m.second.effects.b) if e]
    test = say.list(say(f"test_{name}") for name in dict.fromkeys(e.test for e in paths))
    several = [say("path_models")] if len(result.mechanisms) > 1 else []
    dotted = [say("path_dotted")] if result.total is None else []
    return say.sentences([say("path_key", size=say.level(SIZE), test=test), *dotted, *several])


def _side(axes: Axes, x: float, y: float, label: str) -> None:
    """The box of treatment or outcome, in smaller type where the label needs more than three
    lines."""
    text, size = fitted(label, _SIDE_LINE, 8.5), 8.5
    if text.count("\n") >= 3:
        text, size = fitted(label, _SIDE_LINE, 6.0), 6.0
    _box(axes, x, y, text, _SIDE, size)


def _box(axes: Axes, x: float, y: float, text: str, width: float, size: float) -> None:
    """A box around (x, y), as high as its text."""
    half = max(_HALF, height(text, size) / _UNIT / 2)
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - half),
            width,
            2 * half,
            boxstyle="round,pad=0.02,rounding_size=0.08",
            facecolor="white",
            edgecolor=MUTED,
            lw=1.0,
            zorder=2,
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    name: str,
    estimate: Estimate,
    say: Say,
) -> None:
    colour = MUTED
    if estimate.differs:
        colour = ACCENT if estimate.value >= 0 else WARM
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=10,
            color=colour,
            lw=1.3,
            linestyle="-" if estimate.differs else (0, (4, 3)),
            shrinkA=0,
            shrinkB=0,
        )
    )
    text = typographic(
        say("path_label", name=name, value=say.number(estimate.value), p=say.p(estimate.decides))
    )
    axes.text(
        (start[0] + end[0]) / 2,
        (start[1] + end[1]) / 2,
        text,
        ha="center",
        va="center",
        fontsize=7.2,
        color=colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
        zorder=4,
    )


def _line(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The second step where it is not estimated."""
    x, y = zip(start, end, strict=True)
    axes.plot(x, y, color=MUTED, lw=0.8, ls=":")
