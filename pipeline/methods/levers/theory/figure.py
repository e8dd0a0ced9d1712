"""The theory as a diagram: treatment, mechanisms and outcome, levers on the arrows that they
move."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pipeline.methods.levers.levers import result as levers
from pipeline.methods.levers.theory.spec import TheoryFigure
from pipeline.methods.mechanisms.mediation import result as mediation
from pipeline.methods.mechanisms.parallel import result as parallel
from pipeline.methods.shown import Shown
from pipeline.report.numbers import typographic
from pipeline.report.pictures.lines import fitted, height
from pipeline.report.pictures.style import ACCENT, INK, MUTED, WARM, panels, points
from pipeline.report.say import Say
from pipeline.results.estimate import SIZE, Estimate

# Where the treatment's box ends, the mechanisms' centre, where the outcome's begins.
_LEFT, _MIDDLE, _RIGHT = 1.3, 5.35, 9.3
# Height of a mechanism's row, and of each further row of chips.
_ROW, _CHIP = 1.45, 0.6
# Chips in a row below the arrow to a mechanism, and below the total.
_BESIDE, _BELOW = 2, 5
_UNIT = 0.46  # inches of height, at least
# Inches of a line in a side box, in a mechanism's box, below the diagram.
_SIDE, _WIDE, _LINE = 0.84, 1.7, 7.3
_DASHED = (0, (4, 3))


@dataclass(frozen=True)
class Lever:
    """A lever under the arrow that it moves: its change of it, None where the panel cannot test
    it."""

    key: str
    change: Estimate | None


def figure(shown: Shown, spec: TheoryFigure, say: Say) -> Figure:
    """A row a mechanism: arrow a, box with a x b, arrow b; below it the levers of arrow a. Last the
    total effect."""
    result = shown.table(spec.table, mediation.Result)
    on = _levers(shown, spec)
    texts = [_told(mechanism, say) for mechanism in result.mechanisms]
    tops, y = list[float](), 0.5
    for mechanism, text in zip(result.mechanisms, texts, strict=True):
        rows = max(1, _rows(on.get(mechanism.mediator, []), _BESIDE))
        tops.append(y - _half(text))
        y -= 2 * _half(text) + _ROW - 1 + _CHIP * (rows - 1)
    direct, total = on.get("direct", []), y - 0.5
    sides = [_side(say.label(v)) for v in (result.model.treatment, result.model.outcome)]
    least = max(height(text, points(size)) for text, size in sides) / _UNIT
    bottom = min(total - _CHIP * _rows(direct, _BELOW) - 0.25, 0.4 - least)
    size = points(6.6)
    key = fitted(say("theory_key" if on else "theory_key_alone", size=say.level(SIZE)), _LINE, size)
    below = height(key, size) / _UNIT
    picture, (axes,) = panels(7.6, _UNIT * (0.45 - bottom + below) + 0.6)
    for x, (text, size) in zip((0.0, _RIGHT), sides, strict=True):
        _box(axes, x, bottom, (1.3, 0.5 - bottom), text, size)
    for y, mechanism, text in zip(tops, result.mechanisms, texts, strict=True):
        _mechanism(axes, y, mechanism, text, on.get(mechanism.mediator, []), say)
    _total(axes, total, result, direct, _direct(shown, spec, say), say)
    _text(axes, _MIDDLE, bottom - 0.12 - below / 2, key, 6.6, MUTED)
    axes.set_xlim(-0.1, 10.7)
    axes.set_ylim(bottom - 0.2 - below, 0.65)
    axes.axis("off")
    for drawn in axes.texts:  # every one fits its place, none makes the diagram small
        drawn.set_in_layout(False)
    return picture


def _levers(shown: Shown, spec: TheoryFigure) -> dict[str, list[Lever]]:
    """Levers by the arrow that they move: a mechanism, or `direct`."""
    on: dict[str, list[Lever]] = {}
    if spec.levers is None:
        return on
    for row in shown.table(spec.levers, levers.Result).levers:
        on.setdefault(row.moves, []).append(Lever(row.lever, row.change))
    return on


def _rows(chips: Sequence[Lever], across: int) -> int:
    return -(-len(chips) // across)


def _side(label: str) -> tuple[str, float]:
    """The text of the treatment's or outcome's box and its size: smaller where it is long."""
    text = fitted(label, _SIDE, points(8.5))
    return (text, 8.5) if text.count("\n") < 6 else (fitted(label, _SIDE, points(6.2)), 6.2)


def _told(mechanism: mediation.Mechanism, say: Say) -> str:
    """The text of a mechanism's box."""
    assert mechanism.second is not None, "a mediation table of the first step alone"
    own = mechanism.second.effects
    return say(
        "theory_box",
        mediator=fitted(say.label(mechanism.mediator), _WIDE, points(6.2)),
        effect=_valued(own.indirect, say),
        reading=say(own.reading),
    )


def _half(text: str) -> float:
    """Half the height of a mechanism's box."""
    return max(0.5, height(text, points(6.2)) / _UNIT / 2)


def _mechanism(
    axes: Axes,
    y: float,
    mechanism: mediation.Mechanism,
    text: str,
    chips: Sequence[Lever],
    say: Say,
) -> None:
    """The arrows to and from a mechanism, its box, and the levers of the first arrow."""
    assert mechanism.second is not None, "a mediation table of the first step alone"
    own = mechanism.second.effects
    half = _half(text)
    _box(axes, _MIDDLE - 1.3, y - half, (2.6, 2 * half), text, 6.2)
    _arrow(axes, (_LEFT, _MIDDLE - 1.3), y, own.a, _named("a", own.a, say))
    _arrow(axes, (_MIDDLE + 1.3, _RIGHT), y, own.b, _named("b", own.b, say))
    for i, lever in enumerate(chips):
        down, across = divmod(i, _BESIDE)
        _chip(axes, _LEFT + 0.08 + 1.38 * across, y - 0.72 - _CHIP * down, lever, say)


def _total(
    axes: Axes,
    y: float,
    result: mediation.Result,
    chips: Sequence[Lever],
    direct: str | None,
    say: Say,
) -> None:
    """The arrow of the total effect, and the levers that move it."""
    if result.total is not None:
        told = _named(say("theory_total"), result.total, say)
        text = say.clauses([told, direct] if direct else [told])
        _arrow(axes, (_LEFT, _RIGHT), y, result.total, text)
    for i, lever in enumerate(chips):
        down, across = divmod(i, _BELOW)
        _chip(axes, _LEFT + 0.35 + 1.5 * across, y - 0.66 - _CHIP * down, lever, say)


def _direct(shown: Shown, spec: TheoryFigure, say: Say) -> str | None:
    """The direct effect given all mechanisms, where the figure names the table that has it."""
    if spec.parallel is None:
        return None
    direct = shown.table(spec.parallel, parallel.Result).direct
    return _named(say("theory_direct"), direct, say)


def _named(name: str, estimate: Estimate, say: Say) -> str:
    return f"{name} = {_valued(estimate, say)}"


def _valued(estimate: Estimate, say: Say) -> str:
    """An estimate with its interval."""
    value = say.number(estimate.value)
    interval = say.interval(estimate.interval) if estimate.interval else ""
    return typographic(f"{value} {interval}".strip())


def _colour(estimate: Estimate | None) -> str:
    if estimate is None or not estimate.differs:
        return MUTED
    return ACCENT if estimate.value >= 0 else WARM


def _text(axes: Axes, x: float, y: float, text: str, size: float, colour: str = INK) -> None:
    axes.text(x, y, text, ha="center", va="center", fontsize=points(size), color=colour, zorder=4)


def _box(
    axes: Axes, x: float, y: float, extent: tuple[float, float], text: str, size: float
) -> None:
    """A box with its lower left corner at (x, y)."""
    style = "round,pad=0.02,rounding_size=0.08"
    axes.add_patch(
        FancyBboxPatch(
            (x, y), *extent, boxstyle=style, facecolor="white", edgecolor=MUTED, lw=1.0, zorder=2
        )
    )
    _text(axes, x + extent[0] / 2, y + extent[1] / 2, text, size)


def _arrow(axes: Axes, ends: tuple[float, float], y: float, estimate: Estimate, text: str) -> None:
    """Solid and coloured where the estimate differs from zero."""
    colour, line = _colour(estimate), "-" if estimate.differs else _DASHED
    start, end = ends
    axes.add_patch(
        FancyArrowPatch(
            (start, y),
            (end, y),
            arrowstyle="-|>",
            mutation_scale=10,
            color=colour,
            lw=1.3,
            linestyle=line,
            shrinkA=1,
            shrinkB=0,
        )
    )
    _text(axes, (start + end) / 2 - 0.05, y + 0.17, text, 6.4, colour)


def _chip(axes: Axes, x: float, y: float, lever: Lever, say: Say) -> None:
    """What a lever changes, with its interval, framed in colour where the change differs from
    zero."""
    change, clear = lever.change, lever.change is not None and lever.change.differs
    axes.add_patch(
        FancyBboxPatch(
            (x, y),
            1.24,
            0.42,
            boxstyle="round,pad=0.02,rounding_size=0.06",
            facecolor="#f7f7f7",
            edgecolor=_colour(change),
            lw=1.0 if clear else 0.6,
            linestyle="-" if clear else (0, (3, 2)),
            zorder=2,
        )
    )
    name = lever.key.upper()
    if change is None:
        text = f"{name} —"
    else:
        interval = say.interval(change.interval) if change.interval else ""
        text = typographic(f"{name} {say.number(change.value)}\n{interval}")
    _text(axes, x + 0.62, y + 0.21, text, 5.6)
